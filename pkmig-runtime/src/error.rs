//! What can go wrong when a chain is run. Nothing is half done: a version that fails leaves the one before it.
//!
//! The data stands here, the words in the modules: `message` (`Display`), `cause` (`source`), `help`, and `report`, which
//! puts all of them together.

mod cause;
mod help;
mod message;
mod report;

use std::time::Duration;

use pkmig_schema::Version;

use crate::dependent::Dependent;
use crate::fired::Fired;
use crate::open_path::OpenTo;
use crate::{Blocker, Misfit, Prefix, PrefixError, Verification};
use pkmig_sql::Direction;

/// Why a run did not begin, or ended early.
///
/// Its `Display` is one line: what is wrong, and where. [`source`](std::error::Error::source) is the cause, which that line
/// does not repeat; [`help`](Self::help) says what to do next. [`report`](Self::report) is all of them in a few lines, as
/// the command line shows it.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The prefix cannot be the name of a schema.
    Prefix(PrefixError),

    /// The target lies above the chain.
    AboveChain {
        /// The chain.
        chain: &'static str,
        /// The version asked for.
        target: Version,
        /// The chain's newest.
        latest: Version,
    },

    /// The target lies before the version that the chain begins with.
    BeforeChain {
        /// The chain.
        chain: &'static str,
        /// The version asked for.
        target: Version,
        /// The chain's first.
        first: Version,
    },

    /// The install is older than the version that the chain begins with.
    BelowFloor {
        /// The chain.
        chain: &'static str,
        /// The prefix.
        prefix: Prefix,
        /// The present version.
        current: Version,
        /// The chain's first.
        first: Version,
        /// The release of the library that knows both.
        bridge: &'static str,
    },

    /// `up` was asked to go down.
    UpBelow {
        /// The chain.
        chain: &'static str,
        /// The prefix.
        prefix: Prefix,
        /// The version asked for.
        target: Version,
        /// The present version.
        current: Version,
    },

    /// `down` was asked to go up.
    DownAbove {
        /// The chain.
        chain: &'static str,
        /// The prefix.
        prefix: Prefix,
        /// The version asked for.
        target: Version,
        /// The present version.
        current: Version,
    },

    /// The install was made by a newer release.
    NewerThanChain {
        /// The chain.
        chain: &'static str,
        /// The prefix.
        prefix: Prefix,
        /// The present version.
        current: Version,
        /// The chain's newest.
        latest: Version,
    },

    /// The comment of the tracking table is no version.
    NotAVersion {
        /// The table, with its schema.
        table: String,
        /// Its comment.
        comment: String,
    },

    /// What is there does not fit the stamp, or is not the chain's.
    Misfit(Box<Misfit>),

    /// There is no install to look at.
    NotInstalled {
        /// The chain.
        chain: &'static str,
        /// The prefix.
        prefix: Prefix,
        /// The table whose comment holds the version.
        tracked_by: &'static str,
    },

    /// The schema of a version could not be made for a comparison. It was rolled back.
    NotComparable {
        /// The version.
        version: Version,
        /// PostgreSQL's error.
        source: sqlx::Error,
    },

    /// An install has another stamp than the version that was said.
    Stamped {
        /// The chain.
        chain: &'static str,
        /// The prefix.
        prefix: Prefix,
        /// The stamped version.
        version: Version,
    },

    /// No version of the chain is what the schema holds, or the one that was said is not.
    NoFit {
        /// The stamped version; `V0` where there is no stamp.
        stamped: Version,
        /// The comparison with the version that comes closest, or that was said.
        verification: Box<Verification>,
    },

    /// A repair was broken off, for a reason that lies outside of what it repaired. It was rolled back.
    NotRepaired {
        /// The steps, in one line.
        step: String,
        /// PostgreSQL's error.
        source: sqlx::Error,
    },

    /// The schema is missing, and may not be created.
    MissingSchema {
        /// The schema.
        prefix: Prefix,
    },

    /// The server does not have an extension that the chain needs.
    MissingExtension {
        /// The extension.
        extension: String,
        /// The version that creates it.
        version: Version,
    },

    /// The server is older than something that a version uses.
    ServerTooOld {
        /// The version.
        version: Version,
        /// The word of the language.
        word: &'static str,
        /// The first major that has it.
        needs: u32,
        /// The server's version.
        server: String,
    },

    /// The database lacks what the chain says it requires.
    MissingRequirements {
        /// The chain.
        chain: &'static str,
        /// What is missing, each in a few words: `role authenticated`, `table auth.users`.
        missing: Vec<String>,
    },

    /// The role lacks rights.
    Privileges {
        /// The role.
        role: String,
        /// All of them.
        missing: Vec<MissingRight>,
    },

    /// Another runner is at work and did not finish in time.
    Locked {
        /// The chain.
        chain: &'static str,
        /// The prefix.
        prefix: Prefix,
        /// How long was waited.
        waited: Duration,
        /// Who is at work.
        blockers: Vec<Blocker>,
    },

    /// The chain cannot be folded.
    NoBaseline {
        /// The chain.
        chain: &'static str,
        /// The step that leaves something open.
        why: Box<pkmig_schema::baseline::NoBaseline>,
    },

    /// A baseline of no version.
    NothingToFold {
        /// The chain.
        chain: &'static str,
    },

    /// A version cannot be left.
    Irreversible {
        /// The version.
        version: Version,
        /// The author's reason.
        why: String,
    },

    /// A run was given a transaction of another level than READ COMMITTED.
    Isolation,

    /// Triggers and foreign keys are switched off in the session.
    ReplicationRole {
        /// What it is set to.
        role: String,
    },

    /// A down would drop rows.
    DataLoss {
        /// The first version whose down does.
        version: Version,
        /// All that would go and holds rows: tables, columns, rows that are deleted, and what foreign keys take along or
        /// change.
        holding: Vec<String>,
        /// Where it was found only under the locks of the version, which was rolled back: the versions whose downs were
        /// done before it, and stay. Otherwise nothing was done.
        reverted: Option<Vec<Version>>,
    },

    /// What a down would lose could not be counted. Nothing was done.
    NotCounted {
        /// The version.
        version: Version,
        /// The table, by the name it has now.
        table: String,
        /// PostgreSQL's error.
        source: sqlx::Error,
    },

    /// Somebody may create objects in a schema that the versions look for names in. Nothing was done.
    OpenPath {
        /// The chain.
        chain: &'static str,
        /// All of them.
        open: Vec<OpenTo>,
    },

    /// A version is another one in this program than the one that was applied. Nothing was done.
    Edited {
        /// The chain.
        chain: &'static str,
        /// The prefix.
        prefix: Prefix,
        /// All of them.
        edits: Vec<Edit>,
    },

    /// Triggers that are not the chain's would run under a search path that they may not be made for. Nothing was done.
    HostTriggers {
        /// All of them.
        fired: Vec<Fired>,
    },

    /// Something that is not the chain's depends on what the run would drop or retype.
    Dependents {
        /// All of them.
        dependents: Vec<Dependent>,
    },

    /// An uninstall would take more locks than the server has room for.
    TooManyLocks {
        /// The installed version.
        version: Version,
        /// How many locks it takes.
        needed: i64,
        /// How many are held now.
        held: i64,
        /// The `max_locks_per_transaction` that is needed.
        setting: i64,
        /// The present one.
        now: i64,
    },

    /// A down would bring back a column that is not_null and has no default, and there are rows.
    Unfilled {
        /// The version whose down does.
        version: Version,
        /// The table, by the name it has now.
        table: String,
        /// The column.
        column: String,
    },

    /// The connection ended while a version was run.
    Unknown {
        /// The version, which may have been applied, or left, or been rolled back.
        version: Version,
        /// Which way.
        direction: Direction,
        /// The versions that were run before it, and stay.
        applied: Vec<Version>,
        /// Whether the run was in a host's transaction, of which nothing stays.
        in_transaction: bool,
        /// The installed version, read again by another connection, where there was one
        /// ([`Migrator::reconnect`](crate::Migrator::reconnect)).
        found: Option<Version>,
        /// What was met.
        source: sqlx::Error,
    },

    /// A version cannot run in a transaction of the host's. Nothing was done.
    NotInTransaction {
        /// The version.
        version: Version,
        /// The step, in one line.
        step: String,
    },

    /// A version failed. It was rolled back; the ones before it stay.
    Failed(Box<Failed>),

    /// The database cannot be reached, or the connection broke.
    Connection(sqlx::Error),
}

