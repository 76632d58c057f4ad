//! Installs with rows in their tables: the rows of users are still there after every version, or their loss was allowed.

use std::collections::BTreeMap;
use std::time::Duration;

use pkmig_schema::Version;

use super::dice::Dice;
use super::install::Install;
use super::interrupted::terminate;
use super::rows::{Between, Rows, read, stay};
use super::sample::{self, Filled};
use super::snapshot::Extent;
use super::{Case, During, Outcome, Stop};
use pkmig_runtime::{Chain, Error, Failed};

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

/// Sample rows are in all tables while sessions are terminated at random moments, on the way up and on the way down.
///
/// # Errors
/// Which row of which table is gone.
pub async fn rows_of_users_stay_when_sessions_are_terminated(case: Case) -> Outcome {
    let (whole, mut dice) = (case.suite.whole().await?, Dice::new());
    let (mut install, mut told, mut ended) = (case.suite.install().await?, Told::default(), 0);
    for target in [case.suite.chain().latest().0, case.suite.low()?.max(1)] {
        ended += ends(&mut install, target, whole / 3, &mut dice, &mut told).await.map_err(|stop| stop.with(&dice))?;
    }
    Ok(format!("{ended} runs ended, {}", told.summary()))
}

/// Runs to a version until one comes there. Says how many were ended before.
async fn ends(
    install: &mut Install,
    target: u32,
    mut longest: Duration,
    dice: &mut Dice,
    told: &mut Told,
) -> Result<u32, Stop> {
    let (chain, mut ended) = (install.suite.chain(), 0);
    let mut from = install.version().await?;
    let mut before = filled(install, chain, from, told).await?;
    while from != target {
        let moment = dice.moment(longest);
        let run = terminate(install, target, moment).await?;
        install.alone().await?;
        match run {
            Ok(()) => {}
            Err(Error::Failed(failed)) if is_about_data(&failed) => {
                told.refused.entry(failed.version.0).or_insert_with(|| failed.message.clone());
                *install = install.suite.install().await?;
                from = if target > from { failed.version.0 } else { target };
                install.go(from).await?;
                before = filled(install, chain, from, told).await?;
                continue;
            }
            Err(error) => {
                return Err(Stop::Fault(format!("from V{from} to V{target} with sample rows: {}", error.report())));
            }
        }
        let to = install.version().await?;
        told.versions += from.abs_diff(to);
        // The one that was under way may have filled rows in batches, which stay.
        let version = to + u32::from(target > to);
        let step = Between { chain, from, to, version };
        stay(install, &step, &before, || format!("V{to}, where a run from V{from} ended after {moment:?}")).await?;
        match to == from {
            true => longest += longest / 2,
            false => (from, before) = (to, filled(install, chain, to, told).await?),
        }
        ended += 1;
    }
    Ok(ended)
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
        Err(error) => Err(Stop::Fault(format!("to V{version} with sample rows: {}", error.report()))),
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
        Ok(_) => {
            stay(install, &step, there, || format!("the down of V{version} without permission to lose data")).await?
        }
        Err(Error::DataLoss { .. }) => {
            told.asked += 1;
            let now = read(install, chain.schema_at(Version(version)).tables(), &install.context()?).await?;
            if now != *there {
                return Err(Stop::Fault(format!(
                    "the down of V{version} was refused, and rows are others than before"
                )));
            }
            match install.go(previous).await {
                Ok(_) => {
                    stay(install, &step, there, || format!("the down of V{version} with permission to lose data"))
                        .await?
                }
                Err(Stop::Fault(why)) => drop(told.refused.entry(version).or_insert(why)),
                Err(stop) => return Err(stop),
            }
        }
        Err(Error::Irreversible { .. } | Error::Unfilled { .. }) => {}
        Err(Error::Failed(failed)) if is_about_data(&failed) => {
            told.refused.entry(version).or_insert_with(|| failed.message.clone());
        }
        Err(error) => return Err(Stop::Fault(format!("the down of V{version} with sample rows: {}", error.report()))),
    }
    reach(install, version, told).await.map(drop)
}
