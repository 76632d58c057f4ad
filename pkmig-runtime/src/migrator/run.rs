//! A run: version after version, each in a message of its own.

use std::time::{Duration, Instant};

use pkmig_schema::Version;
use sqlx::postgres::PgDatabaseError;
use sqlx::{PgConnection, Row};
use tracing::Instrument;

use super::install::Install;
use super::session::Session;
use super::watch::{self, Watch};
use super::{Applied, Event, Migrator, Run, fresh, ledger, preflight, requirements, send, waiting};
use crate::error::Failed;
use crate::plan::PlannedVersion;
use crate::{Blocker, Error, Prefix, pinned};
use pkmig_sql::{
    Context, DIFFERS, Direction, LOCKED, LOSS, MOVED, Segment, SegmentKind, Transaction, session, step_named,
};

/// Goes up or down to a version; one that lies the other way is refused.
pub(super) async fn to(
    migrator: &Migrator,
    direction: Direction,
    target: Version,
    connection: &mut PgConnection,
) -> Result<Run, Error> {
    let prefix = migrator.checked_prefix()?;
    migrator.check_target(target)?;
    let checked = |from| match direction {
        Direction::Up if target < from => Err(wrong_way(migrator, direction, &prefix, target, from)),
        Direction::Down if target > from => Err(wrong_way(migrator, direction, &prefix, target, from)),
        _ => Ok(target),
    };
    loop {
        let (install, from) = migrator.looked_at(&prefix, checked, connection).await?;
        let run = go(migrator, &prefix, install, from, target, connection).await?;
        // An uninstall is written for one version: where another runner has gone to another one meanwhile, it is planned anew.
        let done_by_others = target == Version(0) && from > Version(0) && run.applied.is_empty();
        if !done_by_others || Install::read(migrator.chain, &prefix, connection).await?.version == Version(0) {
            return Ok(run);
        }
    }
}

fn wrong_way(migrator: &Migrator, direction: Direction, prefix: &Prefix, target: Version, current: Version) -> Error {
    let (chain, prefix) = (migrator.chain.name, prefix.clone());
    match direction {
        Direction::Up => Error::UpBelow { chain, prefix, target, current },
        Direction::Down => Error::DownAbove { chain, prefix, target, current },
    }
}

async fn go(
    migrator: &Migrator,
    prefix: &Prefix,
    install: Install,
    from: Version,
    target: Version,
    connection: &mut PgConnection,
) -> Result<Run, Error> {
    let mut run = Run { from, to: from, applied: Vec::new(), unwritten: None, stays: Vec::new() };
    if from == target {
        return Ok(run);
    }
    let session = Session::ask(migrator, connection).await?;
    let host_path = session.path().filter(|_| migrator.host_path).map(str::to_owned);
    let context = install.context(migrator, prefix).finding(host_path);
    // A baseline's statements stand in its message as they are, which is read before a setting in it is set.
    let at_once = from == Version(0) && session.standard;
    let fresh = if at_once { fresh::planned(migrator, &context, target) } else { None };
    let mut planned = match fresh {
        Some(baseline) => vec![baseline],
        None => migrator.planned(&context, from, target)?,
    };
    if session.in_transaction {
        check_transactions(&planned)?;
    }
    // First, because who may not use a schema cannot look for what is in it.
    preflight::check(migrator, &install, prefix, &planned, connection).await?;
    preflight::path::check(migrator, &context, connection).await?;
    if target > from {
        requirements::check(migrator, &context, connection).await?;
    }
    let dependents = preflight::dependents::of(migrator, prefix, &context, &planned, from, connection).await?;
    preflight::dependents::check(dependents)?;
    let fired = preflight::triggers::of(migrator, &context, &planned, connection).await?;
    preflight::triggers::check(migrator, fired)?;
    preflight::locks::check(&context, &planned, connection).await?;
    preflight::look(migrator, &context, &mut planned, connection).await?;
    preflight::refuse(&planned)?;
    run.stays = planned.iter().flat_map(|version| version.stays.iter().cloned()).collect();
    if session.wants_ledger {
        ledger::make(migrator, &session, connection).await?;
    }
    migrator.tell(&Event::Planned { versions: planned.iter().map(|version| version.versions).sum() });
    let span = tracing::info_span!("pkmig run", chain = migrator.chain.name, %prefix, from = from.0, to = target.0);
    let place = Place { migrator, prefix, context: &context, session: &session };
    let all = versions(place, &planned, target, &mut run, connection);
    all.instrument(span).await?;
    run.to = target;
    Ok(run)
}

