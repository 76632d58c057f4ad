//! Columns filled: from an expression, or from the row that a key points at.

use super::column::find;
use super::fresh::OnFresh;
use super::table::{check_expression, check_objects};
use crate::{Class, Name, Problem, Report, Schema, Sql, Table};

/// `backfill t.c = … where("…") batch(n)`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backfill {
    /// The table.
    pub table: Name,
    /// The column.
    pub column: Name,
    /// Its new value.
    pub source: Source,
    /// Which rows; those where the column is null, if nothing is said.
    pub predicate: Option<Sql>,
    /// How many rows are filled in one transaction; all, if nothing is said.
    pub batch: Option<u32>,
    /// What it does in a fresh install, where that is not evident.
    pub on_fresh: Option<OnFresh>,
}

/// Where the new values come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// `"…" from("…")`
    Expression {
        /// The value.
        value: Sql,
        /// Other tables that it is taken from.
        from: Option<Sql>,
    },
    /// `u.c on(key = by)`
    Lookup(Lookup),
}

/// The column of another table, in the row whose `key` is what `by` holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lookup {
    /// The other table.
    pub table: Name,
    /// Its column that is taken.
    pub column: Name,
    /// Its column that tells its rows apart.
    pub key: Name,
    /// The column of the table that is filled which points there.
    pub by: Name,
}

pub(super) fn backfill(schema: &Schema, fill: &Backfill, report: &mut Report) {
    let table = find(schema, fill.table, fill.column, false, report);
    let (value, from) = match &fill.source {
        Source::Expression { value, from } => (Some(value), from.as_ref()),
        Source::Lookup(lookup) => {
            if let Some(table) = table {
                check_lookup(schema, table, fill.column, lookup, report);
            }
            (None, None)
        }
    };
    for sql in [value, from, fill.predicate.as_ref()].into_iter().flatten() {
        match table {
            // With a FROM, or in a query, a bare name may be another table's column.
            Some(table) if from.is_none() && !sql.has_query() => check_expression(schema, table, sql, report),
            _ => check_objects(schema, sql, report),
        }
    }
}

fn check_lookup(schema: &Schema, table: &Table, column: Name, lookup: &Lookup, report: &mut Report) {
    let Some(source) = schema.table(lookup.table) else {
        return report.push(schema.missing_table(lookup.table));
    };
    let type_of = |table: &Table, name: Name, report: &mut Report| match table.column(name) {
        Some(known) => Some(known.def.ty.clone()),
        None => {
            report.push(schema.missing_column(table, name));
            None
        }
    };
    let (value, key) = (type_of(source, lookup.column, report), type_of(source, lookup.key, report));
    let (by, filled) = (type_of(table, lookup.by, report), type_of(table, column, report));
    let (Some(value), Some(key), Some(by), Some(filled)) = (value, key, by, filled) else { return };
    if !source.unique_by(&[lookup.key]) {
        let message = format!("`{}.{}` is not unique, so the lookup may find several rows", lookup.table, lookup.key);
        let help = "look it up by a primary key or a unique column, or write an expression";
        report.push(Problem::new(lookup.key, message).help(help));
    }
    if !schema.base(&by).comparable(&schema.base(&key)) {
        let (by, key) = (by.formatted(), key.formatted());
        report.push(Problem::new(lookup.by, format!("{by} cannot be compared with `{}`, which is {key}", lookup.key)));
    }
    if !schema.base(&value).casts_to(&schema.base(&filled)) {
        let (value, filled) = (value.formatted(), filled.formatted());
        let message = format!("{value} has no automatic cast to {filled}, the type of `{column}`");
        report.push(Problem::new(lookup.column, message));
    }
}

/// Filling a column that this very version added overwrites nothing.
pub(super) fn class(fill: &Backfill, after: &Schema) -> Class {
    match after.table(fill.table).and_then(|table| table.column(fill.column)) {
        Some(column) if column.since == after.version => Class::Lossless,
        _ => Class::Lossy,
    }
}
