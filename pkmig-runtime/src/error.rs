//! What can go wrong when a chain is run. Nothing is half done: a version that fails leaves the one before it.
//!
//! The data is defined here, its texts in the modules `message` (`Display`), `cause` (`source`), `help`, and `report`, which
//! combines them.

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

    /// The target is above the newest version of the chain.
    AboveChain {
        /// The chain.
        chain: &'static str,
        /// The version asked for.
        target: Version,
        /// The chain's newest.
        latest: Version,
    },

    /// The target is below the version with which the chain begins.
    BeforeChain {
        /// The chain.
        chain: &'static str,
        /// The version asked for.
        target: Version,
        /// The chain's first.
        first: Version,
    },

    /// The install is older than the version with which the chain begins.
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

    /// The comment of the tracking table is not a version.
    NotAVersion {
        /// The table, with its schema.
        table: String,
        /// Its comment.
        comment: String,
    },

    /// The schema does not match the recorded version, or holds objects that are not the chain's.
    Misfit(Box<Misfit>),

    /// Nothing is installed.
    NotInstalled {
        /// The chain.
        chain: &'static str,
        /// The prefix.
        prefix: Prefix,
        /// The table whose comment holds the version.
        tracked_by: &'static str,
    },

    /// The schema of a version could not be created for comparison. It was rolled back.
    NotComparable {
        /// The version.
        version: Version,
        /// PostgreSQL's error.
        source: sqlx::Error,
    },

    /// A different version is already recorded than the one that was named.
    Stamped {
        /// The chain.
        chain: &'static str,
        /// The prefix.
        prefix: Prefix,
        /// The recorded version.
        version: Version,
    },

    /// The schema matches no version of the chain, or not the one that was named.
    NoFit {
        /// The recorded version; `V0` if there is none.
        stamped: Version,
        /// The comparison with the version that comes closest, or that was named.
        verification: Box<Verification>,
    },

    /// A repair failed for a reason outside of what it repairs. It was rolled back.
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
        /// The keyword.
        word: &'static str,
        /// The first major version that has it.
        needs: u32,
        /// The server's version.
        server: String,
    },

    /// The database lacks objects that the chain requires.
    MissingRequirements {
        /// The chain.
        chain: &'static str,
        /// What is missing, each in a few words: `role authenticated`, `table auth.users`.
        missing: Vec<String>,
    },

    /// The role lacks privileges.
    Privileges {
        /// The role.
        role: String,
        /// All of them.
        missing: Vec<MissingRight>,
    },

    /// Another run has not finished in time.
    Locked {
        /// The chain.
        chain: &'static str,
        /// The prefix.
        prefix: Prefix,
        /// How long this run waited.
        waited: Duration,
        /// The sessions of the other run.
        blockers: Vec<Blocker>,
    },

    /// The chain has no baseline.
    NoBaseline {
        /// The chain.
        chain: &'static str,
        /// The step that lacks what a baseline needs.
        why: Box<pkmig_schema::baseline::NoBaseline>,
    },

    /// A baseline of V0.
    NothingToFold {
        /// The chain.
        chain: &'static str,
    },

    /// A version cannot be reverted.
    Irreversible {
        /// The version.
        version: Version,
        /// The author's reason.
        why: String,
    },

    /// The transaction that was given is not READ COMMITTED.
    Isolation,

    /// Triggers and foreign keys are not enforced in the session.
    ReplicationRole {
        /// What it is set to.
        role: String,
    },

    /// A down would lose data.
    DataLoss {
        /// The first version whose down does.
        version: Version,
        /// Everything that would be lost: tables, columns, deleted rows, and rows that foreign keys delete or change.
        holding: Vec<String>,
        /// If it was found only under the locks of the version, which was then rolled back: the versions that were reverted before it,
        /// and stay so. Otherwise nothing was done.
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

    /// An untrusted role may create objects in a schema in which the versions look up names. Nothing was done.
    OpenPath {
        /// The chain.
        chain: &'static str,
        /// All of them.
        open: Vec<OpenTo>,
    },

    /// A version was edited after it had been applied. Nothing was done.
    Edited {
        /// The chain.
        chain: &'static str,
        /// The prefix.
        prefix: Prefix,
        /// All of them.
        edits: Vec<Edit>,
    },

    /// Triggers outside the chain would run under a search path that they may not work with. Nothing was done.
    HostTriggers {
        /// All of them.
        fired: Vec<Fired>,
    },

    /// Objects outside the chain depend on what the run would drop or change. Nothing was done.
    Dependents {
        /// All of them.
        dependents: Vec<Dependent>,
    },

    /// An uninstall needs more locks than the server has room for.
    TooManyLocks {
        /// The installed version.
        version: Version,
        /// How many locks it needs.
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
        /// The version, which may have been applied, reverted or rolled back.
        version: Version,
        /// Up or down.
        direction: Direction,
        /// The versions that were run before it, and stay.
        applied: Vec<Version>,
        /// Whether the run was in a host's transaction, of which nothing stays.
        in_transaction: bool,
        /// The installed version, read again by another connection, where there was one
        /// ([`Migrator::reconnect`](crate::Migrator::reconnect)).
        found: Option<Version>,
        /// The error of the connection.
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
    /// Up or down.
    pub direction: Direction,
    /// Whether it was the uninstall of this version and all before it.
    pub uninstall: bool,
    /// The step, in one line, where it is known.
    pub step: Option<String>,
    /// PostgreSQL's message.
    pub message: String,
    /// PostgreSQL's code for it (manual appendix A).
    pub sqlstate: String,
    /// PostgreSQL's detail.
    pub detail: Option<String>,
    /// What an already committed part of it left behind.
    pub left: Option<String>,
    /// What to do next.
    pub help: Option<String>,
    /// The error itself.
    pub source: sqlx::Error,
}

/// A version that was edited after it had been applied.
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

/// A privilege that a role lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissingRight {
    /// The privilege: `CREATE`, `ownership`, …
    pub right: &'static str,
    /// The object.
    pub object: String,
    /// The statement that grants it, or another way.
    pub help: String,
}
