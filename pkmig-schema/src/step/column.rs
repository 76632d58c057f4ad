//! Columns: add, drop, rename, and what is set on them.

use std::sync::Arc;

use super::constraint;
use super::domain::check_null_default;
use super::table::check_expression;
use super::value::{check_type, check_value};
use crate::ObjectKind;
use crate::name::{UNNAMED, default_name};
use crate::schema::Losses;
use crate::{
    Column, Constraint, ConstraintKind, Generator, GeneratorKind, Name, Problem, Report, Schema, Sequence, Table, Type,
    Value,
};

pub(super) fn add(
    schema: &mut Schema,
    table: Name,
    column: &Column,
    constraints: &[Constraint],
    if_not_exists: bool,
    report: &mut Report,
) {
    let Some(known) = schema.table(table) else {
        return report.push(schema.missing_table(table));
    };
    if let Some(existing) = known.column(column.name) {
        if !if_not_exists {
            let message =
                format!("column `{}` of table `{table}` already exists, since {}", column.name, existing.since);
            let help = "add `if_not_exists` if it exists in some installs only";
            report.push(Problem::new(column.name, message).help(help));
        }
        return;
    }
    let since = known.since;
    if !schema.fills_itself(column) && since < schema.version {
        let is = if column.not_null { "is".to_owned() } else { format!("of domain `{}` is", column.ty.name) };
        let message = format!(
            "column `{}` {is} not_null without a default, but table `{table}` may have rows since {since}",
            column.name
        );
        let help = "add a default, or fill the rows with `backfill(…)`";
        report.push(Problem::new(column.name, message).help(help));
    }
    if schema.dropped_in_this_version(ObjectKind::Column, table, column.name) {
        let message = format!(
            "column `{}` of table `{table}` is dropped and added in one version: run twice, it would lose its values",
            column.name
        );
        report.push(Problem::new(column.name, message).help("use `set_type`, or add it in the next version"));
    }
    insert(schema, table, column, report);
    check_generated(schema, table, column, report);
    for constraint in constraints {
        constraint::add(schema, table, constraint, report);
    }
}

/// Puts a column into a table that exists, with the checks that hold for a new table's column too.
pub(super) fn insert(schema: &mut Schema, table: Name, column: &Column, report: &mut Report) {
    let Some(known) = schema.table(table) else { return };
    if known.column(column.name).is_some() {
        let message = format!("duplicate column `{}` in table `{table}`", column.name);
        return report.push(Problem::new(column.name, message));
    }
    check_type(schema, &column.ty, report);
    if let Some(value) = &column.default {
        check_value(schema, value, &column.ty, "default", report);
        check_null_default(schema, column.name, value, &column.ty, report);
    }
    check_collation(column.name, &column.ty, column.collation, report);
    let mut column = column.clone();
    column.default = column.default.filter(|value| value.is_kept_by(&column.ty));
    if let Some(generator) = &mut column.generator
        && generator.sequence == UNNAMED
    {
        let taken = |name: &str| schema.relation(name).is_some();
        generator.sequence = default_name(table, &[column.name], "seq", taken);
    }
    if let Some(generator) = &column.generator {
        if let Some((what, since)) = schema.type_of_name(generator.sequence) {
            let message =
                format!("the sequence of column `{}` would have the name of {what}, since {since}", column.name);
            report.push(Problem::new(column.name, message).help("rename one of them"));
        }
        // A column that an inverse brings back owns the sequence that it owned before.
        schema.sequences.remove(generator.sequence);
    }
    let column = schema.known(column);
    if let Some(table) = schema.table_mut(table) {
        table.columns.push(column);
    }
}

pub(super) fn check_collation(column: Name, ty: &Type, collation: Option<Name>, report: &mut Report) {
    if let Some(collation) = collation.filter(|_| !ty.is_collatable()) {
        let message = format!("column `{column}` is {}, which has no collation", ty.formatted());
        report.push(Problem::new(collation, message).help("leave out `collate`"));
    }
}

/// Checks what a column is generated from, once all columns of a new table are there.
pub(super) fn check_generated(schema: &Schema, table: Name, column: &Column, report: &mut Report) {
    let (Some(known), Some(expression)) = (schema.table(table), &column.generated) else { return };
    check_expression(schema, known, expression, report);
    let generated = |ident: &Name| known.column(ident).is_some_and(|other| other.def.generated.is_some());
    if let Some(other) = expression.idents().find(generated) {
        let message = format!("column `{}` is generated from `{other}`, which is also a generated column", column.name);
        report.push(Problem::new(other, message));
    }
}

