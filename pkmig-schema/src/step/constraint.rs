//! Constraints: add, validate, drop, rename.

use super::index::{check_keys, check_type, check_types, key_names};
use super::table::check_expression;
use crate::ObjectKind;
use crate::name::{UNNAMED, default_name};
use crate::{
    Column, Constraint, ConstraintKind, Exclusion, GeneratorKind, Known, Name, Problem, ReferentialAction, Report,
    Schema, Sql, Table, TableRef, Type,
};

pub(super) fn add_step(
    schema: &mut Schema,
    table: Name,
    constraint: &Constraint,
    if_not_exists: bool,
    report: &mut Report,
) {
    let Some(known) = schema.table(table) else {
        return report.push(schema.missing_table(table));
    };
    // One without a name is there already if one like it is.
    let same = |other: &Known<Constraint>| match constraint.name {
        UNNAMED => other.def.kind == constraint.kind,
        name => other.def.name == name,
    };
    if if_not_exists && known.constraints.iter().any(same) {
        return;
    }
    add(schema, table, constraint, report);
}

/// Adds a constraint to a table that exists.
pub(super) fn add(schema: &mut Schema, table: Name, constraint: &Constraint, report: &mut Report) {
    let Some(known) = schema.table(table) else { return };
    let name = named(schema, known, constraint);
    let at = if constraint.name == UNNAMED { first_name(&constraint.kind).unwrap_or(table) } else { constraint.name };
    if let Some(existing) = known.constraint(name) {
        let message = format!("constraint `{name}` of table `{table}` already exists, since {}", existing.since);
        report.push(Problem::new(at, message).help("add `if_not_exists` if it exists in some installs only"));
        return;
    }
    if constraint.kind.has_index()
        && let Some((what, since)) = schema.relation(name)
    {
        report.push(Problem::new(at, format!("{what} already exists, since {since}")));
        return;
    }
    let columns: &[Name] = match &constraint.kind {
        ConstraintKind::PrimaryKey { columns }
        | ConstraintKind::Unique { columns }
        | ConstraintKind::ForeignKey { columns, .. } => columns,
        ConstraintKind::Check { expression } => {
            check_expression(schema, known, expression, report);
            &[]
        }
        ConstraintKind::Exclude(exclusion) => {
            check_exclusion(schema, known, exclusion, report);
            &[]
        }
    };
    for column in columns.iter().filter(|column| known.column(column).is_none()) {
        report.push(schema.missing_column(known, column));
    }
    for column in constraint.kind.key().into_iter().flatten().filter_map(|name| known.column(name)) {
        check_type(schema, column.def.name, &column.def.ty, "btree", report);
    }
    check_kind(schema, known, &constraint.kind, report);

    let made = Constraint { name, ..constraint.clone() };
    let made = schema.known(made);
    if let Some(table) = schema.table_mut(table) {
        if let ConstraintKind::PrimaryKey { columns } = &made.def.kind {
            for column in table.columns.iter_mut().filter(|column| columns.contains(&column.def.name)) {
                column.def.not_null = true;
            }
        }
        table.constraints.push(made);
    }
}

fn check_kind(schema: &Schema, known: &Table, kind: &ConstraintKind, report: &mut Report) {
    match kind {
        ConstraintKind::PrimaryKey { columns } => {
            if let (Some(existing), Some(at)) = (known.primary_key(), columns.first()) {
                let message = format!(
                    "table `{}` already has a primary key: `{}`, since {}",
                    known.name, existing.def.name, existing.since
                );
                report.push(Problem::new(at, message));
            }
        }
        ConstraintKind::ForeignKey { columns, table, references, on_delete, on_update } => {
            check_actions(known, columns, *on_delete, *on_update, report);
            let ends = Ends { own: columns, target: *table, references };
            match table.schema {
                None => check_foreign_key(schema, known, &ends, report),
                Some(other) => check_outward_key(schema, known, other, &ends, report),
            }
        }
        ConstraintKind::Unique { .. } | ConstraintKind::Check { .. } | ConstraintKind::Exclude(_) => {}
    }
}

