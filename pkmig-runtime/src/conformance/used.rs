//! Installs with rows in their tables: what users have filed is there behind every version, or somebody has allowed its loss.

use std::collections::BTreeMap;

use pkmig_schema::{Schema, Step, Table, Version};
use sqlx::{AssertSqlSafe, Row};

use super::install::Install;
use super::sample::{self, Filled};
use super::snapshot::Extent;
use super::{Case, During, Outcome, Stop};
use crate::sql::{Context, ident, literal};
use crate::{Chain, Error, Failed};

/// Every table gets sample rows where it has none, before every version and behind it. The version is run twice, its down
/// without leave to lose anything and then with it.
///
/// # Errors
/// Which row of which table is gone, or was changed by a second run.
pub async fn rows_of_users_stay_or_their_loss_is_asked_for(case: Case) -> Outcome {
    let chain = case.suite.chain();
    let mut install = case.suite.install().await?;
    let mut told = Told::default();
    for version in case.suite.versions() {
        let previous = case.suite.previous(version);
        reach(&mut install, previous, &mut told).await?;
        let before = filled(&mut install, chain, previous, &mut told).await?;
        told.versions += 1;
        if reach(&mut install, version, &mut told).await? {
            let step = Between { chain, from: previous, to: version, version };
            stay(&mut install, &step, &before, || format!("V{version}")).await?;
        }
        let there = filled(&mut install, chain, version, &mut told).await?;
        twice(&mut install, previous, version, &mut told).await?;
        if previous >= case.suite.floor()?.max(1) {
            back(&mut install, chain, (version, previous), &there, &mut told).await?;
        }
    }
    Ok(told.summary())
}

/// What was met on the way.
#[derive(Debug, Default)]
struct Told {
    versions: u32,
    rows: usize,
    asked: u32,
    refused: BTreeMap<u32, String>,
    without: BTreeMap<String, String>,
}

impl Told {
    fn summary(&self) -> String {
        let list = |all: &mut dyn Iterator<Item = String>| all.map(|line| format!("\n  {line}")).collect::<String>();
        let without = list(&mut self.without.iter().map(|(table, why)| format!("no row for table {table}: {why}")));
        let refused =
            list(&mut self.refused.iter().map(|(version, why)| format!("V{version} needs other rows: {why}")));
        format!(
            "{} versions with {} sample rows, {} downs asked leave{without}{refused}",
            self.versions, self.rows, self.asked
        )
    }
}

/// The texts of a row's columns, in the order that they were asked for; none is null.
type Texts = Vec<Option<String>>;

/// The rows of each table, by its identity.
type Rows = BTreeMap<u32, Vec<Texts>>;

/// Fills the tables of a version, and reads all rows.
async fn filled(install: &mut Install, chain: &Chain, version: u32, told: &mut Told) -> Result<Rows, Stop> {
    let schema = chain.schema_at(Version(version));
    let context = install.context()?;
    let Filled { rows, without, .. } =
        sample::fill(schema, &context, &mut install.connection).await.during(|| "sample rows".to_owned())?;
    told.rows += rows;
    for (table, why) in without {
        told.without.entry(table).or_insert(why);
    }
    read(install, schema.tables(), &context).await
}

/// The rows of tables, all columns of each.
async fn read<'a>(
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

/// Goes up to a version. Where the rows are in the way, as PostgreSQL says by an error about data and as an author's words may have
/// it, it is a fresh install that goes there, and `false`.
async fn reach(install: &mut Install, version: u32, told: &mut Told) -> Result<bool, Stop> {
    match install.migrator.up_to(version, &mut install.connection).await {
        Ok(_) => Ok(true),
        Err(Error::Failed(failed)) if is_about_data(&failed) => {
            told.refused.entry(failed.version.0).or_insert_with(|| failed.message.clone());
            *install = install.suite.install().await?;
            install.go(version).await?;
            Ok(false)
        }
        Err(error) => Err(Stop::Fault(format!("to V{version} with sample rows: {error}"))),
    }
}

/// Whether a version has failed for the rows that it met: data exceptions and violated constraints (manual, appendix A).
fn is_about_data(failed: &Failed) -> bool {
    ["22", "23"].iter().any(|class| failed.sqlstate.starts_with(class))
}

/// Runs the version once more: nothing may change.
async fn twice(install: &mut Install, previous: u32, version: u32, told: &mut Told) -> Result<(), Stop> {
    if previous == 0 {
        return Ok(());
    }
    let once = install.snapshot().await?;
    install.stamp(previous).await?;
    match install.migrator.up_to(version, &mut install.connection).await {
        // Rows that came in behind it may be such that it could not have been applied to them.
        Err(Error::Failed(failed)) if is_about_data(&failed) => {
            told.refused.entry(version).or_insert_with(|| failed.message.clone());
            return install.stamp(version).await;
        }
        run => drop(run.during(|| format!("V{version} a second time, with sample rows"))?),
    }
    install.expect(&once, Extent::Unnumbered, || format!("V{version} run twice, with sample rows")).await
}

/// Goes down without leave; then nothing is lost. With leave otherwise. And up again.
async fn back(
    install: &mut Install,
    chain: &'static Chain,
    (version, previous): (u32, u32),
    there: &Rows,
    told: &mut Told,
) -> Result<(), Stop> {
    let careful = install.migrator.clone().allow_data_loss(false);
    let step = Between { chain, from: version, to: previous, version };
    match careful.down_to(previous, &mut install.connection).await {
        Ok(_) => stay(install, &step, there, || format!("the down of V{version} without leave")).await?,
        Err(Error::DataLoss { .. }) => {
            told.asked += 1;
            let now = read(install, chain.schema_at(Version(version)).tables(), &install.context()?).await?;
            if now != *there {
                return Err(Stop::Fault(format!(
                    "the down of V{version} was refused, and rows are others than before"
                )));
            }
            match install.go(previous).await {
                Ok(_) => stay(install, &step, there, || format!("the down of V{version} with leave")).await?,
                Err(Stop::Fault(why)) => drop(told.refused.entry(version).or_insert(why)),
                Err(stop) => return Err(stop),
            }
        }
        Err(Error::Irreversible { .. } | Error::Unfilled { .. }) => {}
        Err(Error::Failed(failed)) if is_about_data(&failed) => {
            told.refused.entry(version).or_insert_with(|| failed.message.clone());
        }
        Err(error) => return Err(Stop::Fault(format!("the down of V{version} with sample rows: {error}"))),
    }
    reach(install, version, told).await.map(drop)
}

/// The names of columns on one side and on the other.
type Columns = Vec<(&'static str, &'static str)>;

/// A version between two schemas, up or down.
struct Between {
    chain: &'static Chain,
    from: u32,
    to: u32,
    version: u32,
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
async fn stay(install: &mut Install, step: &Between, before: &Rows, what: impl Fn() -> String) -> Result<(), Stop> {
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
                        "{}: a row of table `{}` is gone: {}",
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