pub(super) fn drop(
    schema: &mut Schema,
    table: Name,
    column: Name,
    if_exists: bool,
    cascade: bool,
    report: &mut Report,
) {
    let Some(known) = find(schema, table, column, if_exists, report) else {
        return schema.gave_up(ObjectKind::Column, table, column);
    };
    let losses = Losses::of_column(schema, known, column);
    let dependent = match known.generated_from(column).next() {
        Some(other) => Some(format!("column `{}` is generated from `{column}`, since {}", other.def.name, other.since)),
        None => {
            let own = losses.trigger(schema).or_else(|| losses.exclusion(schema));
            own.or_else(|| losses.elsewhere(schema)).map(|what| format!("column `{column}` {what}"))
        }
    };
    if let Some(message) = dependent
        && !cascade
    {
        let help = "drop that first, or add `cascade`";
        report.push(Problem::new(column, message).help(help));
    }
    let ty = known.column(column).map(|known| known.def.ty.clone());
    losses.apply(schema);
    if let Some(ty) = ty {
        schema.dropped_column_was(table, column, ty);
    }
}

pub(super) fn rename(schema: &mut Schema, table: Name, from: Name, to: Name, if_exists: bool, report: &mut Report) {
    let Some(known) = find(schema, table, from, if_exists, report) else {
        if !if_exists {
            report.lost(to);
        }
        return schema.gave_up(ObjectKind::Column, table, from);
    };
    if let Some(existing) = known.column(to) {
        let message = format!(
            "cannot rename `{from}` to `{to}`: table `{table}` already has that column, since {}",
            existing.since
        );
        return report.push(Problem::new(to, message));
    }
    check_taken_name(schema, known, from, to, report);
    schema.rename_in_policies(table, from, to);
    schema.rename_in_views(table, from, to);
    let swap = |names: &mut crate::List<Name>| {
        if names.contains(&from) {
            names.to_mut().iter_mut().filter(|name| **name == from).for_each(|name| *name = to);
        }
    };
    for other in schema.tables_mut().values_mut() {
        let touches = |kind: &ConstraintKind| match kind {
            ConstraintKind::ForeignKey { table: target, references, .. } => {
                target.is(table) && references.contains(&from)
            }
            _ => false,
        };
        if other.constraints.iter().any(|constraint| touches(&constraint.def.kind)) {
            for constraint in &mut Arc::make_mut(other).constraints {
                if let ConstraintKind::ForeignKey { table: target, references, .. } = &mut constraint.def.kind
                    && target.is(table)
                {
                    swap(references);
                }
            }
        }
    }
    if let Some(table) = schema.table_mut(table) {
        for column in &mut table.columns {
            if column.def.name == from {
                column.def.name = to;
            }
            if let Some(sql) = &mut column.def.generated {
                sql.rename_ident(from, to);
            }
        }
        for constraint in &mut table.constraints {
            match &mut constraint.def.kind {
                ConstraintKind::PrimaryKey { columns }
                | ConstraintKind::Unique { columns }
                | ConstraintKind::ForeignKey { columns, .. } => swap(columns),
                ConstraintKind::Check { expression } => expression.rename_ident(from, to),
                ConstraintKind::Exclude(exclusion) => exclusion.rename(from, to),
            }
        }
        for trigger in &mut table.triggers {
            trigger.def.rename_column(from, to);
        }
        for index in table.indexes.iter_mut().filter(|index| index.def.uses(from)) {
            swap(&mut index.def.include);
            index.def.columns.to_mut().iter_mut().for_each(|column| column.rename(from, to));
            if let Some(sql) = &mut index.def.predicate {
                sql.rename_ident(from, to);
            }
        }
    }
    for sequence in schema.sequences.values_mut() {
        if sequence.def.owned_by == Some((table, from)) {
            sequence.def.owned_by = Some((table, to));
        }
    }
    schema.renamed(ObjectKind::Column, table, from, to);
}

/// Of a column that is as the dropped one was, a second run could not tell that it is not the old one, and would drop it.
fn check_taken_name(schema: &Schema, table: &Table, from: Name, to: Name, report: &mut Report) {
    let Some(column) = table.column(from) else { return };
    if column.since == schema.version && schema.dropped_here_as(table.name, to, &column.def.ty) {
        let message = format!(
            "a new column takes the name of `{to}`, which is dropped in this version and was {} too: run twice, it would \
             lose its values",
            column.def.ty.formatted()
        );
        report.push(Problem::new(to, message).help("change the column itself, or rename it in the next version"));
    }
}