/// Refuses in a host's transaction what has to be committed by itself.
fn check_transactions(planned: &[PlannedVersion]) -> Result<(), Error> {
    let apart = |version: &PlannedVersion| {
        let one = version.statements.iter().find(|one| one.transaction != Transaction::Inside)?;
        Some(Error::NotInTransaction { version: version.migration.version, step: one.text.clone() })
    };
    planned.iter().find_map(apart).map_or(Ok(()), Err)
}

/// Where a run is at work.
#[derive(Clone, Copy)]
struct Place<'a> {
    migrator: &'a Migrator,
    prefix: &'a Prefix,
    context: &'a Context,
    session: &'a Session,
}

async fn versions(
    place: Place<'_>,
    planned: &[PlannedVersion],
    target: Version,
    run: &mut Run,
    connection: &mut PgConnection,
) -> Result<(), Error> {
    let Place { migrator, prefix, context, .. } = place;
    // Where the install stands, as far as this runner knows: another one may be at work.
    let mut now = run.from;
    let replayed;
    let mut planned = planned;
    if let [baseline] = planned
        && baseline.baseline
    {
        match at_once(place, baseline, run, connection).await? {
            None => return Ok(()),
            Some(version) if version > target => {
                return Err(wrong_way(migrator, Direction::Up, prefix, target, version));
            }
            Some(version) => now = version,
        }
        replayed = migrator.planned(context, now, target)?;
        planned = &replayed;
    }
    for version in planned {
        let (migration, direction) = (version.migration, version.direction);
        let passed = match direction {
            Direction::Up => now >= migration.version,
            Direction::Down => now < migration.version,
        };
        if passed {
            continue;
        }
        migrator.tell(&match &version.uninstall {
            Some(_) => Event::Uninstall { from: migration },
            None => Event::Started { migration, direction },
        });
        let start = Instant::now();
        let span = tracing::info_span!("version", version = migration.version.0, title = migration.title);
        let outcome = one(place, version, run, connection).instrument(span).await?;
        match outcome {
            Outcome::Done(unwritten) => {
                run.note(migrator, unwritten);
                let title = if version.uninstall.is_some() { "uninstall" } else { migration.title };
                let (versions, took) = (version.versions, start.elapsed());
                finished(migrator, run, Applied { version: migration.version, versions, title, direction, took });
            }
            Outcome::Moved => {
                now = Install::read(migrator.chain, prefix, connection).await?.known_version(migrator.chain, prefix)?;
                let turned = match direction {
                    _ if version.uninstall.is_some() => false,
                    Direction::Up => now < migration.version || now > target,
                    Direction::Down => now >= migration.version || now < target,
                };
                if turned {
                    return Err(wrong_way(migrator, direction, prefix, target, now));
                }
            }
        }
    }
    Ok(())
}

/// A baseline. Where it cannot be made, because another runner was faster or the schema holds what it makes, the version
/// to go on from.
async fn at_once(
    place: Place<'_>,
    baseline: &PlannedVersion,
    run: &mut Run,
    connection: &mut PgConnection,
) -> Result<Option<Version>, Error> {
    let Place { migrator, prefix, .. } = place;
    let (migration, start) = (baseline.migration, Instant::now());
    migrator.tell(&Event::Baseline { to: migration });
    let span = tracing::info_span!("baseline", version = migration.version.0);
    match one(place, baseline, run, connection).instrument(span).await? {
        Outcome::Done(unwritten) => {
            run.note(migrator, unwritten);
            let (version, versions, took) = (migration.version, baseline.versions, start.elapsed());
            finished(migrator, run, Applied { version, versions, title: "baseline", direction: Direction::Up, took });
            Ok(None)
        }
        Outcome::Moved => {
            let install = Install::read(migrator.chain, prefix, connection).await?;
            install.known_version(migrator.chain, prefix).map(Some)
        }
    }
}

fn finished(migrator: &Migrator, run: &mut Run, applied: Applied) {
    tracing::info!(version = applied.version.0, took = ?applied.took, "stamped");
    migrator.tell(&Event::Finished(applied.clone()));
    run.applied.push(applied);
}

impl Run {
    /// Says once what could not be written to the ledger.
    fn note(&mut self, migrator: &Migrator, unwritten: Option<String>) {
        let Some(why) = unwritten.filter(|_| self.unwritten.is_none()) else { return };
        tracing::warn!(why, "the ledger was not written");
        migrator.tell(&Event::Unwritten { why: why.clone() });
        self.unwritten = Some(why);
    }
}

enum Outcome {
    /// It was done; and why it has left no line in the ledger.
    Done(Option<String>),
    /// Another runner was faster; or, of a baseline, the schema holds what it makes.
    Moved,
}

