//! Columns: add, drop, rename, and what is set on them.

use std::sync::Arc;

use super::table::check_expression;
use super::value::{check_type, check_value};
use super::{constraint, index};
use crate::name::{UNNAMED, default_name};
use crate::schema::{Kind, Losses};
use crate::ty::Family;
use crate::{
    Column, Constraint, ConstraintKind, Generator, GeneratorKind, IndexColumn, IndexKey, Literal, Name, Problem,
    Report, Schema, Sequence, Sql, Table, TableRef, Type, Value,
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
                format!("column `{}` of table `{table}` exists already, since {}", column.name, existing.since);
            let help = "say `if_not_exists` if history may or may not have it";
            report.push(Problem::new(column.name, message).help(help));
        }
        return;
    }
    let since = known.since;
    if !column.fills_itself() && since < schema.version {
        let message = format!(
            "column `{}` is not_null without a default, and table `{table}` may have rows since {since}",
            column.name
        );
        let help = "give a default, or say what the rows get: `backfill(…)`";
        report.push(Problem::new(column.name, message).help(help));
    }
    if schema.dropped_in_this_version(Kind::Column, table, column.name) {
        let message = format!(
            "column `{}` of table `{table}` is dropped and added in one version: run twice, it would lose its values",
            column.name
        );
        report.push(Problem::new(column.name, message).help("use set_type, or add it in the next version"));
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
        let message = format!("column `{}` stands twice in table `{table}`", column.name);
        return report.push(Problem::new(column.name, message));
    }
    check_type(schema, &column.ty, report);
    if let Some(value) = &column.default {
        check_value(schema, value, &column.ty, "default", report);
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
            let message = format!("column `{}` gets a sequence, and {what} has its name, since {since}", column.name);
            report.push(Problem::new(column.name, message).help("call one of them otherwise"));
        }
        // A column that an inverse brings back owns the sequence that it owned before.
        schema.sequences.remove(generator.sequence);
    }
    let column = schema.known(column);
    if let Some(table) = schema.table_mut(table) {
        table.columns.push(column);
    }
}