pub(super) fn set_not_null(
    schema: &mut Schema,
    table: Name,
    column: Name,
    not_null: bool,
    if_exists: bool,
    report: &mut Report,
) {
    let Some(known) = find(schema, table, column, if_exists, report) else { return };
    let in_key = known.constraints.iter().find(|constraint| {
        matches!(&constraint.def.kind, ConstraintKind::PrimaryKey { columns } if columns.contains(&column))
    });
    if let Some(key) = in_key
        && !not_null
    {
        let message = format!("column `{column}` belongs to the primary key `{}`", key.def.name);
        return report.push(Problem::new(column, message).help("drop the primary key first"));
    }
    if known.column(column).is_some_and(|known| known.def.is_identity()) && !not_null {
        return report
            .push(Problem::new(column, format!("column `{column}` is an identity column, which is always not_null")));
    }
    if let Some(column) = schema.table_mut(table).and_then(|table| table.column_mut(column)) {
        column.def.not_null = not_null;
    }
}

pub(super) fn set_default(schema: &mut Schema, table: Name, column: Name, value: Option<&Value>, report: &mut Report) {
    let Some(known) = find(schema, table, column, false, report) else { return };
    let Some(current) = known.column(column) else { return };
    let filled = match current.def.is_identity() {
        true => Some("an identity column"),
        false => current.def.generated.is_some().then_some("a generated column"),
    };
    if let Some(what) = filled {
        return report.push(Problem::new(column, format!("column `{column}` is {what}, which has no default")));
    }
    if let Some(value) = value {
        check_value(schema, value, &current.def.ty, "default", report);
        check_null_default(schema, column, value, &current.def.ty, report);
    }
    // A serial column that gets another default, or none, keeps owning its sequence.
    let serial = current.def.generator.clone().filter(|generator| generator.kind == GeneratorKind::Serial);
    if let Some(generator) = serial {
        let name = generator.sequence;
        let def = serial_sequence(name, &current.def.ty, table, column);
        let sequence = schema.known(def);
        schema.sequences.insert(name, sequence);
    }
    let owned = value.and_then(|value| owned_sequence(schema, table, column, value));
    if let Some(sequence) = owned {
        schema.sequences.remove(sequence);
        if let Some(column) = schema.table_mut(table).and_then(|table| table.column_mut(column)) {
            column.def.default = None;
            column.def.generator = Some(Generator { kind: GeneratorKind::Serial, sequence });
        }
        return;
    }
    if let Some(column) = schema.table_mut(table).and_then(|table| table.column_mut(column)) {
        column.def.default = value.filter(|value| value.is_kept_by(&column.def.ty)).cloned();
        if column.def.generator.as_ref().is_some_and(|generator| generator.kind == GeneratorKind::Serial) {
            column.def.generator = None;
        }
    }
}

/// What `bigserial` and its brothers create.
fn serial_sequence(name: Name, ty: &Type, table: Name, column: Name) -> Sequence {
    Sequence { name, ty: ty.clone(), start: 1, increment: 1, owned_by: Some((table, column)) }
}

/// The sequence that `value` draws from, if the column owns it: then the column is a serial one.
fn owned_sequence(schema: &Schema, table: Name, column: Name, value: &Value) -> Option<Name> {
    let ty = &schema.table(table)?.column(column)?.def.ty;
    let owned = |name: &Name| {
        let own = serial_sequence(name, ty, table, column);
        schema.sequences.get(name).is_some_and(|sequence| sequence.def == own)
            && *value == crate::down::inverse::next_value(name)
    };
    match value {
        Value::Sql(sql) => sql.objects().find(owned),
        Value::Literal(_) => None,
    }
}

/// The table, if it has the column; what is missing is reported unless history may lack it.
pub(super) fn find<'s>(
    schema: &'s Schema,
    table: Name,
    column: Name,
    if_exists: bool,
    report: &mut Report,
) -> Option<&'s Table> {
    let missing = match schema.table(table) {
        Some(known) if known.column(column).is_some() => return Some(known),
        Some(known) => schema.missing_column(known, column),
        None => schema.missing_table(table),
    };
    if !if_exists {
        report.push(missing);
    }
    None
}
