//! A second session that looks after the first one while that is at work: whom a statement in no transaction waits for, and whether
//! the server still knows of what was sent to it. The first one cannot be asked: it waits for its answer.
//!
//! The session at work is found by a comment in front of what it was sent: behind a pooler, its process is another one
//! from transaction to transaction.

use std::fmt;
use std::io;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use pkmig_schema::Version;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, Connection as _, PgConnection, Row};

use super::install::Install;
use super::session::unique;
use super::waiting::{SLICE, blocker};
use super::{Event, Migrator, send};
use crate::plan::PlannedVersion;
use crate::{Blocker, Error, Prefix, pinned};
use pkmig_sql::{Context, Sharing, waiting};

/// How long an answer to the second session may take.
const ANSWER: Duration = Duration::from_secs(10);

/// How another connection to the database is made.
#[derive(Clone)]
pub(super) struct Reconnect(PgConnectOptions);

impl Reconnect {
    pub(super) fn new(options: PgConnectOptions) -> Self {
        Self(options)
    }

    async fn connect(&self) -> Result<PgConnection, sqlx::Error> {
        within(ANSWER, self.0.clone().disable_statement_logging().connect()).await
    }
}

// The options hold a password.
impl fmt::Debug for Reconnect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reconnect")
    }
}

/// How long a message waits for locks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Waits {
    /// As long as its transaction has set.
    Bounded,
    /// For ever: it stands in no transaction.
    Unbounded,
}

/// Looks after what a version sends.
pub(super) struct Watch<'a> {
    migrator: &'a Migrator,
    version: &'a PlannedVersion,
    /// How it is found, where anybody looks.
    mark: Option<String>,
    /// Whom it has waited for until it was cancelled.
    cancelled: Mutex<Option<Vec<Blocker>>>,
}

impl<'a> Watch<'a> {
    pub(super) fn new(migrator: &'a Migrator, version: &'a PlannedVersion) -> Self {
        let mark = migrator.reconnect.as_ref().map(|_| format!("/* pkmig {} */ ", unique()));
        Self { migrator, version, mark, cancelled: Mutex::default() }
    }

    /// What is sent, so that it is found.
    pub(super) fn marked(&self, message: String) -> String {
        match &self.mark {
            Some(mark) => format!("{mark}{message}"),
            None => message,
        }
    }

    /// Whom it has waited for until it was cancelled, if it was.
    pub(super) fn cancelled(&self) -> Option<Vec<Blocker>> {
        self.cancelled.lock().ok()?.clone()
    }

    /// Waits for the answer to a message.
    ///
    /// # Errors
    /// That of the message, or a time-out where the server does not know of it any more or is not to be reached.
    pub(super) async fn over<T>(
        &self,
        waits: Waits,
        answer: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        let (Some(mark), Some(reconnect)) = (&self.mark, &self.migrator.reconnect) else { return answer.await };
        let mut looker = Looker {
            reconnect,
            mark,
            patience: self.migrator.runner_timeout,
            connection: None,
            is_known: false,
            unknown_since: None,
            free_at: Instant::now(),
        };
        tokio::pin!(answer);
        loop {
            tokio::select! {
                answered = &mut answer => return answered,
                () = tokio::time::sleep(SLICE) => {}
            }
            // An answer that comes in meanwhile is not lost: it is read by the next turn.
            match looker.look().await {
                Look::Waits { waited, blockers } if waits == Waits::Unbounded => {
                    self.waits(&mut looker, waited, blockers).await
                }
                Look::AtWork | Look::Waits { .. } => {}
                Look::Lost => {
                    let told = "the server does not know of it any more, and no answer came";
                    return Err(sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, told)));
                }
            }
        }
    }

    /// Says whom it waits for, and cancels it when that has taken too long.
    async fn waits(&self, looker: &mut Looker<'_>, waited: Duration, blockers: Vec<Blocker>) {
        if waited >= self.migrator.runner_timeout && looker.cancel().await {
            if let Ok(mut cancelled) = self.cancelled.lock() {
                *cancelled = Some(blockers);
            }
            return;
        }
        self.migrator.tell(&Event::Waiting { migration: self.version.migration, waited, blockers });
    }
}

