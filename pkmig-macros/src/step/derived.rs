//! The names that PostgreSQL makes where none is written. It would cut a long one, and nobody would find it again.

use pkmig_schema::name::{MAX_BYTES, UNNAMED};
use pkmig_schema::step::key_names;
use pkmig_schema::{Column, Constraint, ConstraintKind, Index, Name, Step};

use crate::context::Context;

/// Reports the names that a step leaves to PostgreSQL and that are too long.
pub(crate) fn check(step: &Step, context: &Context) {
    let constraints = |table, list: &[Constraint]| list.iter().for_each(|it| constraint(table, it, context));
    match step {
        Step::CreateTable { def, .. } => {
            def.columns.iter().for_each(|it| sequence(def.name, it, context));
            constraints(def.name, &def.constraints);
            def.indexes.iter().for_each(|it| index(def.name, it, context));
        }
        Step::AddColumn { table, column, constraints: own, .. } => {
            sequence(table, column, context);
            constraints(table, own);
        }
        Step::AddConstraint { table, constraint: it, .. } => constraint(table, it, context),
        Step::CreateIndex { table, index: it, .. } => index(table, it, context),
        _ => {}
    }
}

fn constraint(table: Name, constraint: &Constraint, context: &Context) {
    let mut only: Vec<Name> = Vec::new();
    let columns: &[Name] = match &constraint.kind {
        ConstraintKind::PrimaryKey { .. } => &[],
        ConstraintKind::Exclude(exclusion) => {
            only = key_names(exclusion.elements.iter().map(|element| &element.column), &[]);
            &only
        }
        ConstraintKind::Unique { columns } | ConstraintKind::ForeignKey { columns, .. } => columns,
        ConstraintKind::Check { expression } => {
            only.extend(expression.idents());
            only.dedup();
            if only.len() == 1 { &only } else { &[] }
        }
    };
    let (_, label) = constraint.kind.words();
    if constraint.name == UNNAMED {
        fits(table, columns, label, "give it a name, in a line of its own", context);
    }
}

fn index(table: Name, index: &Index, context: &Context) {
    if index.name == UNNAMED {
        let columns = key_names(index.columns.iter(), &index.include);
        fits(table, &columns, "idx", "give it a name, in a line of its own", context);
    }
}

fn sequence(table: Name, column: &Column, context: &Context) {
    if column.generator.as_ref().is_some_and(|generator| generator.sequence == UNNAMED) {
        fits(table, &[column.name], "seq", "shorten the column's name or the table's", context);
    }
}

fn fits(table: Name, columns: &[Name], label: &str, help: &str, context: &Context) {
    let parts: Vec<_> = [table].iter().chain(columns).copied().chain([label]).collect();
    // A part that is too long by itself has been reported.
    if parts.iter().any(|part| part.len() > MAX_BYTES) {
        return;
    }
    let name = parts.join("_");
    let at = columns.iter().chain([&table]).find_map(|name| context.span(name));
    if let Some(at) = at.filter(|_| name.len() > MAX_BYTES) {
        let length = name.len();
        context.error(
            at,
            format!("name over {MAX_BYTES} bytes: `{name}` has {length}, and PostgreSQL would cut it\nhelp: {help}"),
        );
    }
}