/// One version, tried again while somebody holds a lock on a table that it needs.
async fn one(
    place: Place<'_>,
    version: &PlannedVersion,
    run: &Run,
    connection: &mut PgConnection,
) -> Result<Outcome, Error> {
    let Place { migrator, prefix, context, session } = place;
    for step in version.steps() {
        tracing::debug!(step);
    }
    let (mut attempt, begun) = (1, Instant::now());
    loop {
        let watch = Watch::new(migrator, version);
        // Waited for in slices, so that it can be told for whom.
        let patience = migrator.runner_timeout.saturating_sub(begun.elapsed()).min(waiting::SLICE);
        let sent = match session.in_transaction {
            true => send::nested(migrator, context, version, session, patience, &watch, connection).await,
            false => send::segments(migrator, context, version, patience, &watch, connection).await,
        };
        let (segment, place, error) = match sent {
            Ok(unwritten) => return Ok(Outcome::Done(unwritten)),
            Err(unsent) => unsent,
        };
        let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default().into_owned();
        match code.as_str() {
            MOVED => return Ok(Outcome::Moved),
            code if version.baseline && fresh::is_taken(code) => {
                tracing::info!(
                    message = error.to_string(),
                    "the schema already holds what a baseline creates: running version by version"
                );
                return Ok(Outcome::Moved);
            }
            LOCKED => {
                let (waited, blockers) = (begun.elapsed(), waiting::on_runners(migrator, context, connection).await);
                if waited >= migrator.runner_timeout {
                    let (chain, prefix, waited) = (migrator.chain.name, prefix.clone(), migrator.runner_timeout);
                    return Err(Error::Locked { chain, prefix, waited, blockers });
                }
                tracing::warn!(
                    ?waited,
                    blockers = Blocker::listed(&blockers, "gone by now"),
                    "waiting for another run"
                );
                migrator.tell(&Event::Waiting { migration: version.migration, waited, blockers });
            }
            // lock_not_available, deadlock_detected and out_of_memory, which the table of locks can be, too (manual appendix A).
            "55P03" | "40P01" | "53200" if attempt <= migrator.lock_retries => {
                let pause = Duration::from_millis(100 * (1 << attempt.min(6)));
                let blockers = waiting::on_tables(context, connection).await;
                tracing::warn!(
                    attempt,
                    ?pause,
                    blockers = Blocker::listed(&blockers, "gone by now"),
                    "waiting for a lock on a table"
                );
                migrator.tell(&Event::Retrying { migration: version.migration, attempt, pause, blockers });
                tokio::time::sleep(pause).await;
                attempt += 1;
            }
            _ => {
                let mut error = failed(version, segment, place, error, run, session.in_transaction);
                match &mut error {
                    Error::Failed(failed) => {
                        let segment = version.segments.get(segment);
                        explain(failed, segment, &watch, migrator, context, connection).await;
                    }
                    Error::Unknown { in_transaction: false, found, .. } => {
                        *found = watch::read_again(migrator, prefix, context).await;
                    }
                    _ => {}
                }
                return Err(error);
            }
        }
    }
}

/// Adds what only the server can tell: who holds the lock, and what a part that had committed has left.
async fn explain(
    failed: &mut Failed,
    segment: Option<&Segment>,
    watch: &Watch<'_>,
    migrator: &Migrator,
    context: &Context,
    connection: &mut PgConnection,
) {
    if let Some(blockers) = watch.cancelled() {
        let (waited, who) = (migrator.runner_timeout, Blocker::listed(&blockers, "gone by now"));
        failed.help = Some(format!(
            "it waited {waited:?} for other sessions ({who}): run again when they are done, or wait longer \
             (`--runner-timeout`, `Migrator::runner_timeout`)"
        ));
    }
    let left = match segment.map(|segment| segment.kind) {
        _ if failed.in_transaction => None,
        Some(SegmentKind::Batches) => {
            let rows = pinned::row(session::FILLED_ROWS, connection).await.and_then(|row| row.try_get::<String, _>(0));
            rows.ok().map(|rows| format!("{rows} rows were filled and stay; the next run continues after them"))
        }
        Some(SegmentKind::Statements { .. }) => {
            Some("an unfinished index remains, INVALID; the next run drops and builds it again".to_owned())
        }
        _ => None,
    };
    if failed.sqlstate == "55P03" && !failed.in_transaction {
        let blockers = waiting::on_tables(context, connection).await;
        let who = Blocker::listed(&blockers, "no session holds one now");
        failed.help =
            Some(format!("another session held a lock on a table of the version ({who}): run again when it is free"));
    }
    failed.left = left;
}

/// Whether an error says that the connection is over, and not what has become of what it was about: a proxy says so in
/// its own words (class 08).
fn is_over(error: &sqlx::Error) -> bool {
    match error.as_database_error().and_then(|error| error.code()) {
        Some(code) => code.starts_with("08"),
        None => true,
    }
}