/// What a foreign key cannot do to a column that makes its values itself (manual, CREATE TABLE).
fn check_actions(
    known: &Table,
    columns: &[Name],
    on_delete: ReferentialAction,
    on_update: ReferentialAction,
    report: &mut Report,
) {
    use ReferentialAction::{Cascade, SetDefault, SetNull};
    let column = |name: &Name| known.column(name).map(|column| &column.def);
    let always = |column: &&Column| column.generator.as_ref().is_some_and(|made| made.kind == GeneratorKind::Always);
    let (column, kind, written): (_, _, &[_]) =
        if let Some(column) = columns.iter().filter_map(column).find(|column| column.generated.is_some()) {
            (column.name, "generated", &[SetNull, SetDefault, Cascade])
        } else if let Some(column) = columns.iter().filter_map(column).find(always) {
            // PostgreSQL takes it, and then no row of the other table can be deleted or updated.
            (column.name, "an identity column that is always generated", &[SetNull, Cascade])
        } else {
            return;
        };
    // A row that is deleted takes the row with it.
    let events = [("on_delete", on_delete, on_delete != Cascade), ("on_update", on_update, true)];
    for (event, action, writes) in events {
        if writes && written.contains(&action) {
            let word = action.sql().to_lowercase().replace(' ', "_");
            let message = format!("column `{column}` is {kind}, which `{event} {word}` cannot change");
            report.push(Problem::new(column, message).help("use `no_action` or `restrict`"));
        }
    }
}

/// The columns at both ends of a foreign key.
struct Ends<'a> {
    own: &'a [Name],
    target: TableRef,
    references: &'a [Name],
}

impl Ends<'_> {
    /// Whether there are as many columns on both sides.
    fn pair_up(&self, report: &mut Report) -> bool {
        let (own, theirs) = (self.own.len(), self.references.len());
        if own != theirs {
            let message = format!("foreign key of {own} columns references {theirs} of `{}`", self.target);
            report.push(Problem::new(self.target.name, message));
        }
        own == theirs
    }

    /// Reports columns that cannot be compared: `to` is the type of a referenced one, and since when.
    fn check_types<'t>(&self, known: &Table, to: impl Fn(Name) -> Option<(&'t Type, String)>, report: &mut Report) {
        for (column, reference) in self.own.iter().zip(self.references) {
            if let (Some(from), Some((to, since))) = (known.column(column), to(reference))
                && !from.def.ty.comparable(to)
            {
                let mut ends = [(*column, &from.def.ty), (*reference, to)].into_iter();
                report.push(match ends.find(|(_, ty)| !ty.is_referable()) {
                    Some((name, ty)) => not_referable(name, ty),
                    None => {
                        let message = format!(
                            "foreign key to a column of a different type: `{column}` is {}, `{}.{reference}` is {}{since}",
                            from.def.ty.formatted(),
                            self.target,
                            to.formatted(),
                        );
                        Problem::new(reference, message)
                    }
                });
            }
        }
    }
}

fn not_referable(column: Name, ty: &Type) -> Problem {
    let message = format!("a foreign key cannot compare values of `{column}`, which is {}", ty.formatted());
    Problem::new(column, message).help("use an array whose elements have no length or precision")
}

/// A foreign key to a table of another schema. Whether its columns are unique only PostgreSQL knows.
fn check_outward_key(schema: &Schema, known: &Table, other: Name, ends: &Ends, report: &mut Report) {
    let target = ends.target.name;
    let Some(columns) = schema.required_table(other, target) else {
        return report.push(schema.missing_required_table(other, target));
    };
    let of = |name: Name| schema.required_column(other, target, name);
    for column in ends.references.iter().filter(|column| of(column).is_none()) {
        let message = format!("the chain does not require a column `{column}` of `{other}.{target}`");
        let names = columns.iter().map(|(column, _)| *column);
        report.push(Problem::missing(column, message, "").nearest(names));
    }
    if ends.pair_up(report) {
        ends.check_types(known, |name| Some((of(name)?, String::new())), report);
    }
}

fn check_exclusion(schema: &Schema, known: &Table, exclusion: &Exclusion, report: &mut Report) {
    for column in exclusion.columns().filter(|column| known.column(column).is_none()) {
        report.push(schema.missing_column(known, column));
    }
    for sql in exclusion.expressions() {
        check_expression(schema, known, sql, report);
    }
    check_keys(schema, exclusion.method, exclusion.elements.iter().map(|element| &element.column), report);
    let keys = exclusion.elements.iter().map(|element| &element.column);
    check_types(schema, known, exclusion.method, keys, report);
}

fn check_foreign_key(schema: &Schema, known: &Table, ends: &Ends, report: &mut Report) {
    let Ends { target: TableRef { name: target_name, .. }, references, .. } = *ends;
    let Some(target) = schema.table(target_name) else {
        return report.push(schema.missing_table(target_name));
    };
    if target.unlogged && !known.unlogged {
        let message =
            format!("`{}` is written to the log and cannot reference `{target_name}`, which is unlogged", known.name);
        report.push(Problem::new(target_name, message).help("make both unlogged, or neither"));
    }
    let mut complete = true;
    for column in references.iter().filter(|column| target.column(column).is_none()) {
        complete = false;
        report.push(schema.missing_column(target, column));
    }
    if !complete || !ends.pair_up(report) {
        return;
    }
    if !target.unique_by(references) {
        let list = references.join(", ");
        let message = format!("foreign key to a column that is not unique: `{target_name}` ({list})");
        let help =
            format!("`{target_name}` needs a primary key, unique constraint or unique index on exactly ({list})");
        report.push(Problem::new(references[0], message).help(help));
    }
    let of = |name: Name| target.column(name).map(|column| (&column.def.ty, format!(" since {}", column.since)));
    ends.check_types(known, of, report);
}