fn check_collation(column: Name, ty: &Type, collation: Option<Name>, report: &mut Report) {
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
        let message = format!("column `{}` is generated from `{other}`, which is generated itself", column.name);
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
        return schema.gave_up(Kind::Column, table, column);
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
        let help = "drop that first, or say `cascade`";
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
        return schema.gave_up(Kind::Column, table, from);
    };
    if let Some(existing) = known.column(to) {
        let message = format!(
            "cannot rename `{from}` to `{to}`: table `{table}` has that column already, since {}",
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
    schema.renamed(Kind::Column, table, from, to);
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

pub(super) fn set_type(
    schema: &mut Schema,
    table: Name,
    column: Name,
    (ty, collation): (&Type, Option<Name>),
    using: Option<&Sql>,
    report: &mut Report,
) {
    let Some(known) = find(schema, table, column, false, report) else { return };
    let Some(current) = known.column(column) else { return };
    check_type(schema, ty, report);
    check_collation(column, ty, collation, report);
    if let Some(using) = using {
        check_expression(schema, known, using, report);
    } else if !current.def.ty.casts_to(ty) {
        let message = format!(
            "`{table}.{column}` is {} since {}, which does not turn into {} by itself",
            current.def.ty.formatted(),
            current.since,
            ty.formatted()
        );
        report.push(Problem::new(column, message).help("say how: using(\"…\")"));
    }
    check_dependents_of_type(known, &current.def, ty, column, report);
    if current.def.generator.is_some() && (ty.array || !matches!(ty.family(), Family::Integer(_))) {
        let message = format!("column `{column}` is filled by a sequence, and {} is no whole number", ty.formatted());
        report.push(Problem::new(column, message).help("drop its default first, or add a column of the new type"));
    }
    if using.is_some() && current.def.generated.is_some() {
        let message = format!("column `{column}` is generated: its values come from its expression, not from `using`");
        report.push(Problem::new(column, message).help("drop the column, and add it again with the new type"));
    }
    let mut misfits = Report::default();
    if let Some(value @ Value::Sql(_)) = &current.def.default {
        check_value(schema, value, ty, "default", &mut misfits);
    }
    if !misfits.is_empty() {
        report.push(default_misfits(table, column, ty, column));
    }
    check_indexes(schema, known, &current.def, ty, report);
    if let Some(what) = schema.shown_by(&schema.views_on(table, Some(&[column]))) {
        let help = "drop that view first, and create it again afterwards";
        report.push(Problem::new(column, format!("column `{column}` {what}")).help(help));
    }
    check_policies(schema, table, column, report);
    check_foreign_keys(schema, table, column, ty, report);
    if let Some(column) = schema.table_mut(table).and_then(|table| table.column_mut(column)) {
        // A collation stays where the new type has one; of PostgreSQL's own nothing is said.
        let kept = collation.or(column.def.collation).filter(|name| ty.is_collatable() && *name != "default");
        (column.def.ty, column.def.collation) = (ty.clone(), kept);
    }
}

/// What `using` does not help with: the default is cast by itself, a generated column not at all.
/// A problem stands at the name `at` of the step.
fn check_dependents_of_type(table: &Table, column: &Column, ty: &Type, at: Name, report: &mut Report) {
    if let Some(other) = table.generated_from(column.name).next() {
        let message = format!("column `{}` is generated from `{}`, since {}", other.def.name, column.name, other.since);
        report.push(Problem::new(at, message).help("drop that column first, and add it again afterwards"));
    }
    if let Some(trigger) = table.triggers.iter().find(|known| known.def.uses(column.name)) {
        let message =
            format!("column `{}` is used by trigger `{}`, since {}", column.name, trigger.def.name, trigger.since);
        report.push(Problem::new(at, message).help("drop that trigger first, and create it again afterwards"));
    }
    let default = match (&column.default, &column.generator) {
        (Some(Value::Literal(Literal::Number(_))), _) => Some(Type::plain("numeric")),
        (Some(Value::Literal(Literal::Bool(_))), _) => Some(Type::plain("boolean")),
        (Some(Value::Literal(_)), _) => Some(column.ty.clone()),
        (None, Some(_)) => Some(Type::plain("bigint")),
        (Some(Value::Sql(_)) | None, _) => None,
    };
    if default.is_some_and(|default| !default.casts_to(ty)) {
        report.push(default_misfits(table.name, column.name, ty, at));
    }
}

fn default_misfits(table: Name, column: Name, ty: &Type, at: Name) -> Problem {
    let message = format!("the default of `{table}.{column}` does not turn into {}", ty.formatted());
    let help = format!("say `drop_default {table}.{column};` before it and set_default after it");
    Problem::new(at, message).help(help)
}

/// The indexes on a column are made anew with its new type.
fn check_indexes(schema: &Schema, table: &Table, column: &Column, ty: &Type, report: &mut Report) {
    let exclusions = table.constraints.iter().filter_map(|known| match &known.def.kind {
        ConstraintKind::Exclude(exclusion) => Some(exclusion),
        _ => None,
    });
    let excluded = exclusions.flat_map(|exclusion| exclusion.elements.iter().map(|it| (exclusion.method, &it.column)));
    let indexed = table.indexes.iter().flat_map(|known| known.def.columns.iter().map(|key| (known.def.method, key)));
    let on_column = |key: &IndexColumn| matches!(key.key, IndexKey::Column(name) if name == column.name);
    if ty.name != column.ty.name && excluded.clone().any(|(_, key)| on_column(key)) {
        let message =
            format!("column `{}` stands in an exclusion constraint, whose operator is one of its type", column.name);
        report.push(Problem::new(column.name, message).help("drop that first, and add it again afterwards"));
    }
    for (method, key) in excluded.chain(indexed).filter(|(_, key)| on_column(key)) {
        match key.opclass {
            None => index::check_type(schema, column.name, ty, method, report),
            Some(opclass) if ty.array || ty.family() != column.ty.family() || ty.name == "char" => {
                let message = format!(
                    "an index has the operator class `{opclass}` for `{}`, which is not for {}",
                    column.name,
                    ty.formatted()
                );
                report.push(
                    Problem::new(column.name, message).help("drop that index first, and create it again afterwards"),
                );
            }
            Some(_) => {}
        }
    }
    if table.constraints.iter().any(|known| known.def.kind.key().is_some_and(|key| key.contains(&column.name))) {
        index::check_type(schema, column.name, ty, "btree", report);
    }
}

/// PostgreSQL does not change the type of a column that a policy reads.
fn check_policies(schema: &Schema, table: Name, column: Name, report: &mut Report) {
    let reads = |policy: &crate::Policy| policy.expressions().any(|sql| schema.names_column(sql, table, column));
    if let Some((other, policy)) = schema.policies().find(|(_, known)| reads(&known.def)) {
        let name = policy.def.name;
        let message = format!(
            "`{table}.{column}` is used in the policy `{name}` of table `{}`, since {}",
            other.name, policy.since
        );
        report.push(Problem::new(column, message).help("drop that policy first, and create it again afterwards"));
    }
}

/// A foreign key is made anew with the new type, whichever of its ends the column is.
fn check_foreign_keys(schema: &Schema, table: Name, column: Name, ty: &Type, report: &mut Report) {
    let type_of = |of: TableRef, name: Name| match of.schema {
        None if (of.name, name) == (table, column) => Some(ty),
        None => Some(&schema.table(of.name)?.column(name)?.def.ty),
        Some(other) => schema.required_column(other, of.name, name),
    };
    for other in schema.tables() {
        for known in &other.constraints {
            let ConstraintKind::ForeignKey { columns, table: target, references, .. } = &known.def.kind else {
                continue;
            };
            // PostgreSQL makes the key anew, and finds no way to do so for an array (`could not find cast`).
            let arrays = columns.iter().any(|from| type_of(TableRef::own(other.name), from).is_some_and(|ty| ty.array));
            let mut ends = columns.iter().zip(references.iter()).filter(|(from, to)| {
                let touched = (other.name, **from) == (table, column) || target.is(table) && **to == column;
                let types = (type_of(TableRef::own(other.name), from), type_of(*target, to));
                touched && matches!(types, (Some(from), Some(to)) if arrays || !from.comparable(to))
            });
            if let Some((from, to)) = ends.next() {
                let message = format!(
                    "`{table}.{column}` cannot become {}: `{}` lets `{}.{from}` reference `{target}.{to}`, since {}",
                    ty.formatted(),
                    known.def.name,
                    other.name,
                    known.since
                );
                report.push(
                    Problem::new(column, message).help("drop that foreign key first, and add it again afterwards"),
                );
            }
        }
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
        return report.push(Problem::new(column, format!("column `{column}` is an identity column: it refuses nulls")));
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
        return report.push(Problem::new(column, format!("column `{column}` is {what}: it has no default")));
    }
    if let Some(value) = value {
        check_value(schema, value, &current.def.ty, "default", report);
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
            && *value == crate::inverse::next_value(name)
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
