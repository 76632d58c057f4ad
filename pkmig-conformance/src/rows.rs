//! The rows of an install, and which of them must exist after a version.

use std::collections::BTreeMap;

use pkmig_schema::{Schema, Step, Table, Version};
use sqlx::{AssertSqlSafe, Row};

use super::install::Install;
use super::{During, Stop};
use pkmig_runtime::Chain;
use pkmig_sql::{Context, ident, literal};

/// The texts of a row's columns, in the order that they were asked for; none is null.
type Texts = Vec<Option<String>>;

/// The rows of each table, by its identity.
pub(super) type Rows = BTreeMap<u32, Vec<Texts>>;

/// The rows of tables, all columns of each.
pub(super) async fn read<'a>(
    install: &mut Install,
    tables: impl Iterator<Item = &'a Table>,
    context: &Context,
) -> Result<Rows, Stop> {
    let mut all = Rows::new();
    for table in tables {
        let columns: Vec<_> = table.columns.iter().map(|it| it.def.name).collect();
        all.insert(table.id, rows(install, table, &columns, context).await?);
    }
    Ok(all)
}

/// Some columns of all rows of a table, sorted.
async fn rows(install: &mut Install, table: &Table, columns: &[&str], context: &Context) -> Result<Vec<Texts>, Stop> {
    let texts: Vec<_> = columns.iter().map(|name| format!("{}::text", ident(&context.name(name)))).collect();
    let sql = format!("SELECT {} FROM {}", texts.join(", "), context.qualified(table.name));
    let found = sqlx::raw_sql(AssertSqlSafe(sql.clone())).fetch_all(&mut install.connection).await;
    let read = |row: &sqlx::postgres::PgRow| (0..columns.len()).map(|column| row.try_get(column)).collect();
    let rows: Result<Vec<Texts>, sqlx::Error> = found.during(|| sql)?.iter().map(read).collect();
    let mut rows = rows.during(|| format!("the rows of {}", table.name))?;
    rows.sort_unstable();
    Ok(rows)
}

/// The names of columns on one side and on the other.
type Columns = Vec<(&'static str, &'static str)>;

/// The versions between two schemas, up or down.
pub(super) struct Between {
    pub(super) chain: &'static Chain,
    pub(super) from: u32,
    pub(super) to: u32,
    /// One that may have been run in part, besides.
    pub(super) version: u32,
}

impl Between {
    /// The tables on both sides whose rows no step of the version writes, with the columns that keep their type.
    fn kept(&self) -> Vec<(&Table, &Table, Columns)> {
        let [from, to] = [self.from, self.to].map(|version| self.chain.schema_at(Version(version)));
        let written = self.written(from, to);
        let kept = from.tables().filter_map(|before| {
            let after = to
                .table_by_id(before.id)
                .filter(|after| !written.contains(&after.name) && !written.contains(&before.name))?;
            let columns = before.columns.iter().filter_map(|column| {
                let known = after.columns.iter().find(|it| it.id == column.id && it.def.ty == column.def.ty)?;
                known.def.generated.is_none().then_some((column.def.name, known.def.name))
            });
            Some((before, after, columns.collect()))
        });
        kept.collect()
    }

    /// The tables that steps on rows of the versions between write, and what raw SQL names.
    fn written(&self, from: &Schema, to: &Schema) -> Vec<&'static str> {
        let between = self.chain.migrations().iter().filter(|it| {
            it.version.0 > self.from.min(self.to) && it.version.0 <= self.from.max(self.to)
                || it.version.0 == self.version
        });
        let mut written = Vec::new();
        for step in between.flat_map(|it| it.steps.iter()) {
            let step = if let Step::OnDown { step } = step { step } else { step };
            match step {
                Step::Seed(it) | Step::DeleteSeed(it) => written.push(it.table),
                Step::DeleteRows(it) => written.push(it.table),
                Step::Backfill(it) => written.push(it.table),
                Step::RenameValue(it) => written.push(it.table),
                // What it writes is its own affair.
                Step::Execute(_) => written.extend(from.tables().chain(to.tables()).map(|it| it.name)),
                _ => {}
            }
        }
        written
    }
}

/// Stops where a row is gone that no step has written.
pub(super) async fn stay(
    install: &mut Install,
    step: &Between,
    before: &Rows,
    what: impl Fn() -> String,
) -> Result<(), Stop> {
    let context = install.context()?;
    for (table, now, columns) in step.kept() {
        let Some(known) = before.get(&table.id).filter(|_| !columns.is_empty()) else { continue };
        let places: Vec<_> =
            columns.iter().filter_map(|(name, _)| table.columns.iter().position(|it| it.def.name == *name)).collect();
        let mut expected: Vec<Texts> =
            known.iter().map(|row| places.iter().map(|place| row[*place].clone()).collect()).collect();
        expected.sort_unstable();
        let names: Vec<_> = columns.iter().map(|(_, name)| *name).collect();
        let mut found = rows(install, now, &names, &context).await?;
        for row in expected {
            match found.iter().position(|other| *other == row) {
                Some(place) => drop(found.remove(place)),
                None => {
                    let row: Vec<_> = row
                        .into_iter()
                        .map(|text| text.map_or_else(|| "NULL".to_owned(), |text| literal(&text)))
                        .collect();
                    let row = names.iter().zip(row).map(|(name, text)| format!("{name} = {text}")).collect::<Vec<_>>();
                    return Err(Stop::Fault(format!(
                        "{}: a row of table `{}` is lost: {}",
                        what(),
                        table.name,
                        row.join(", ")
                    )));
                }
            }
        }
    }
    Ok(())
}
