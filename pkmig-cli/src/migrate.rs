//! `up` and `down`.

use std::time::Instant;

use serde::Serialize;

use super::database::{Database, Place};
use super::error::Failure;
use super::output::{duration, milliseconds, versions, way};
use super::progress::Progress;
use super::{Subject, interrupt};
use pkmig_runtime::{Error, Misfit, Run};
use pkmig_sql::Direction;

/// Applies the missing versions, up to `to` or the newest.
pub(super) async fn up(subject: &Subject, place: &Place<'_>, to: Option<u32>, json: bool) -> Result<(), Failure> {
    go(subject, place, Direction::Up, to.unwrap_or(subject.chain.latest().0), json).await
}

/// Reverts the versions above `to`.
pub(super) async fn down(subject: &Subject, place: &Place<'_>, to: u32, json: bool) -> Result<(), Failure> {
    go(subject, place, Direction::Down, to, json).await
}

async fn go(
    subject: &Subject,
    place: &Place<'_>,
    direction: Direction,
    target: u32,
    json: bool,
) -> Result<(), Failure> {
    let (mut connection, options, url) = place.connect_to_write().await?.parts();
    let failure = |error| Database::failure(&url, error);
    let backend = interrupt::backend(&mut connection).await.map_err(Error::Connection).map_err(failure)?;
    let progress = Progress::new(place.output, json);
    let observer = progress.clone();
    let migrator = subject.migrator.clone().reconnect(options.clone()).observe(move |event| observer.show(event));
    let start = Instant::now();
    let run = async {
        match direction {
            Direction::Up => migrator.up_to(target, &mut connection).await,
            Direction::Down => migrator.down_to(target, &mut connection).await,
        }
    };
    let mut run = std::pin::pin!(run);
    let done = tokio::select! {
        done = &mut run => done,
        () = interrupt::requested() => match interrupt::cancel(&options, backend, run).await {
            // It was done before it could be cancelled.
            Some(Ok(done)) => Ok(done),
            ended => {
                progress.clear();
                return Err(Failure::Interrupted { what: outcome(ended), program: place.program.clone() });
            }
        },
    };
    let took = start.elapsed();
    progress.clear();
    if let (Err(Error::Misfit(misfit)), true) = (&done, json) {
        place.output.json(&Refusal::new(misfit, direction, target))?;
    }
    let run = done.map_err(failure)?;
    if json {
        return place.output.json(&Report::new(subject, direction, &run, milliseconds(took)));
    }
    if let Some(why) = &run.unwritten {
        place.output.note(&format!("the ledger was not written: {why}"));
    }
    for one in &run.stays {
        place.output.say(&format!("stays: {one}"))?;
    }
    place.output.say(&closing(subject, direction, &run, &duration(took)))
}

/// What has become of a run that was interrupted.
fn outcome(ended: Option<Result<Run, Error>>) -> String {
    let Some(Err(Error::Failed(failed))) = ended else {
        return "each version was applied as a whole or not at all".to_owned();
    };
    let stay = match (failed.applied.first(), failed.applied.last()) {
        (Some(first), Some(last)) if first != last => format!(", {first} to {last} were done before it and stay"),
        (Some(first), _) => format!(", {first} was done before it and stays"),
        _ => String::new(),
    };
    let left = failed.left.as_ref().map(|left| format!("; {left}")).unwrap_or_default();
    format!("{} was rolled back{left}{stay}", failed.what())
}

fn closing(subject: &Subject, direction: Direction, run: &Run, took: &str) -> String {
    let (chain, prefix) = (subject.chain.name, &subject.prefix);
    let Run { from, to, applied, .. } = run;
    if from == to {
        return format!("nothing to do: {chain} in schema {prefix} is at {to}");
    }
    let verb = if direction == Direction::Up { "applied" } else { "reverted" };
    // Between looking and locking, another runner may have been quicker.
    let ours = applied.iter().map(|applied| applied.versions).sum();
    let others = subject.chain.between(*from.min(to), *from.max(to)).saturating_sub(ours);
    let others = if others > 0 { format!(" ({} by another run)", versions(others)) } else { String::new() };
    let at_once = if applied.iter().any(|applied| applied.versions > 1) { " at once" } else { "" };
    format!("{} {verb}{at_once}: {from} → {to} in {took}{others}", versions(ours))
}