/// What is seen of a message.
enum Look {
    /// Nothing that anybody has to be told.
    AtWork,
    /// It waits for a lock, or, with an index that is made concurrently, until transactions of others are over.
    Waits { waited: Duration, blockers: Vec<Blocker> },
    /// It was there, and is not any more.
    Lost,
}

/// The second session.
struct Looker<'a> {
    reconnect: &'a Reconnect,
    mark: &'a str,
    /// How long the server may not know of a message that it knew of, or not be reachable, until the message is given up.
    patience: Duration,
    connection: Option<PgConnection>,
    /// Whether the message was ever seen: where a server tells nobody's queries, that it is not says nothing.
    is_known: bool,
    /// Since when it is not.
    unknown_since: Option<Instant>,
    /// When it was last at work, and did not wait.
    free_at: Instant,
}

impl Looker<'_> {
    async fn look(&mut self) -> Look {
        let rows = match self.ask(&waiting::by_message(self.mark)).await {
            Ok(rows) => rows,
            // The server is there, and has no room for a second session or does not answer it.
            Err(sqlx::Error::Database(_)) => return Look::AtWork,
            Err(_) => {
                self.connection = None;
                return self.unknown();
            }
        };
        let Some(first) = rows.first() else { return if self.is_known { self.unknown() } else { Look::AtWork } };
        (self.is_known, self.unknown_since) = (true, None);
        if !first.try_get::<bool, _>(0).unwrap_or_default() {
            self.free_at = Instant::now();
            return Look::AtWork;
        }
        let waited = self.free_at.elapsed();
        Look::Waits { waited, blockers: rows.iter().filter_map(|row| blocker(row, 1).ok()).collect() }
    }

    /// Nobody knows of it.
    fn unknown(&mut self) -> Look {
        let since = self.unknown_since.get_or_insert_with(Instant::now);
        if since.elapsed() < self.patience { Look::AtWork } else { Look::Lost }
    }

    async fn cancel(&mut self) -> bool {
        self.ask(&waiting::cancel(self.mark)).await.is_ok_and(|rows| !rows.is_empty())
    }

    async fn ask(&mut self, sql: &str) -> Result<Vec<sqlx::postgres::PgRow>, sqlx::Error> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(self.reconnect.connect().await?),
        };
        within(ANSWER, pinned::rows(sql, connection)).await
    }
}

/// Reads the version again after a connection was lost, once what was sent by it is over: it may still be at work.
pub(super) async fn read_again(migrator: &Migrator, prefix: &Prefix, context: &Context) -> Option<Version> {
    let reconnect = migrator.reconnect.as_ref()?;
    let begun = Instant::now();
    while begun.elapsed() < migrator.runner_timeout {
        // A server that takes over from another one needs a while.
        if let Ok(mut connection) = reconnect.connect().await {
            let read = once_over(migrator, prefix, context, &mut connection);
            if let Ok(Ok(version)) = tokio::time::timeout(migrator.runner_timeout + ANSWER, read).await {
                let _ = connection.close().await;
                return Some(version);
            }
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    None
}

/// The version, when no other run is at work.
async fn once_over(
    migrator: &Migrator,
    prefix: &Prefix,
    context: &Context,
    connection: &mut PgConnection,
) -> Result<Version, Error> {
    let (chain, patience) = (migrator.chain.name, migrator.runner_timeout);
    let lock = send::lock_among_runners(chain, context, patience, Sharing::Shared, Vec::new());
    pinned::rows(&lock, connection).await.map_err(Error::Connection)?;
    Install::read(migrator.chain, prefix, connection).await.map(|install| install.version)
}

async fn within<T>(time: Duration, done: impl Future<Output = Result<T, sqlx::Error>>) -> Result<T, sqlx::Error> {
    let late = |_| sqlx::Error::Io(io::Error::new(io::ErrorKind::TimedOut, "no answer"));
    tokio::time::timeout(time, done).await.map_err(late)?
}
