//! The type of a column, set: what stands on the column has to go with it.

use super::column::{check_collation, find};
use super::index;
use super::table::check_expression;
use super::value::{check_type, check_value};
use crate::types::Family;
use crate::{
    Column, ConstraintKind, IndexColumn, IndexKey, Literal, Name, Problem, Report, Schema, Sql, Table, TableRef, Type,
    Value,
};

pub(super) fn set(
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
    if current.def.ty.formatted() == ty.formatted() && (using.is_some() || collation.is_none()) {
        let message = format!("`{table}.{column}` is already {}, since {}", ty.formatted(), current.since);
        report.push(match using {
            // Run twice, its values would go through it twice.
            Some(_) => Problem::new(column, message).help("change the values with `backfill` or `execute`"),
            None => Problem::new(column, message).help("leave it out"),
        });
    }
    if let Some(using) = using {
        check_expression(schema, known, using, report);
    } else if !current.def.ty.casts_to(ty) {
        let message = format!(
            "`{table}.{column}` is {} since {}, which has no automatic cast to {}",
            current.def.ty.formatted(),
            current.since,
            ty.formatted()
        );
        report.push(Problem::new(column, message).help("add using(\"…\")"));
    }
    check_dependents_of_type(known, &current.def, ty, column, report);
    if current.def.generator.is_some() && (ty.array || !matches!(ty.family(), Family::Integer(_))) {
        let message =
            format!("column `{column}` is filled by a sequence, but {} is not an integer type", ty.formatted());
        report.push(Problem::new(column, message).help("drop its default first, or add a column of the new type"));
    }
    if using.is_some() && current.def.generated.is_some() {
        let message = format!("column `{column}` is generated: `using` cannot change its values");
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
    let misfits = match &column.default {
        Some(Value::Literal(literal)) if ty.family() == Family::Text => ty.accepts(literal).is_err(),
        _ => false,
    };
    if misfits || default.is_some_and(|default| !default.casts_to(ty)) {
        report.push(default_misfits(table.name, column.name, ty, at));
    }
}

fn default_misfits(table: Name, column: Name, ty: &Type, at: Name) -> Problem {
    let message = format!("the default of `{table}.{column}` has no automatic cast to {}", ty.formatted());
    let help = format!("add `drop_default {table}.{column};` before it and `set_default` after it");
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
            format!("column `{}` is used in an exclusion constraint whose operator belongs to its type", column.name);
        report.push(Problem::new(column.name, message).help("drop that first, and add it again afterwards"));
    }
    for (method, key) in excluded.chain(indexed).filter(|(_, key)| on_column(key)) {
        match key.opclass {
            None => index::check_type(schema, column.name, ty, method, report),
            Some(opclass) if ty.array || ty.family() != column.ty.family() || ty.name == "char" => {
                let message = format!(
                    "an index uses the operator class `{opclass}` for `{}`, which does not accept {}",
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
        let own = TableRef::own(other.name);
        for known in &other.constraints {
            let ConstraintKind::ForeignKey { columns, table: target, references, .. } = &known.def.kind else {
                continue;
            };
            let ends = columns.iter().zip(references.iter());
            let mut touched = ends
                .filter(|(from, to)| (other.name, **from) == (table, column) || target.is(table) && **to == column)
                .peekable();
            if touched.peek().is_none() {
                continue;
            }
            // PostgreSQL makes the key anew, and finds no way to do so for a type whose operators are those of all types of
            // its kind (`could not find cast`).
            let of_a_kind = |ty: &Type| {
                let ty = schema.base(ty);
                ty.array || ty.is_range() || schema.enumeration(ty.name).is_some()
            };
            let stuck = columns.iter().any(|from| type_of(own, from).is_some_and(of_a_kind));
            let misfit = touched.find(|(from, to)| {
                let types = (type_of(own, from), type_of(*target, to));
                matches!(types, (Some(from), Some(to)) if stuck || !from.comparable(to))
            });
            if let Some((from, to)) = misfit {
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