impl From<PrefixError> for Error {
    fn from(error: PrefixError) -> Self {
        Self::Prefix(error)
    }
}

/// A version that failed, and what was done before it. `Display` is one line, without PostgreSQL's message, which is the
/// `source`.
#[derive(Debug)]
pub struct Failed {
    /// The versions that were run before it, and stay.
    pub applied: Vec<Version>,
    /// Whether the run was in a host's transaction, with which the versions before it stay or go.
    pub in_transaction: bool,
    /// The version.
    pub version: Version,
    /// Which way.
    pub direction: Direction,
    /// Whether it and all versions before it were to be taken away at once.
    pub uninstall: bool,
    /// The step, in one line, where it is known.
    pub step: Option<String>,
    /// PostgreSQL's message.
    pub message: String,
    /// PostgreSQL's code for it (manual appendix A).
    pub sqlstate: String,
    /// More of PostgreSQL's words.
    pub detail: Option<String>,
    /// What a part of it that had committed has left.
    pub left: Option<String>,
    /// What to do next.
    pub help: Option<String>,
    /// The error itself.
    pub source: sqlx::Error,
}

/// A version that is another one than the one that was applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The version.
    pub version: Version,
    /// Its hash when it was applied.
    pub applied: String,
    /// Its hash in this program.
    pub now: String,
    /// When it was applied, as in `2026-01-31T12:00:00Z`.
    pub started: String,
    /// By which program.
    pub program: String,
}

/// A right that a role lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingRight {
    /// The right: `CREATE`, `ownership`, …
    pub right: &'static str,
    /// What on.
    pub object: String,
    /// What to say to PostgreSQL.
    pub help: String,
}
