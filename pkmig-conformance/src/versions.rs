//! Every version and every way: up, down, up again, twice, at once, by jumps, and as declared.

use pkmig_schema::Step;
use pkmig_schema::step::Tail;

use super::dice::Dice;
use super::install::Install;
use super::snapshot::Extent::{self, Everything, Schema, Unnumbered};
use super::{Case, During, Outcome, Stop, Suite};
use pkmig_runtime::{Direction, Error, PlannedVersion};

/// Every version leads to its schema and rows, its down leads back, and up again forth.
///
/// # Errors
/// What differs after which version.
pub async fn every_version_goes_up_and_down_and_up_again(case: Case) -> Outcome {
    let (reference, mut install) = (case.suite.reference().await?, case.suite.install().await?);
    let (versions, mut left) = (case.suite.versions(), 0);
    for version in versions.iter().copied() {
        let there = reference.at(version)?;
        install.go(version).await?;
        let Some(down) = way_back(case.suite, version)? else { continue };
        let previous = case.suite.previous(version);
        install.go(previous).await?;
        let before = reference.at(previous)?;
        install.expect(before, extent_back(&down), || format!("the down of V{version}")).await?;
        install.go(version).await?;
        let again = if down.class.keeps_rows() { Unnumbered } else { Schema };
        let found = install.snapshot().await?;
        there.expect(&found, again, || format!("V{version} again, after its down"))?;
        if !there.is_same(&found) {
            // Neither rows that a lossy down has lost nor numbers that raw SQL has drawn are at fault, but they would be
            // missed at every version above.
            install = case.suite.install().await?;
            install.go(version).await?;
        }
        left += 1;
    }
    Ok(format!("{} versions, {left} reverted", versions.len()))
}

/// Every version, and every down, changes nothing where it has been run already. Raw SQL on the way down is left out: unlike
/// that on the way up it does not have to say why it may run twice.
///
/// # Errors
/// What the second run changes.
pub async fn every_version_can_be_run_twice(case: Case) -> Outcome {
    let (reference, mut install) = (case.suite.reference().await?, case.suite.install().await?);
    let (versions, floor) = (case.suite.versions(), case.suite.floor()?);
    for version in versions.iter().copied() {
        install.go(version).await?;
        let once = reference.at(version)?;
        install.stamp(case.suite.previous(version)).await?;
        let run = install.migrator.up_to(version, &mut install.connection).await;
        run.during(|| format!("V{version} a second time"))?;
        install.expect(once, Unnumbered, || format!("V{version} run twice")).await?;
    }
    // The down of V1 takes the table with the stamp: a second one finds that nothing is installed.
    let (mut downs, mut raw) = (0, 0);
    for version in versions.iter().copied().rev().filter(|version| case.suite.previous(*version) >= floor.max(1)) {
        let previous = case.suite.previous(version);
        install.go(previous).await?;
        if way_back(case.suite, version)?.is_some_and(|down| holds_raw_sql(&down)) {
            raw += 1;
            continue;
        }
        let once = install.snapshot().await?;
        install.stamp(version).await?;
        let run = install.migrator.down_to(previous, &mut install.connection).await;
        run.during(|| format!("the down of V{version} a second time"))?;
        install.expect(&once, Everything, || format!("the down of V{version} run twice")).await?;
        downs += 1;
    }
    Ok(format!("{} versions, {downs} downs, {raw} downs with raw SQL run once", versions.len()))
}

/// `verify` finds nothing at any version. What a down leads to is what `verify` has looked at on the way up.
///
/// # Errors
/// What is not as declared.
pub async fn every_version_is_as_declared(case: Case) -> Outcome {
    let (reference, mut install) = (case.suite.reference().await?, case.suite.install().await?);
    let (versions, floor) = (case.suite.versions(), case.suite.floor()?);
    for version in versions.iter().copied() {
        install.go(version).await?;
        install.verify(|| format!("V{version}")).await?;
        install.expect(reference.at(version)?, Schema, || format!("V{version}")).await?;
    }
    let mut downs = 0;
    for version in versions.iter().copied().rev().skip(1).filter(|version| *version > floor).chain([floor]) {
        install.go(version).await?;
        install.expect(reference.at(version)?, Schema, || format!("down to V{version}")).await?;
        downs += 1;
    }
    Ok(format!("{} versions verified, {downs} downs compared with them", versions.len()))
}