/// A run that did not begin, because the schema does not match.
#[derive(Debug, Serialize)]
struct Refusal<'a> {
    chain: &'a str,
    prefix: &'a str,
    direction: &'static str,
    from: u32,
    to: u32,
    refused: &'static str,
    stamp: Option<&'a str>,
    evidence: &'a [String],
    tables: Vec<TakenReport<'a>>,
    help: String,
}

/// A table that is there and that the run would make.
#[derive(Debug, Serialize)]
struct TakenReport<'a> {
    table: &'a str,
    kind: &'static str,
    owner: &'a str,
    version: u32,
}

impl<'a> Refusal<'a> {
    fn new(misfit: &'a Misfit, direction: Direction, target: u32) -> Self {
        let tables = misfit.kind.tables().iter();
        Self {
            chain: misfit.chain,
            prefix: misfit.prefix.as_str(),
            direction: way(direction),
            from: misfit.stamped.0,
            to: target,
            refused: misfit.kind.word(),
            stamp: misfit.stamp.as_deref(),
            evidence: &misfit.evidence,
            tables: tables
                .map(|taken| TakenReport {
                    table: &taken.table,
                    kind: taken.kind.word(),
                    owner: &taken.owner,
                    version: taken.version.0,
                })
                .collect(),
            help: misfit.help(),
        }
    }
}

/// The result of a run.
#[derive(Debug, Serialize)]
struct Report<'a> {
    chain: &'a str,
    prefix: &'a str,
    direction: &'static str,
    from: u32,
    to: u32,
    milliseconds: u64,
    applied: Vec<AppliedReport>,
    unwritten: Option<&'a str>,
    stays: &'a [String],
}

#[derive(Debug, Serialize)]
struct AppliedReport {
    version: u32,
    /// How many versions up to it were applied at once.
    versions: usize,
    title: &'static str,
    milliseconds: u64,
}

impl<'a> Report<'a> {
    fn new(subject: &'a Subject, direction: Direction, run: &'a Run, milliseconds_in_all: u64) -> Self {
        let applied = run.applied.iter().map(|applied| AppliedReport {
            version: applied.version.0,
            versions: applied.versions,
            title: applied.title,
            milliseconds: milliseconds(applied.took),
        });
        Self {
            chain: subject.chain.name,
            prefix: subject.prefix.as_str(),
            direction: way(direction),
            from: run.from.0,
            to: run.to.0,
            milliseconds: milliseconds_in_all,
            applied: applied.collect(),
            unwritten: run.unwritten.as_deref(),
            stays: &run.stays,
        }
    }
}

#[cfg(test)]
mod tests {
    use pkmig_schema::{Down, Migration, Version};

    use super::*;
    use pkmig_runtime::{Chain, Prefix};

    const fn version(number: u32) -> Migration {
        Migration { version: Version(number), title: "", steps: &[], down: Down::Derived }
    }

    static CHAIN: Chain = Chain::new("notes", "notes", &[&version(1), &version(2)]);

    #[test]
    fn the_closing_line_says_what_was_done() {
        let subject = Subject { chain: &CHAIN, prefix: Prefix::default(), migrator: CHAIN.migrator() };
        let said = |direction, from, to| {
            let run =
                Run { from: Version(from), to: Version(to), applied: Vec::new(), unwritten: None, stays: Vec::new() };
            closing(&subject, direction, &run, "0.4 s")
        };
        assert_eq!(said(Direction::Up, 36, 36), "nothing to do: notes in schema public is at V36");
        assert_eq!(said(Direction::Up, 0, 1), "0 versions applied: V0 → V1 in 0.4 s (1 version by another run)");
        assert_eq!(said(Direction::Down, 2, 0), "0 versions reverted: V2 → V0 in 0.4 s (2 versions by another run)");
    }
}