fn failed(
    version: &PlannedVersion,
    segment: usize,
    place: Option<usize>,
    error: sqlx::Error,
    run: &Run,
    in_transaction: bool,
) -> Error {
    let applied = run.applied.iter().map(|applied| applied.version).collect();
    let (number, direction) = (version.migration.version, version.direction);
    let database = error.as_database_error().and_then(|e| e.try_downcast_ref::<PgDatabaseError>());
    let Some(database) = database.filter(|_| !is_over(&error)) else {
        return Error::Unknown { version: number, direction, applied, in_transaction, found: None, source: error };
    };
    let sqlstate = database.code().to_owned();
    if sqlstate == LOSS {
        let holding = database.detail().unwrap_or_default().lines().map(str::to_owned).collect();
        let reverted = Some(run.applied.iter().map(|applied| applied.version).collect());
        return Error::DataLoss { version: version.migration.version, holding, reverted };
    }
    let help = database.hint().map(str::to_owned).or_else(|| {
        let help = match sqlstate.as_str() {
            DIFFERS => return Some(as_declared(version, run)),
            "55P03" => "another session holds a lock on a table of the version: look in pg_locks, and run again",
            "57014" => {
                "it was cancelled, or took longer than the statement time-out (`--statement-timeout`, \
                 `Migrator::statement_timeout`): run again"
            }
            "42501" => "run as the owner, or grant the privilege that PostgreSQL names",
            "53200" => {
                "the server's lock table is full: run fewer versions at once, or raise max_locks_per_transaction and restart the server"
            }
            "42P07" | "42710" => {
                "an object of that name already exists: rename it, or drop it if it is not needed; `pkmig_probe` and \
                 `pkmig_probe_index` are names that comparisons use for a moment"
            }
            "25006" => "this server is read-only: run on the primary, in a session that may write",
            "22P05" => "the database's encoding lacks a character that the version uses: use a database in UTF8",
            "42P01" | "42883" | "42704" | "3F000" => {
                "versions find names only in pg_catalog and in the schemas of the chain's extensions: in raw SQL, write the schema; for a \
                 trigger or function of the host, set its own path (`ALTER FUNCTION … SET search_path = …`), or keep the session's \
                 (`--host-path`, `Migrator::host_path`)"
            }
            _ => return None,
        };
        Some(help.to_owned())
    });
    // What a version leaves behind is asked in numbers: the line does not tell the step.
    let named = database.detail().filter(|_| sqlstate == DIFFERS).and_then(step_named);
    let step = match named {
        Some(step) => version.step(step),
        None => version.step_at(segment, place.or_else(|| database.r#where().and_then(line))),
    };
    Error::Failed(Box::new(Failed {
        applied,
        in_transaction,
        left: None,
        version: number,
        direction,
        uninstall: version.uninstall.is_some(),
        step: step.map(str::to_owned),
        message: database.message().to_owned(),
        sqlstate,
        detail: database.detail().filter(|_| named.is_none()).map(str::to_owned),
        help,
        source: error,
    }))
}

/// What to do about something that is there and not as declared: it is the install's own, or was never made by it.
fn as_declared(version: &PlannedVersion, run: &Run) -> String {
    let now = run.applied.last().map_or(run.from, |applied| applied.version);
    match (version.direction, now.0) {
        (Direction::Up, 0) => {
            "it existed before the install: rename it, or install in another schema; if an earlier install \
                               left it, change it to what is declared"
                .to_owned()
        }
        (Direction::Up, _) => format!(
            "change it to what is declared, and run again: `verify` shows all that differs from {now}, and `repair` fixes what it \
             can; if it is not part of the install, rename it; if the recorded version is wrong, `heal` finds the right one"
        ),
        (Direction::Down, _) => {
            "change it to what is declared, and run again: `verify` shows all that differs, and `repair` fixes \
                                 what it can; if the recorded version is wrong, `heal` finds the right one"
                .to_owned()
        }
    }
}

/// The line of the block that an error's context speaks of.
fn line(context: &str) -> Option<usize> {
    let (_, rest) = context.rsplit_once("inline_code_block")?;
    let (_, rest) = rest.split_once("line ")?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_a_block_is_read_from_the_context() {
        let context = "SQL statement \"ALTER TABLE x\"\nPL/pgSQL function inline_code_block line 12 at SQL statement";
        assert_eq!(line(context), Some(12));
        assert_eq!(line("compilation of PL/pgSQL function \"inline_code_block\" near line 3"), Some(3));
        assert_eq!(line("nothing"), None);
    }
}
