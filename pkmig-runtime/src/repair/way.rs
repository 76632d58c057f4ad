//! The steps of a repair: which ones, and in which order.

use pkmig_schema::down::inverse::next_value;
use pkmig_schema::repair;
use pkmig_schema::step::{Change, LabelPosition};
use pkmig_schema::{
    Column, Constraint, ConstraintKind, GeneratorKind, Name, ObjectKind, ObjectRef, RowSecurity, Schema, Sequence,
    Step, Table,
};

use super::find::Model;
use super::{Repaired, Unrepaired, listed};
use crate::verify::{CatalogObject, Difference, DifferenceKind, Property, PropertyValue, Verification};
use pkmig_sql::{Context, offending, restart, statements};

/// What a repair consists of.
pub(crate) struct Way {
    /// What can be done, in order.
    pub(crate) mends: Vec<Mend>,
    /// What is left to a person.
    pub(crate) left: Vec<Unrepaired>,
    /// What is left because of what its host has set on it.
    pub(crate) kept: Vec<Unrepaired>,
    /// The schema without what is missing.
    pub(crate) found: Schema,
}

/// Statements that are done together or not at all.
pub(crate) struct Mend {
    /// The steps that they come from, in a line.
    pub(crate) text: String,
    pub(crate) statements: Vec<String>,
    /// What to do where rows are in the way, if rows can be.
    pub(crate) rows: Option<String>,
    /// Whether what comes after it needs it to be committed: a new value of an enum.
    pub(crate) first: bool,
    /// What it makes anew in the place of what is there.
    pub(crate) anew: Option<ObjectRef>,
}

impl Mend {
    pub(crate) fn repaired(&self) -> Repaired {
        Repaired { text: self.text.clone(), statements: self.statements.clone() }
    }
}

/// The way from what a comparison has found to the schema that was compared with.
pub(crate) fn way(model: &Model<'_>, verification: &Verification) -> Way {
    let mut sorted = Sorted::new(model);
    let extras: Vec<_> = verification.extras().map(|difference| &difference.object).collect();
    verification.drift().for_each(|difference| sorted.sort(difference, &extras));
    sorted.ordered()
}

/// Differences, sorted by what can be done about them.
struct Sorted<'a> {
    model: &'a Model<'a>,
    /// New values of enums.
    values: Vec<Step>,
    /// What is missing, and what is made anew.
    parts: Vec<ObjectRef>,
    /// What stands in the place of such a part, and goes first.
    drops: Vec<(ObjectRef, Step)>,
    /// Sequences that columns drew from.
    sequences: Vec<Sequence>,
    /// What is changed as it stands.
    changes: Vec<Step>,
    /// Columns that are left as they are.
    stuck: Vec<(Name, Name)>,
    left: Vec<Unrepaired>,
}

impl<'a> Sorted<'a> {
    fn new(model: &'a Model<'a>) -> Self {
        Self {
            model,
            values: Vec::new(),
            parts: Vec::new(),
            drops: Vec::new(),
            sequences: Vec::new(),
            changes: Vec::new(),
            stuck: Vec::new(),
            left: Vec::new(),
        }
    }

    fn sort(&mut self, difference: &Difference, extras: &[&CatalogObject]) {
        let object = self.model.object(&difference.object);
        let done = match &difference.kind {
            DifferenceKind::Missing => object.and_then(|object| self.missing(object, &difference.object, extras)),
            DifferenceKind::Different { property, found, .. } => {
                object.and_then(|object| self.different(object, *property, found.as_ref()))
            }
            DifferenceKind::NotGranted { grant, .. } => {
                grant.clone().map(|grant| self.changes.push(Step::Grant(grant)))
            }
            DifferenceKind::Extra | DifferenceKind::Granted { .. } => Some(()),
        };
        if done.is_none() {
            let column = object.filter(|object| object.kind == ObjectKind::Column);
            self.stuck.extend(column.and_then(|column| Some((column.of?, column.name))));
            self.left.push(listed::unrepaired(self.model, difference));
        }
    }

