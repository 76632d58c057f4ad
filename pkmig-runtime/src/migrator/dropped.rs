//! What versions drop and overwrite, by the names that it has before the first of them.

use std::collections::BTreeMap;

use pkmig_schema::step::{Change, Effect};
use pkmig_schema::{Migration, ObjectKind, ObjectRef, Schema, Step};

use crate::plan::data_at_risk::Dropped;
use pkmig_sql::Context;

/// The column that a step writes over, if it was there before the run.
pub(super) fn overwritten(step: &Step, before: &Schema) -> Option<Dropped> {
    let (table, column) = match step {
        Step::Backfill(step) => (step.table, step.column),
        Step::SetType { table, column, using: Some(_), .. } => (*table, *column),
        _ => return None,
    };
    before.table(table)?.column(column)?;
    Some(Dropped { table: table.to_owned(), column: Some(column.to_owned()), rows: None })
}

/// The tables and columns that versions drop, by the names that they have before the first of them.
pub(super) fn dropped(versions: impl Iterator<Item = &'static Migration>, context: &Context) -> Vec<Dropped> {
    let mut names = Names::default();
    let mut dropped = Vec::new();
    for step in versions.flat_map(|migration| migration.steps.iter()) {
        let Some(Effect { change, object: ObjectRef { kind, of, name } }) = step.effect() else { continue };
        match (change, kind, of) {
            (Change::Rename(to), ObjectKind::Table, _) => names.rename_table(name, to),
            (Change::Rename(to), ObjectKind::Column, Some(table)) => names.rename_column(table, name, to),
            (Change::Drop, ObjectKind::Table, _) => {
                let table = context.name(names.table(name));
                dropped.push(Dropped { table, column: None, rows: None });
            }
            (Change::Drop, ObjectKind::Column, Some(table)) => {
                let (table, column) = (names.table(table), names.column(table, name));
                let (table, column) = (context.name(table), Some(context.name(column)));
                dropped.push(Dropped { table, column, rows: None });
            }
            _ => {}
        }
    }
    dropped
}

/// What tables and columns were called before they were renamed.
#[derive(Debug, Default)]
struct Names {
    tables: BTreeMap<&'static str, &'static str>,
    /// By the name that the table had at first, and the column's name.
    columns: BTreeMap<(&'static str, &'static str), &'static str>,
}

impl Names {
    fn table(&self, name: &'static str) -> &'static str {
        self.tables.get(name).copied().unwrap_or(name)
    }

    fn column(&self, table: &'static str, name: &'static str) -> &'static str {
        self.columns.get(&(self.table(table), name)).copied().unwrap_or(name)
    }

    fn rename_table(&mut self, from: &'static str, to: &'static str) {
        let at_first = self.tables.remove(from).unwrap_or(from);
        self.tables.insert(to, at_first);
    }

    fn rename_column(&mut self, table: &'static str, from: &'static str, to: &'static str) {
        let of = self.table(table);
        let at_first = self.columns.remove(&(of, from)).unwrap_or(from);
        self.columns.insert((of, to), at_first);
    }
}
