//! A run: version after version, each in a message of its own.

use std::time::{Duration, Instant};

use pkmig_schema::Version;
use sqlx::postgres::PgDatabaseError;
use sqlx::{AssertSqlSafe, PgConnection, Row};
use tracing::Instrument;

use super::install::Install;
use super::{Applied, Event, Migrator, Run, fresh, preflight, requirements};
use crate::error::Failed;
use crate::plan::PlannedVersion;
use crate::sql::{
    ALLOWED, Context, DIFFERS, Direction, LOCKED, LOSS, MOVED, SegmentKind, Sharing, current_version, dollar_quoted,
    ledger, literal, lock_key, step_named,
};
use crate::{Error, Prefix};

/// Goes up or down to a version; one that lies the other way is refused.
pub(super) async fn to(
    migrator: &Migrator,
    direction: Direction,
    target: Version,
    connection: &mut PgConnection,
) -> Result<Run, Error> {
    let prefix = migrator.checked_prefix()?;
    migrator.check_target(target)?;
    let install = Install::read(migrator.chain, &prefix, connection).await?;
    let from = install.known_version(migrator.chain, &prefix)?;
    match direction {
        Direction::Up if target < from => Err(wrong_way(migrator, direction, &prefix, target, from)),
        Direction::Down if target > from => Err(wrong_way(migrator, direction, &prefix, target, from)),
        _ => go(migrator, &prefix, install, from, target, connection).await,
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
    let mut run = Run { from, to: from, applied: Vec::new(), stays: Vec::new() };
    if from == target {
        return Ok(run);
    }
    let context = install.context(prefix);
    let fresh = if from == Version(0) { fresh::planned(migrator, &context, target) } else { None };
    let mut planned = match fresh {
        Some(baseline) => vec![baseline],
        None => migrator.planned(&context, from, target)?,
    };
    // First, because who may not use a schema cannot look for what is in it.
    preflight::check(migrator, &install, prefix, &planned, connection).await?;
    if target > from {
        requirements::check(migrator, &context, connection).await?;
    }
    preflight::look(migrator, &context, &mut planned, connection).await?;
    preflight::refuse(&planned)?;
    run.stays = planned.iter().flat_map(|version| version.stays.iter().cloned()).collect();
    migrator.tell(&Event::Planned { versions: planned.iter().map(|version| version.versions).sum() });
    let span = tracing::info_span!("pkmig run", chain = migrator.chain.name, %prefix, from = from.0, to = target.0);
    let all = versions(migrator, prefix, &context, &planned, target, &mut run, connection);
    all.instrument(span).await?;
    run.to = target;
    Ok(run)
}

async fn versions(
    migrator: &Migrator,
    prefix: &Prefix,
    context: &Context,
    planned: &[PlannedVersion],
    target: Version,
    run: &mut Run,
    connection: &mut PgConnection,
) -> Result<(), Error> {
    // Where the install stands, as far as this runner knows: another one may be at work.
    let mut now = run.from;
    let replayed;
    let mut planned = planned;
    if let [baseline] = planned
        && baseline.baseline
    {
        match at_once(migrator, prefix, context, baseline, run, connection).await? {
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
        migrator.tell(&Event::Started { migration, direction });
        let start = Instant::now();
        let span = tracing::info_span!("version", version = migration.version.0, title = migration.title);
        let outcome = one(migrator, prefix, context, version, run, connection).instrument(span).await?;
        match outcome {
            Outcome::Done => {
                let (title, took) = (migration.title, start.elapsed());
                finished(migrator, run, Applied { version: migration.version, versions: 1, title, direction, took });
            }
            Outcome::Moved => {
                now = Install::read(migrator.chain, prefix, connection).await?.known_version(migrator.chain, prefix)?;
                let turned = match direction {
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
    migrator: &Migrator,
    prefix: &Prefix,
    context: &Context,
    baseline: &PlannedVersion,
    run: &mut Run,
    connection: &mut PgConnection,
) -> Result<Option<Version>, Error> {
    let (migration, start) = (baseline.migration, Instant::now());
    migrator.tell(&Event::Baseline { to: migration });
    let span = tracing::info_span!("baseline", version = migration.version.0);
    match one(migrator, prefix, context, baseline, run, connection).instrument(span).await? {
        Outcome::Done => {
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

enum Outcome {
    Done,
    /// Another runner was faster; or, of a baseline, the schema holds what it makes.
    Moved,
}

/// One version, tried again while somebody holds a lock on a table that it needs.
async fn one(
    migrator: &Migrator,
    prefix: &Prefix,
    context: &Context,
    version: &PlannedVersion,
    run: &Run,
    connection: &mut PgConnection,
) -> Result<Outcome, Error> {
    for step in version.steps() {
        tracing::debug!(step);
    }
    let mut attempt = 1;
    loop {
        let Err((segment, place, error)) =
            segments(migrator, context, version, run.applied.is_empty(), connection).await
        else {
            return Ok(Outcome::Done);
        };
        let code = error.as_database_error().and_then(|error| error.code()).unwrap_or_default().into_owned();
        match code.as_str() {
            MOVED => return Ok(Outcome::Moved),
            code if version.baseline && fresh::is_taken(code) => {
                tracing::info!(
                    message = error.to_string(),
                    "the schema holds what a baseline makes: version by version"
                );
                return Ok(Outcome::Moved);
            }
            LOCKED => {
                let (chain, prefix) = (migrator.chain.name, prefix.clone());
                return Err(Error::Locked { chain, prefix, waited: migrator.runner_timeout });
            }
            // lock_not_available and deadlock_detected (manual appendix A).
            "55P03" | "40P01" if attempt <= migrator.lock_retries => {
                let pause = Duration::from_millis(100 * (1 << attempt.min(6)));
                migrator.tell(&Event::Retrying { migration: version.migration, attempt, pause });
                tracing::warn!(attempt, ?pause, "waiting for a lock on a table");
                tokio::time::sleep(pause).await;
                attempt += 1;
            }
            _ => return Err(failed(version, segment, place, error, run)),
        }
    }
}

pub(super) async fn segments(
    migrator: &Migrator,
    context: &Context,
    version: &PlannedVersion,
    first: bool,
    connection: &mut PgConnection,
) -> Result<(), (usize, Option<usize>, sqlx::Error)> {
    let deadline = Instant::now() + migrator.runner_timeout;
    // The first message of a run makes the ledger, if it is missing.
    let mut begin = preamble(migrator, context, version);
    if first {
        begin = format!("{begin};\n{}", ledger::create());
    }
    let mut index = 0;
    while let Some(segment) = version.segments.get(index) {
        let sent = match segment.kind {
            SegmentKind::Block | SegmentKind::BeforeStatements => {
                let message = format!("{begin};\n{}", segment.sql);
                sqlx::raw_sql(AssertSqlSafe(message)).execute(&mut *connection).await.map(|_| ())
            }
            SegmentKind::Batches => {
                sqlx::raw_sql(AssertSqlSafe(segment.sql.clone())).execute(&mut *connection).await.map(|_| ())
            }
            SegmentKind::Statements => statements(&segment.sql, connection).await,
            SegmentKind::Plain => {
                let sent = fresh::send(format!("{begin};\n{}", segment.sql), connection).await;
                let before = if first { 2 } else { 1 };
                return sent.map_err(|(done, error)| (index, done.checked_sub(before), error));
            }
        };
        let Err(error) = sent else {
            index += 1;
            continue;
        };
        match overtaken(segment.kind, &error) {
            Some(back) if Instant::now() < deadline => index -= back,
            _ => return Err((index, None, error)),
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

/// How many segments to go back where another runner builds the same index: that is done outside of the lock among
/// runners, which is a lock of a transaction.
fn overtaken(kind: SegmentKind, error: &sqlx::Error) -> Option<usize> {
    let code = error.as_database_error().and_then(|error| error.code())?;
    match (kind, &*code) {
        (SegmentKind::BeforeStatements, "55P03") => Some(0),
        // The index is there meanwhile, or two builds have waited for each other.
        (SegmentKind::Statements, "42P07" | "40P01") => Some(1),
        _ => None,
    }
}

/// Runs the rows of a query as statements, each in a message of its own.
async fn statements(query: &str, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    let rows = sqlx::raw_sql(AssertSqlSafe(query.to_owned())).fetch_all(&mut *connection).await?;
    for row in rows {
        let statement: String = row.try_get(0)?;
        sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut *connection).await?;
    }
    Ok(())
}

/// What goes before a block in its message: the lock among runners, polled with a deadline, and the version, read
/// again under it.
fn preamble(migrator: &Migrator, context: &Context, version: &PlannedVersion) -> String {
    let expected = match version.direction {
        Direction::Up if version.baseline => 0,
        Direction::Up => migrator.chain.previous(version.migration.version).0,
        Direction::Down => version.migration.version.0,
    };
    let current = current_version(migrator.chain.tracked_by, context);
    let allowed = if migrator.allow_data_loss { "on" } else { "off" };
    let question = format!(
        "  PERFORM pg_catalog.set_config('{ALLOWED}', '{allowed}', true);\n  IF {current}::integer <> {expected} THEN\n    RAISE EXCEPTION 'the version has moved' USING ERRCODE = '{MOVED}';\n  \
         END IF;\n  {}\n",
        ledger::written_by(&migrator.program)
    );
    lock_among_runners(migrator, context, Sharing::Exclusive, &question)
}

/// A block that takes the lock among runners, polled with a deadline, and goes on with `then`.
pub(super) fn lock_among_runners(migrator: &Migrator, context: &Context, sharing: Sharing, then: &str) -> String {
    let chain = migrator.chain;
    let waiting = literal(&format!("another run of {} has not finished", chain.name));
    let body = format!(
        " BEGIN\n  PERFORM set_config('lock_timeout', '{}ms', true);\n  \
         WHILE NOT {}({}) LOOP\n    \
         IF clock_timestamp() > transaction_timestamp() + interval '{} ms' THEN\n      \
         RAISE EXCEPTION {waiting} USING ERRCODE = '{LOCKED}';\n    END IF;\n    PERFORM pg_sleep(0.02);\n  END LOOP;\n{then}END ",
        migrator.lock_timeout.as_millis(),
        sharing.try_lock(),
        lock_key(chain.name, context),
        migrator.runner_timeout.as_millis()
    );
    // A prefix may hold the end of the quote.
    format!("DO {}", dollar_quoted(&body, "pkmig"))
}

fn failed(version: &PlannedVersion, segment: usize, place: Option<usize>, error: sqlx::Error, run: &Run) -> Error {
    let Some(database) = error.as_database_error().and_then(|e| e.try_downcast_ref::<PgDatabaseError>()) else {
        return Error::Connection(error);
    };
    let sqlstate = database.code().to_owned();
    if sqlstate == LOSS {
        let holding = database.detail().unwrap_or_default().lines().map(str::to_owned).collect();
        let reverted = Some(run.applied.iter().map(|applied| applied.version).collect());
        return Error::DataLoss { version: version.migration.version, holding, reverted };
    }
    let help = database.hint().map(str::to_owned).or_else(|| {
        let help = match sqlstate.as_str() {
            DIFFERS => "make it as declared, or drop it if it is not this install's, and run again",
            "55P03" => "somebody holds a lock on a table of the version: look in pg_locks, and run again",
            "42501" => "run as the owner, or grant the right that PostgreSQL names",
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
        applied: run.applied.iter().map(|applied| applied.version).collect(),
        version: version.migration.version,
        direction: version.direction,
        step: step.map(str::to_owned),
        message: database.message().to_owned(),
        sqlstate,
        detail: database.detail().filter(|_| named.is_none()).map(str::to_owned),
        help,
        source: error,
    }))
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