    fn missing(&mut self, object: ObjectRef, missing: &CatalogObject, extras: &[&CatalogObject]) -> Option<()> {
        if let Some((table, column)) = self.model.filled_by(object) {
            let generator = column.generator.as_ref()?;
            if generator.kind != GeneratorKind::Serial {
                // It comes with the column's identity.
                return Some(());
            }
            let (name, owned_by) = (generator.sequence, Some((table, column.name)));
            self.sequences.push(Sequence { name, ty: column.ty.clone(), start: 1, increment: 1, owned_by });
            return Some(());
        }
        self.parts.push(object);
        let in_its_place = |extra: &&&CatalogObject| extra.name == missing.name && extra.of == missing.of;
        let drop = extras.iter().find(in_its_place).and_then(|extra| match (object.kind, extra.kind) {
            (ObjectKind::Index, ObjectKind::Constraint) => Some(drop_constraint(object.of?, object.name)),
            (ObjectKind::Constraint, ObjectKind::Index) => Some(drop_index(object.name)),
            _ => None,
        });
        self.drops.extend(drop.map(|step| (object, step)));
        Some(())
    }

    /// `None` where it is left to a person.
    fn different(&mut self, object: ObjectRef, property: Property, found: Option<&PropertyValue>) -> Option<()> {
        use ObjectKind::{Column, Constraint, Enum, Function, Index, Table, Trigger, View};
        if self.parts.contains(&object) {
            return Some(());
        }
        let name = object.name;
        let change = match (object.kind, property, found) {
            (Constraint, Property::Validity, _) => Step::ValidateConstraint { table: object.of?, constraint: name },
            (Constraint, Property::Definition, _) => return self.replace(object, drop_constraint(object.of?, name)),
            (Index, Property::Definition | Property::Validity, _) => return self.replace(object, drop_index(name)),
            (Trigger, Property::Definition, _) => {
                return self.replace(object, Step::DropTrigger { table: object.of?, trigger: name, if_exists: false });
            }
            // The language has no comments of other kinds.
            (Table | Column | Constraint | Index | Trigger | View | Function, Property::Comment, _) => {
                Step::CommentOn { target: object.identity(), text: self.model.schema.comment(object) }
            }
            (Column, property, found) => change_column(object.of?, self.model.column(object)?, property, found)?,
            (Table, Property::RowSecurity, Some(PropertyValue::RowSecurity(found))) => {
                return self.row_security(name, *found);
            }
            (Function, ..) => Step::CreateFunction { def: self.model.schema.function(name)?.clone(), replace: true },
            (View, Property::Definition, _) => {
                let def = self.model.schema.view(name).filter(|view| !view.materialized)?.clone();
                Step::CreateView { def, replace: true }
            }
            (Enum, Property::Labels, Some(PropertyValue::Labels(found))) => return self.new_values(name, found),
            _ => return None,
        };
        if !self.changes.contains(&change) {
            self.changes.push(change);
        }
        Some(())
    }

    /// What holds no rows is made anew, unless it would be different again: over a column that is left as it is.
    fn replace(&mut self, part: ObjectRef, drop: Step) -> Option<()> {
        if self.stuck.iter().any(|column| self.model.is_over(part, *column)) {
            return None;
        }
        self.parts.push(part);
        self.drops.push((part, drop));
        Some(())
    }

    /// What a table lacks is set; what was set beyond it guards rows, and stays.
    fn row_security(&mut self, table: Name, found: RowSecurity) -> Option<()> {
        let expected = self.model.schema.table(table)?.row_security;
        let RowSecurity { enabled, forced } = found;
        let wanted = [
            (expected.enabled && !enabled, Step::EnableRowLevelSecurity { table }),
            (expected.forced && !forced, Step::ForceRowLevelSecurity { table }),
        ];
        self.changes.extend(wanted.into_iter().filter(|(wanted, _)| *wanted).map(|(_, step)| step));
        (enabled <= expected.enabled && forced <= expected.forced).then_some(())
    }

