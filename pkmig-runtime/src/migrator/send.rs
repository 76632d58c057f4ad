//! How a version is sent: its parts, what goes before each in its message, and what is tried again.

use std::time::{Duration, Instant};

use futures_util::StreamExt as _;
use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::Migrator;
use super::session::{Session, alone};
use super::watch::{Waits, Watch};
use crate::pinned;
use crate::plan::PlannedVersion;
use pkmig_sql::ddl::Expression;
use pkmig_sql::plpgsql::{Block, Declaration, Node, Raise};
use pkmig_sql::{
    ALLOWED, Context, Direction, LOCKED, MOVED, Pins, SegmentKind, Sharing, current_version, ledger, lock_key, session,
};

/// What a part failed with: its place, that of the statement within it, and the error.
pub(super) type Unsent = (usize, Option<usize>, sqlx::Error);

/// Sends a version within a host's transaction: what fails of it is taken back and nothing else, so it can be tried again,
/// and the host may go on either way.
pub(super) async fn nested(
    migrator: &Migrator,
    context: &Context,
    version: &PlannedVersion,
    host: &Session,
    patience: Duration,
    watch: &Watch<'_>,
    connection: &mut PgConnection,
) -> Result<Option<String>, Unsent> {
    let unsent = |error| (0, None, error);
    sqlx::raw_sql("SAVEPOINT pkmig_version").execute(&mut *connection).await.map_err(unsent)?;
    let sent = segments(migrator, context, version, patience, watch, connection).await;
    let end = match &sent {
        Ok(_) => format!("{};\nRELEASE SAVEPOINT pkmig_version", host.restored()),
        Err(_) => "ROLLBACK TO SAVEPOINT pkmig_version; RELEASE SAVEPOINT pkmig_version".to_owned(),
    };
    let ended = sqlx::raw_sql(AssertSqlSafe(end)).execute(connection).await;
    let unwritten = sent?;
    ended.map(|_| unwritten).map_err(unsent)
}

