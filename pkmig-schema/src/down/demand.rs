//! What the way back of a version demands of the rows that came after it.
//!
//! A version that takes a constraint away lets rows in that the constraint would have refused. The down brings it back over them. The rows
//! from before the version fit; whether the others do, only PostgreSQL can say.

use crate::replay::{Moment, Replayed};
use crate::schema::ModelObject;
use crate::step::{Seed, Taken};
use crate::{Column, Constraint, ConstraintKind, Enum, Index, Name, Schema, Step, Table, Type, View};

/// Whether rows that came after the version may refuse its down, or be changed by it.
pub(crate) fn demands(version: &Replayed) -> bool {
    let Replayed { moments, before, after } = version;
    let touched = after.touched_since(before);
    let gone = touched.gone.iter().any(|part| returns(part, after));
    let changed = touched.changed.iter().any(|now| before.same(now).is_some_and(|was| returns_to(&was, now)));
    gone || changed || moments.iter().any(|moment| touches(moment, before))
}

/// Whether what only the schema before the version has is refused by rows when it comes back.
fn returns(part: &ModelObject<'_>, after: &Schema) -> bool {
    let now = |table: &Table| after.same_table(table.name, table.id);
    match part {
        ModelObject::Constraint(table, was) => now(table).is_some_and(|now| adds_constraint(&was.def, now)),
        ModelObject::Index(table, was) => now(table).is_some_and(|now| adds_index(&was.def, now)),
        // It is computed for all rows.
        ModelObject::Column(_, was) => was.def.generated.is_some(),
        ModelObject::View(was) => adds_view(&was.def),
        ModelObject::Enum(was) => after.enumeration(was.def.name).is_some_and(|now| lacks_labels(&was.def, now)),
        // They hold no rows, or come back empty, or look at none.
        ModelObject::Table(_)
        | ModelObject::Policy(..)
        | ModelObject::Trigger(..)
        | ModelObject::Domain(_)
        | ModelObject::Sequence(_) => false,
    }
}

/// Whether what both have is refused by rows when it becomes again what it was.
fn returns_to(was: &ModelObject<'_>, now: &ModelObject<'_>) -> bool {
    match (was, now) {
        (ModelObject::Column(_, was), ModelObject::Column(_, now)) => narrows(&was.def, &now.def),
        (ModelObject::Enum(was), ModelObject::Enum(now)) => lacks_labels(&was.def, &now.def),
        _ => false,
    }
}

/// A constraint looks at all rows when it is added, unless it is `not_valid`, or another one still sees to it that they fit.
fn adds_constraint(was: &Constraint, now: &Table) -> bool {
    let kept = || now.constraints.iter().any(|known| known.def.validated && known.def.kind == was.kind);
    let unique = |columns: &[Name]| now.unique_by(columns);
    let not_null =
        |columns: &[Name]| columns.iter().all(|column| now.column(column).is_some_and(|known| known.def.not_null));
    was.validated
        && !kept()
        && match &was.kind {
            ConstraintKind::Unique { columns } => !unique(columns),
            ConstraintKind::PrimaryKey { columns } => !unique(columns) || !not_null(columns),
            ConstraintKind::Check { .. } | ConstraintKind::ForeignKey { .. } | ConstraintKind::Exclude(_) => true,
        }
}

/// An index refuses duplicates if it is unique, and what its expressions fail over.
fn adds_index(was: &Index, now: &Table) -> bool {
    let kept = now.indexes.iter().any(|known| known.def.is_like(was));
    let unique = was.unique && was.unique_key().is_none_or(|columns| !now.unique_by(&columns));
    !kept && (unique || was.expressions().next().is_some())
}

/// A materialized view computes its rows anew, and so does each unique index of it.
fn adds_view(was: &View) -> bool {
    was.indexes.iter().any(|index| index.unique)
}

/// A column that refuses nulls again, or gets a type again that does not take every value of the one that it has.
fn narrows(was: &Column, now: &Column) -> bool {
    was.not_null && !now.not_null || !takes_all(&was.ty, &now.ty)
}

fn takes_all(was: &Type, now: &Type) -> bool {
    let unbounded = |ty: &Type| matches!(ty.name, "text" | "varchar") && ty.modifiers.is_empty();
    let text = unbounded(was) && matches!(now.name, "text" | "varchar") && was.array == now.array;
    was.formatted() == now.formatted() || was.widens(&now.formatted()) || text
}

/// Rows may hold a value that the enum has not had.
fn lacks_labels(was: &Enum, now: &Enum) -> bool {
    now.labels.iter().any(|label| !was.labels.contains(label))
}

/// Whether the way back of a step reaches values that came after it.
fn touches(moment: &Moment, before: &Schema) -> bool {
    let is_older = |name: Name| moment.after.table(name).is_some_and(|table| table.since != moment.after.version);
    match &moment.step {
        // It renames back all that have the new value.
        Step::RenameValue(values) => values.taken == Taken::Keep && is_older(values.table),
        // It is computed for all rows.
        Step::SetType { table, down_using: Some(_), .. } => is_older(table),
        Step::Seed(seed) => seed.kept.is_none() && is_referenced(seed, before),
        _ => false,
    }
}

/// Rows that point at the seed's rows keep these there, or go or change with them.
fn is_referenced(seed: &Seed, before: &Schema) -> bool {
    let points = |constraint: &Constraint| match constraint.kind {
        ConstraintKind::ForeignKey { table, .. } => table.is(seed.table),
        _ => false,
    };
    before.table(seed.table).is_some()
        && before.tables().any(|table| table.constraints.iter().any(|known| points(&known.def)))
}