    /// The values that an enum lacks. One that it has beyond them may have been renamed: then nothing is added, which
    /// could not be taken away again.
    fn new_values(&mut self, name: Name, found: &[String]) -> Option<()> {
        let labels = &self.model.schema.enumeration(name)?.labels;
        let known = |label: &Name| found.iter().any(|found| found == label);
        if !labels.iter().copied().filter(known).eq(found.iter().map(String::as_str)) {
            return None;
        }
        let mut last = None;
        for label in labels.iter() {
            let first = || labels.iter().find(|label| known(label)).map(|first| LabelPosition::Before(first));
            let position = last.replace(*label).map(LabelPosition::After).or_else(first);
            if !known(label) {
                self.values.push(Step::AddEnumValue { name, label, position });
            }
        }
        Some(())
    }

    /// New values first, then what is missing, then what changes as it stands.
    fn ordered(self) -> Way {
        let Self { model, values, parts, drops, sequences, changes, left, .. } = self;
        let found = model.schema.without(&parts);
        let mut made = Maker { context: model.context, now: found.clone(), mends: Vec::new() };
        values.into_iter().for_each(|step| made.mend(vec![step]));
        made.mends.iter_mut().for_each(|mend| mend.first = true);
        // The others come with their columns.
        sequences.into_iter().filter(|def| model.has(def.owned_by, &parts)).for_each(|def| made.sequence(def));
        for step in repair::steps(model.schema, &parts) {
            let drop = made_by(&step).and_then(|object| drops.iter().find(|(of, _)| *of == object));
            let new = |table: &Name| parts.contains(&ObjectRef::new(ObjectKind::Table, table));
            let steps = if step.table().is_some_and(|table| new(&table)) { vec![step] } else { validated_later(step) };
            made.mend(drop.map(|(_, step)| step.clone()).into_iter().chain(steps).collect());
            made.anew(drop.map(|(part, _)| *part));
        }
        for step in changes {
            let part = made_by(&step);
            made.mend(vec![step]);
            made.anew(part);
        }
        Way { mends: made.mends, left, kept: Vec::new(), found }
    }
}

impl Model<'_> {
    /// Whether a constraint or index is over a column.
    fn is_over(&self, object: ObjectRef, (of, column): (Name, Name)) -> bool {
        let Some(table) = self.schema.table(of).filter(|table| object.of == Some(table.name)) else { return false };
        match object.kind {
            ObjectKind::Constraint => table.constraint(object.name).is_some_and(|known| known.def.kind.uses(column)),
            ObjectKind::Index => table.index(object.name).is_some_and(|known| known.def.uses(column)),
            _ => false,
        }
    }

    /// Whether a column is there, when these objects are not.
    fn has(&self, column: Option<(Name, Name)>, parts: &[ObjectRef]) -> bool {
        column.is_some_and(|(table, name)| {
            !parts.contains(&ObjectRef::new(ObjectKind::Table, table))
                && !parts.contains(&ObjectRef::part(ObjectKind::Column, table, name))
        })
    }
}

/// Steps on their way to statements.
struct Maker<'a> {
    context: &'a Context,
    now: Schema,
    mends: Vec<Mend>,
}

impl Maker<'_> {
    fn mend(&mut self, steps: Vec<Step>) {
        let text = written(&steps);
        let rows = steps.iter().find_map(|step| self.rows(step));
        let statements = statements(&repair::replayed(&mut self.now, steps), self.context);
        self.mends.push(Mend { text, statements, rows, first: false, anew: None });
    }

    /// Says what the last one makes anew.
    fn anew(&mut self, part: Option<ObjectRef>) {
        self.mends.iter_mut().last().into_iter().for_each(|mend| mend.anew = part);
    }

    /// What to do where rows are in the way of a step.
    fn rows(&self, step: &Step) -> Option<String> {
        if let Step::AddColumn { table, column, constraints, if_not_exists } = step {
            let (column, constraints) = (Column { not_null: false, ..column.clone() }, constraints.clone());
            let nullable = Step::AddColumn { table, column, constraints, if_not_exists: *if_not_exists };
            let statements = statements(&repair::replayed(&mut self.now.clone(), [nullable]), self.context);
            return Some(format!("add it nullable, fill it, and repair again: {}", statements.join("; ")));
        }
        offending(&self.now, self.context, step).map(|query| format!("these rows violate it: {query}"))
    }

    /// A sequence that goes on behind the numbers that its column has.
    fn sequence(&mut self, def: Sequence) {
        let (name, owner) = (def.name, def.owned_by);
        self.mend(vec![Step::CreateSequence { def }]);
        if let (Some(mend), Some((table, column))) = (self.mends.last_mut(), owner) {
            mend.statements.push(restart(self.context, name, table, column));
        }
    }
}

