//! Runners at the same moment.

use std::sync::{Arc, Mutex};

use super::snapshot::Extent;
use super::{Case, During, Outcome, Stop};
use pkmig_runtime::{Error, Event, Run};

/// Two runners on an empty database.
///
/// # Errors
/// Who failed, which version was applied how often, what differs.
pub async fn two_runners_at_once_apply_each_version_once(case: Case) -> Outcome {
    at_once(case, 2).await
}

/// Sixteen runners on an empty database.
///
/// # Errors
/// Who failed, which version was applied how often, what differs.
pub async fn sixteen_runners_at_once_apply_each_version_once(case: Case) -> Outcome {
    at_once(case, 16).await
}

async fn at_once(case: Case, runners: u32) -> Outcome {
    let latest = case.suite.chain().latest().0;
    let runs = race(case, &vec![latest; runners as usize]).await?;
    for run in runs {
        run.during(|| format!("one of {runners} runners at once"))?;
    }
    Ok(format!("{runners} runners"))
}

/// A runner to a version in between while another one goes up to the newest: it comes there, or is told that the other
/// one is past it, and takes nothing back.
///
/// # Errors
/// Who failed otherwise, which version was applied how often, what differs.
pub async fn a_runner_with_a_lower_target_disturbs_nobody(case: Case) -> Outcome {
    let latest = case.suite.chain().latest().0;
    let mut passed = 0;
    for target in [latest / 4, latest / 2, latest - latest / 4] {
        for run in race(case, &[latest, target.max(1)]).await? {
            match run {
                Err(Error::UpBelow { .. }) => passed += 1,
                run => drop(run.during(|| format!("up to V{latest} and up to V{target} at once"))?),
            }
        }
    }
    Ok(format!("3 races, {passed} of them lost by the lower target"))
}

/// Runners to these versions at the same moment. Stops where a version was not applied exactly once, or what is there in
/// the end is not what the versions make one by one.
async fn race(case: Case, targets: &[u32]) -> Result<Vec<Result<Run, Error>>, Stop> {
    let (reference, mut install) = (case.suite.reference().await?, case.suite.install().await?);
    let stamped = Arc::new(Mutex::new(Vec::new()));
    let mut runners = Vec::new();
    for target in targets {
        let stamped = stamped.clone();
        let migrator = install.migrator.clone().observe(move |event| {
            if let (Event::Finished(applied), Ok(mut stamped)) = (event, stamped.lock()) {
                stamped.push(applied.version.0);
            }
        });
        // Connected before the start, so that it is one.
        runners.push((*target, migrator, install.session().await?));
    }
    let started = runners.into_iter().map(|(target, migrator, mut connection)| {
        tokio::spawn(async move { migrator.up_to(target, &mut connection).await })
    });
    let mut runs = Vec::new();
    for runner in started.collect::<Vec<_>>() {
        runs.push(runner.await.during(|| "a runner".to_owned())?);
    }
    let what = || format!("up to {targets:?} at once");
    let mut stamped = stamped.lock().during(what)?.clone();
    stamped.sort_unstable();
    let latest = case.suite.chain().latest().0;
    if stamped != (1..=latest).collect::<Vec<_>>() {
        return Err(Stop::Fault(format!("{}: the versions that runners recorded are {stamped:?}", what())));
    }
    install.expect(reference.at(latest)?, Extent::Everything, what).await?;
    Ok(runs)
}