/// A fresh install in one run, one by baseline, and those that jump come to where the versions lead one by one.
///
/// # Errors
/// What differs, and by which way.
pub async fn all_ways_lead_to_the_same_schema(case: Case) -> Outcome {
    let (reference, mut install) = (case.suite.reference().await?, case.suite.install().await?);
    let (latest, floor) = (case.suite.chain().latest().0, case.suite.floor()?);
    install.go(latest).await?;
    install.expect(reference.at(latest)?, Everything, || "a fresh install of all versions".to_owned()).await?;
    install = case.suite.install().await?;
    install.migrator = install.migrator.baseline(true);
    install.go(latest).await?;
    install.expect(reference.at(latest)?, Everything, || "a fresh install by baseline".to_owned()).await?;
    let known: Vec<u32> = reference.versions().filter(|version| *version > 0).collect();
    let mut dice = Dice::new();
    let walks = case.suite.walks();
    for _ in 0..walks {
        install = case.suite.install().await?;
        let mut targets = vec![dice.one_of(&known)];
        for _ in 0..dice.between(1, 4) {
            let reachable =
                if targets.iter().any(|target| *target >= floor) { floor } else { targets[targets.len() - 1] };
            let within: Vec<u32> = known.iter().copied().filter(|version| *version >= reachable).collect();
            targets.push(dice.one_of(&within));
        }
        jump(&mut install, &targets).await.map_err(|stop| match stop {
            Stop::Fault(what) => Stop::Fault(format!("by V0, {targets:?}, {dice}: {what}")),
            skipped => skipped,
        })?;
    }
    let baseline = match case.suite.chain().check_baseline(case.suite.chain().latest()) {
        Ok(()) => "by baseline".to_owned(),
        Err(why) => format!("without a baseline ({why})"),
    };
    Ok(format!("one after the other, {baseline}, and by {walks} walks of jumps"))
}

async fn jump(install: &mut Install, targets: &[u32]) -> Result<(), Stop> {
    let reference = install.suite.reference().await?;
    let mut extent = Everything;
    for target in targets {
        let planned = install.migrator.plan(Some(*target), &mut install.connection).await;
        let planned = planned.during(|| format!("the plan to V{target}"))?;
        let downs = planned.iter().filter(|version| version.direction == Direction::Down);
        extent = downs.map(extent_back).fold(extent, Extent::max);
        install.go(*target).await?;
        install.expect(reference.at(*target)?, extent, || format!("at V{target}")).await?;
    }
    Ok(())
}

/// The down of a version; none where it is irreversible.
fn way_back(suite: &Suite, version: u32) -> Result<Option<PlannedVersion>, Stop> {
    match suite.migrator(suite.home()).script(version, suite.previous(version)) {
        Ok(mut planned) => Ok(planned.pop()),
        Err(Error::Irreversible { .. }) => Ok(None),
        Err(error) => Err(Stop::Fault(error.report())),
    }
}

fn holds_raw_sql(down: &PlannedVersion) -> bool {
    down.steps().iter().any(|step| step.starts_with("execute "))
}

/// Whether a down brings back the rows, too: one that says that some are lost does not, nor one that leaves some there.
fn extent_back(down: &PlannedVersion) -> Extent {
    let stays = |step: &Step| match step {
        Step::Seed(seed) => seed.kept.is_some(),
        Step::Execute(execute) => matches!(execute.tail, Tail::Noop(_)),
        Step::DeleteRows(rows) => matches!(rows.tail, Tail::Noop(_)),
        _ => false,
    };
    match down.class.keeps_rows() && !down.migration.steps.iter().any(stays) {
        true => Unnumbered,
        false => Schema,
    }
}