/// Sends a version part by part. What could not be written to the ledger is told.
pub(super) async fn segments(
    migrator: &Migrator,
    context: &Context,
    version: &PlannedVersion,
    patience: Duration,
    watch: &Watch<'_>,
    connection: &mut PgConnection,
) -> Result<Option<String>, Unsent> {
    let deadline = Instant::now() + migrator.runner_timeout;
    let (begin, pins) = (preamble(migrator, context, version, patience), migrator.pins(context));
    let last = version.segments.len().saturating_sub(1);
    let (mut index, mut unwritten) = (0, None);
    while let Some(segment) = version.segments.get(index) {
        let sent = match segment.kind {
            SegmentKind::Block | SegmentKind::BeforeStatements | SegmentKind::Plain => {
                let end = if index == last { format!(";\n{}", ledger::unwritten()) } else { String::new() };
                let message = format!("{};\n{}{end}", begin.join(";\n"), segment.sql);
                match send(message, watch, connection).await {
                    Ok(told) => {
                        unwritten = told;
                        Ok(())
                    }
                    Err((done, error)) if segment.kind == SegmentKind::Plain => {
                        return Err((index, done.checked_sub(begin.len()), error));
                    }
                    Err((_, error)) => Err(error),
                }
            }
            SegmentKind::Batches => alone(&pins, segment.sql.clone(), false, watch, connection).await,
            SegmentKind::Statements { reads } => statements(&pins, &segment.sql, reads, watch, connection).await,
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
    Ok(unwritten.filter(|why| !why.is_empty()))
}

/// How many segments to go back where another runner builds the same index: that is done outside of the lock among
/// runners, which is a lock of a transaction.
fn overtaken(kind: SegmentKind, error: &sqlx::Error) -> Option<usize> {
    let code = error.as_database_error().and_then(|error| error.code())?;
    match (kind, &*code) {
        (SegmentKind::BeforeStatements, "55P03") => Some(0),
        // The index is there meanwhile, or two builds have waited for each other.
        (SegmentKind::Statements { .. }, "42P07" | "40P01") => Some(1),
        _ => None,
    }
}

/// Sends a message of several statements, and gives back the text of its last row; with an error, how many of the statements
/// were done before it.
async fn send(
    message: String,
    watch: &Watch<'_>,
    connection: &mut PgConnection,
) -> Result<Option<String>, (usize, sqlx::Error)> {
    let (mut done, mut text) = (0, None);
    let mut results = sqlx::raw_sql(AssertSqlSafe(watch.marked(message))).fetch_many(connection);
    let answer = async {
        while let Some(result) = results.next().await {
            match result? {
                sqlx::Either::Left(_) => done += 1,
                // A row that is no text is of a statement of the version's, and nobody wants it.
                sqlx::Either::Right(row) => text = row.try_get(0).unwrap_or_default(),
            }
        }
        Ok(())
    };
    watch.over(Waits::Bounded, answer).await.map_err(|error| (done, error))?;
    Ok(text)
}

/// Runs the rows of a query as statements, each in a message of its own.
async fn statements(
    pins: &Pins,
    query: &str,
    reads: bool,
    watch: &Watch<'_>,
    connection: &mut PgConnection,
) -> Result<(), sqlx::Error> {
    let rows = pinned::rows(query, connection).await?;
    for row in rows {
        alone(pins, row.try_get(0)?, reads, watch, connection).await?;
    }
    Ok(())
}

/// What goes before a block in its message: the settings, the lock among runners, polled with a deadline, and the version,
/// read again under it. A list of statements.
fn preamble(migrator: &Migrator, context: &Context, version: &PlannedVersion, patience: Duration) -> Vec<String> {
    let expected = match version.direction {
        Direction::Up if version.baseline => 0,
        Direction::Up => migrator.chain.previous(version.migration.version).0,
        Direction::Down => version.migration.version.0,
    };
    let current = current_version(migrator.chain.tracked_by, context);
    let allowed = if migrator.allow_data_loss { "on" } else { "off" };
    let moved = Raise::exception(["the version has moved".into()], MOVED);
    let mut question = vec![
        Node::Perform(Expression::new(format!("pg_catalog.set_config('{ALLOWED}', '{allowed}', true)"))),
        Node::when(Expression::new(format!("{current}::integer <> {expected}")), vec![moved.into()]),
        ledger::written_by(&migrator.program),
    ];
    question.extend(session::statement_timeout(migrator.time_outs()));
    let mut begin = session::local(&migrator.pins(context));
    begin.push(lock_among_runners(migrator.chain.name, context, patience, Sharing::Exclusive, question));
    begin
}

/// A block that takes the lock among runners, polled with a deadline, and goes on with `then`. The deadline counts from now:
/// a host's transaction may have begun long ago.
pub(super) fn lock_among_runners(
    chain: &str,
    context: &Context,
    patience: Duration,
    sharing: Sharing,
    then: Vec<Node>,
) -> String {
    let text = Expression::new;
    let waiting = Raise::exception([format!("another run of {chain} has not finished").into()], LOCKED);
    let late = format!("clock_timestamp() > pkmig_start + interval '{} ms'", patience.as_millis());
    let poll = vec![
        Node::ExitWhen(text(format!("{}({})", sharing.try_lock(), lock_key(chain, context)))),
        Node::when(text(late), vec![waiting.into()]),
        Node::Perform(text("pg_sleep(0.02)".to_owned())),
    ];
    let start = Some("pg_catalog.clock_timestamp()");
    let declare = vec![Declaration::Variable("pkmig_start", "CONSTANT pg_catalog.timestamptz", start)];
    let body = std::iter::once(Node::Loop(poll)).chain(then).collect();
    Block { tag: "pkmig", declare, body }.to_string()
}
