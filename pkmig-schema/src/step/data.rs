//! Rows: seed, delete. The model knows no rows; it checks what they are written against.

use super::fresh::OnFresh;
use super::raw::Tail;
use super::table::{check_expression, check_objects};
use super::value::check_value;
use crate::{Class, GeneratorKind, List, Literal, Name, Problem, Report, Schema, Sql, Step, Value};

/// `seed t (columns) on_conflict(…) … { rows }`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seed {
    /// The table.
    pub table: Name,
    /// The columns that the rows give.
    pub columns: List<Name>,
    /// What makes a row the same as one that is there.
    pub on_conflict: OnConflict,
    /// The rows, in the order in which they are inserted.
    pub rows: List<List<Value>>,
    /// Why its rows stay on the way down; they go, if nothing is said.
    pub kept: Option<Name>,
}

/// What makes a seed's row the same as one that is there, and what happens then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnConflict {
    /// The columns.
    pub columns: List<Name>,
    /// What happens to a row that is there.
    pub action: ConflictAction,
}

/// What a seed does to a row that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConflictAction {
    /// `on_conflict(…) do_nothing`: a unique index decides.
    DoNothing,
    /// `on_conflict(…) do_update(columns)`: a unique index decides, these columns are overwritten.
    DoUpdate(List<Name>),
    /// `unless_exists(…)`: no unique index is needed.
    UnlessExists,
}

/// `delete_rows t where("…") …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeleteRows {
    /// The table.
    pub table: Name,
    /// Which rows.
    pub predicate: Sql,
    /// What it does in a fresh install, where that is not evident.
    pub on_fresh: Option<OnFresh>,
    /// The way back.
    pub tail: Tail,
}

pub(super) fn seed(schema: &mut Schema, seed: &Seed, report: &mut Report) {
    let Some(table) = schema.table(seed.table) else {
        return report.push(schema.missing_table(seed.table));
    };
    for column in seed.columns.iter().filter(|column| table.column(column).is_none()) {
        report.push(schema.missing_column(table, column));
    }
    let complete = seed.columns.iter().all(|column| table.column(column).is_some());
    let lacking = |column: &&crate::Known<crate::Column>| {
        !schema.fills_itself(&column.def) && !seed.columns.contains(&column.def.name)
    };
    for column in seed.columns.iter().filter_map(|name| table.column(name).map(|column| (name, column))) {
        check_given(column.0, column.1, report);
    }
    for column in table.columns.iter().filter(lacking).filter(|_| complete) {
        let message = format!(
            "the seed lacks column `{}` of table `{}`, which is not_null without a default since {}",
            column.def.name, seed.table, column.since
        );
        report.push(Problem::new(seed.table, message));
    }
    check_conflict(schema, seed, report);
    check_keys(seed, report);
    for row in seed.rows.iter() {
        for (value, name) in row.iter().zip(seed.columns.iter()) {
            let Some(column) = table.column(name) else { continue };
            match value {
                Value::Literal(Literal::Null(text)) if schema.refuses_nulls(&column.def) => {
                    report.push(Problem::new(text, format!("column `{name}` is not_null since {}", column.since)));
                }
                value => check_value(schema, value, &column.def.ty, "value", report),
            }
        }
    }
}

/// A column whose values PostgreSQL makes itself takes none.
fn check_given(at: Name, column: &crate::Known<crate::Column>, report: &mut Report) {
    let always = column.def.generator.as_ref().is_some_and(|generator| generator.kind == GeneratorKind::Always);
    if always || column.def.generated.is_some() {
        let message = format!("column `{at}` generates its own values, since {}", column.since);
        report.push(Problem::new(at, message).help("leave it out of the seed"));
    }
}

/// Of two rows with one key, the second would never be there.
fn check_keys(seed: &Seed, report: &mut Report) {
    let places: Option<Vec<usize>> =
        seed.on_conflict.columns.iter().map(|column| seed.columns.iter().position(|given| given == column)).collect();
    let Some(places) = places else { return };
    let mut seen = Vec::new();
    for row in seed.rows.iter() {
        let literals = places.iter().map(|place| match row.get(*place)? {
            Value::Literal(Literal::Null(_)) | Value::Sql(_) => None,
            Value::Literal(literal) => Some(literal),
        });
        let Some(key) = literals.collect::<Option<Vec<_>>>() else { continue };
        if seen.contains(&key) {
            let at = key.first().map_or(seed.table, |literal| literal.text());
            let shown = key.iter().map(|literal| literal.text()).collect::<Vec<_>>().join(", ");
            report.push(Problem::new(at, format!("duplicate key ({shown}) in the seed")));
        }
        seen.push(key);
    }
}

fn check_conflict(schema: &Schema, seed: &Seed, report: &mut Report) {
    let Some(table) = schema.table(seed.table) else { return };
    let target = &seed.on_conflict;
    let mut complete = true;
    for column in target.columns.iter().filter(|column| table.column(column).is_none()) {
        complete = false;
        report.push(schema.missing_column(table, column));
    }
    let ungiven = |column: &&Name| table.column(column).is_some() && !seed.columns.contains(column);
    for column in target.columns.iter().filter(ungiven) {
        complete = false;
        report.push(Problem::new(column, format!("the seed has no column `{column}`")));
    }
    if let ConflictAction::DoUpdate(columns) = &target.action {
        for column in columns.iter().filter(|column| !seed.columns.contains(column)) {
            report.push(
                Problem::new(column, format!("the seed has no column `{column}`"))
                    .nearest(seed.columns.iter().copied()),
            );
        }
    }
    let needs_index = target.action != ConflictAction::UnlessExists;
    if let Some(at) = target.columns.first()
        && complete
        && needs_index
        && !table.unique_by(&target.columns)
    {
        let list = target.columns.join(", ");
        let message =
            format!("on_conflict({list}): no unique index of table `{}` is on exactly these columns", seed.table);
        report.push(Problem::new(at, message).help(format!("create one, or use `unless_exists({list})`")));
    }
}

pub(super) fn delete_seed(schema: &Schema, seed: &Seed, report: &mut Report) {
    if schema.table(seed.table).is_none() {
        report.push(schema.missing_table(seed.table));
    }
}

pub(super) fn seed_class(seed: &Seed) -> Class {
    match seed.on_conflict.action {
        // The values that were overwritten are gone.
        ConflictAction::DoUpdate(_) if seed.kept.is_none() => Class::Lossy,
        _ => Class::Lossless,
    }
}

/// A step on rows on the way down loses what was there before the version. Raw SQL is taken at its word.
pub(super) fn class_on_down(step: &Step, after: &Schema) -> Class {
    match step {
        Step::Backfill(fill) => super::backfill::class(fill, after),
        Step::DeleteRows(rows) if after.table(rows.table).is_none_or(|table| table.since != after.version) => {
            Class::Lossy
        }
        _ => Class::Lossless,
    }
}

pub(super) fn delete_rows(schema: &Schema, rows: &DeleteRows, report: &mut Report) {
    if schema.table(rows.table).is_none() {
        report.push(schema.missing_table(rows.table));
    }
    if let Some(table) = schema.table(rows.table)
        && !rows.predicate.has_query()
    {
        check_expression(schema, table, &rows.predicate, report);
    } else {
        check_objects(schema, &rows.predicate, report);
    }
    if let Some(down) = rows.tail.sql() {
        check_objects(schema, down, report);
    }
}