/// Steps as the chain would have them: that a constraint is validated later is the repair's own.
fn written(steps: &[Step]) -> String {
    let validates = |step: &Step| matches!(step, Step::ValidateConstraint { .. });
    let later = steps.len() > 1 && steps.iter().any(validates);
    let shown = steps.iter().filter(|step| !(later && validates(step))).map(|step| match step {
        Step::AddConstraint { table, constraint, .. } if later => {
            let constraint = Constraint { validated: true, ..constraint.clone() };
            Step::AddConstraint { table, constraint, if_not_exists: false }.to_string()
        }
        step => step.to_string(),
    });
    shown.collect::<Vec<_>>().join("; ")
}

fn drop_constraint(table: Name, constraint: Name) -> Step {
    Step::DropConstraint { table, constraint, if_exists: false, cascade: false }
}

fn drop_index(index: Name) -> Step {
    Step::DropIndex { index, if_exists: false }
}

/// What a step makes.
fn made_by(step: &Step) -> Option<ObjectRef> {
    step.effect().filter(|effect| effect.change == Change::Create).map(|effect| effect.object)
}

/// A check or a foreign key is added without a look at the rows, and then looks at them.
fn validated_later(step: Step) -> Vec<Step> {
    match step {
        Step::AddConstraint { table, constraint, if_not_exists }
            if constraint.validated
                && matches!(constraint.kind, ConstraintKind::ForeignKey { .. } | ConstraintKind::Check { .. }) =>
        {
            let name = constraint.name;
            let constraint = Constraint { validated: false, ..constraint };
            vec![
                Step::AddConstraint { table, constraint, if_not_exists },
                Step::ValidateConstraint { table, constraint: name },
            ]
        }
        step => vec![step],
    }
}

/// A column's property as it is declared; a type only where it takes all that is there.
fn change_column(table: Name, def: &Column, property: Property, found: Option<&PropertyValue>) -> Option<Step> {
    let column = def.name;
    let serial = def.generator.as_ref().filter(|generator| generator.kind == GeneratorKind::Serial);
    Some(match (property, found) {
        (Property::Nullability, _) if def.not_null => Step::SetNotNull { table, column, if_exists: false },
        (Property::Nullability, _) => Step::DropNotNull { table, column, if_exists: false },
        (Property::Default, _) => match (serial, &def.default) {
            (Some(generator), _) => Step::SetDefault { table, column, value: next_value(generator.sequence) },
            (None, Some(value)) => Step::SetDefault { table, column, value: value.clone() },
            (None, None) => Step::DropDefault { table, column },
        },
        (Property::Type, Some(PropertyValue::Text(found))) if def.ty.widens(found) => {
            Step::SetType { table, column, ty: def.ty.clone(), collation: None, using: None, down_using: None }
        }
        _ => return None,
    })
}

/// A table's row level security as it is declared, where it is more than that.
pub(super) fn less_security(table: &Table) -> Vec<Step> {
    let (name, declared) = (table.name, table.row_security);
    let steps = [
        (!declared.enabled, Step::DisableRowLevelSecurity { table: name }),
        (!declared.forced, Step::NoForceRowLevelSecurity { table: name }),
    ];
    steps.into_iter().filter(|(wanted, _)| *wanted).map(|(_, step)| step).collect()
}