pub(super) fn validate(schema: &mut Schema, table: Name, name: Name, report: &mut Report) {
    let Some(known) = find(schema, table, name, false, report) else { return };
    if known.constraint(name).is_some_and(|constraint| constraint.def.kind.has_index()) {
        let message = format!("constraint `{name}` is not a foreign key or check: it is always valid");
        return report.push(Problem::new(name, message));
    }
    if let Some(table) = schema.table_mut(table) {
        table.constraints.iter_mut().filter(|c| c.def.name == name).for_each(|c| c.def.validated = true);
    }
}

pub(super) fn drop(schema: &mut Schema, table: Name, name: Name, if_exists: bool, cascade: bool, report: &mut Report) {
    let Some(known) = find(schema, table, name, if_exists, report) else { return };
    let Some(id) = known.constraint(name).map(|constraint| constraint.id) else { return };
    let resting = schema.resting_on(known, id);
    if let Some((other, constraint)) = resting.first()
        && !cascade
    {
        let message = format!("constraint `{name}` is referenced by `{constraint}` of table `{other}`");
        report.push(Problem::new(name, message).help("drop that foreign key first, or add `cascade`"));
    }
    if let Some(table) = schema.table_mut(table) {
        table.constraints.retain(|constraint| constraint.id != id);
    }
    schema.drop_foreign_keys(resting);
    schema.dropped(ObjectKind::Constraint, table, name);
}

pub(super) fn rename(schema: &mut Schema, table: Name, from: Name, to: Name, report: &mut Report) {
    let Some(known) = find(schema, table, from, false, report) else { return report.lost(to) };
    let backed = known.constraint(from).is_some_and(|constraint| constraint.def.kind.has_index());
    let taken = match known.constraint(to) {
        Some(existing) => Some((format!("constraint `{to}`"), existing.since)),
        None if backed => schema.relation(to),
        None => None,
    };
    if let Some((what, since)) = taken {
        return report
            .push(Problem::new(to, format!("cannot rename `{from}` to `{to}`: {what} already exists, since {since}")));
    }
    if let Some(table) = schema.table_mut(table) {
        table.constraints.iter_mut().filter(|c| c.def.name == from).for_each(|c| c.def.name = to);
    }
    schema.renamed(ObjectKind::Constraint, table, from, to);
    if backed {
        schema.renamed(ObjectKind::Index, from, from, to);
    }
}

fn find<'s>(schema: &'s Schema, table: Name, name: Name, if_exists: bool, report: &mut Report) -> Option<&'s Table> {
    let missing = match schema.table(table) {
        Some(known) if known.constraint(name).is_some() => return Some(known),
        Some(known) => schema.missing_constraint(known, name),
        None => schema.missing_table(table),
    };
    if !if_exists {
        report.push(missing);
    }
    None
}

/// The name that the constraint has, or gets from PostgreSQL.
fn named(schema: &Schema, table: &Table, constraint: &Constraint) -> Name {
    if constraint.name != UNNAMED {
        return constraint.name;
    }
    let (_, label) = constraint.kind.words();
    let backed = constraint.kind.has_index();
    let taken = |name: &str| schema.has_constraint(name) || backed && schema.relation(name).is_some();
    let mut only = Vec::new();
    let columns: &[Name] = match &constraint.kind {
        ConstraintKind::PrimaryKey { .. } => &[],
        ConstraintKind::Exclude(exclusion) => {
            only = key_names(exclusion.elements.iter().map(|element| &element.column), &[]);
            &only
        }
        ConstraintKind::Unique { columns } | ConstraintKind::ForeignKey { columns, .. } => columns,
        // A check is named after its column if there is just one (`AddRelationNewConstraints` in `heap.c`).
        ConstraintKind::Check { expression } => {
            only.extend(expression.idents());
            only.dedup();
            if only.len() == 1 { &only } else { &[] }
        }
    };
    default_name(table.name, columns, label, taken)
}

/// A name written in the constraint: where a problem is shown if the constraint itself has none.
fn first_name(kind: &ConstraintKind) -> Option<Name> {
    match kind {
        ConstraintKind::PrimaryKey { columns }
        | ConstraintKind::Unique { columns }
        | ConstraintKind::ForeignKey { columns, .. } => columns.first().copied(),
        ConstraintKind::Check { expression } => expression.idents().next(),
        ConstraintKind::Exclude(exclusion) => {
            exclusion.columns().next().or_else(|| exclusion.expressions().flat_map(Sql::idents).next())
        }
    }
}
