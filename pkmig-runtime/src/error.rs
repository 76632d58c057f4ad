//! What can go wrong when a chain is run. Nothing is half done: a version that fails leaves the one before it.

mod words;

use std::fmt;
use std::time::Duration;

use pkmig_schema::Version;

use self::words::{before, connection, data_loss, edited, listed, not_counted, not_made, to_fit, unknown};
use crate::dependent::{Dependent, in_the_way};
use crate::fired::{self, Fired};
use crate::open_path::{self, OpenTo};
use crate::{Blocker, Misfit, Prefix, PrefixError, Verification};
use pkmig_sql::{Direction, ident};

/// Why a run did not begin, or ended early.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The prefix cannot be the name of a schema.
    #[error(transparent)]
    Prefix(#[from] PrefixError),

    /// The target lies above the chain.
    #[error(
        "`{chain}` has no {target}: its newest version is {latest}\nhelp: name a version up to {latest}, or use a newer \
         release of the library"
    )]
    AboveChain {
        /// The chain.
        chain: &'static str,
        /// The version asked for.
        target: Version,
        /// The chain's newest.
        latest: Version,
    },

    /// The target lies before the version that the chain begins with.
    #[error("`{chain}` has no {target}: it begins with {first}\nhelp: name a version from {first} on, or 0")]
    BeforeChain {
        /// The chain.
        chain: &'static str,
        /// The version asked for.
        target: Version,
        /// The chain's first.
        first: Version,
    },

    /// The install is older than the version that the chain begins with.
    #[error(
        "`{chain}` in schema `{prefix}` is at {current}, and this release begins with {first}\nhelp: bring it to {first} \
         with release {bridge} of the library, then run this one"
    )]
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
    #[error("cannot go up to {target}: `{chain}` in schema `{prefix}` is at {current}\nhelp: `down --to {}` goes back", target.0)]
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
    #[error("cannot go down to {target}: `{chain}` in schema `{prefix}` is at {current}\nhelp: `up --to {}` goes there", target.0)]
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
    #[error(
        "`{chain}` in schema `{prefix}` is at {current}, which this release does not know: its newest version is \
         {latest}\nhelp: use the release that installed {current}, or a newer one; if the stamp is wrong, `heal` finds the right one"
    )]
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
    #[error(
        "the comment of table {table} should be the number of the version, and is {comment:?}\nhelp: `heal` finds the \
         version and stamps it, or `heal --at N` if you know it"
    )]
    NotAVersion {
        /// The table, with its schema.
        table: String,
        /// Its comment.
        comment: String,
    },

    /// What is there does not fit the stamp, or is not the chain's.
    #[error(transparent)]
    Misfit(Box<Misfit>),

    /// There is no install to look at.
    #[error(
        "`{chain}` is not installed in schema `{prefix}`: table `{tracked_by}` is not there, or has no comment with the \
         version\nhelp: `up` installs it; if it is there without its comment, `adopt` finds the version; if it lives in another schema, \
         name that one"
    )]
    NotInstalled {
        /// The chain.
        chain: &'static str,
        /// The prefix.
        prefix: Prefix,
        /// The table whose comment holds the version.
        tracked_by: &'static str,
    },

    /// The schema of a version could not be made for a comparison. It was rolled back.
    #[error("the schema of {version} could not be made to compare with: {}\nhelp: {}", connection(.source), not_made(.source))]
    NotComparable {
        /// The version.
        version: Version,
        /// PostgreSQL's error.
        source: sqlx::Error,
    },

    /// An install has another stamp than the version that was said.
    #[error(
        "`{chain}` in schema `{prefix}` is stamped with {version} already\nhelp: leave the version out; if the stamp is \
         wrong, `heal` finds the right one"
    )]
    Stamped {
        /// The chain.
        chain: &'static str,
        /// The prefix.
        prefix: Prefix,
        /// The stamped version.
        version: Version,
    },

    /// No version of the chain is what the schema holds, or the one that was said is not.
    #[error(
        "schema `{}` is no version of `{}`: {} comes closest, and something is missing or different\nhelp: {}",
        verification.prefix, verification.chain, verification.version, to_fit(*stamped, verification)
    )]
    NoFit {
        /// The stamped version; `V0` where there is no stamp.
        stamped: Version,
        /// The comparison with the version that comes closest, or that was said.
        verification: Box<Verification>,
    },

    /// A repair was broken off, for a reason that lies outside of what it repaired. It was rolled back.
    #[error("the repair was rolled back: {}\nstep: {step}\nhelp: repair again when the cause is gone", connection(.source))]
    NotRepaired {
        /// The steps, in one line.
        step: String,
        /// PostgreSQL's error.
        source: sqlx::Error,
    },

    /// The schema is missing, and may not be created.
    #[error("schema `{prefix}` does not exist, and creating it is switched off\nhelp: say `CREATE SCHEMA {}`", ident(prefix.as_str()))]
    MissingSchema {
        /// The schema.
        prefix: Prefix,
    },

    /// The server does not have an extension that the chain needs.
    #[error(
        "extension `{extension}`, which {version} creates, is not available on this server\nhelp: install the package \
         that brings it (for PostgreSQL's own: `postgresql-contrib`)"
    )]
    MissingExtension {
        /// The extension.
        extension: String,
        /// The version that creates it.
        version: Version,
    },

    /// The server is older than something that a version uses.
    #[error(
        "{version} uses `{word}`, which needs PostgreSQL {needs}; this server is {server}\nhelp: run it on a newer server"
    )]
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
    #[error(
        "`{chain}` requires what this database does not have: {}\nhelp: it is outside of the prefix, and others make it: \
         install that first", missing.join("; ")
    )]
    MissingRequirements {
        /// The chain.
        chain: &'static str,
        /// What is missing, each in a few words: `role authenticated`, `table auth.users`.
        missing: Vec<String>,
    },

    /// The role lacks rights.
    #[error("role `{role}` lacks {}\nhelp: {}", listed(missing, |it| format!("{} on {}", it.right, it.object)), listed(missing, |it| it.help.clone()))]
    Privileges {
        /// The role.
        role: String,
        /// All of them.
        missing: Vec<MissingRight>,
    },

    /// Another runner is at work and did not finish in time.
    #[error(
        "another run of `{chain}` in schema `{prefix}` has not finished within {waited:?}{}\nhelp: wait for it, or wait longer \
         (`--runner-timeout`, `Migrator::runner_timeout`); if it hangs, `SELECT pg_terminate_backend(…)` ends it, and its \
         version is rolled back", blockers.iter().map(|it| format!("\ndetail: it is {it}")).collect::<String>()
    )]
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
    #[error(
        "`{chain}` has no baseline: {why}\nhelp: {}; until then, a fresh install goes version by version",
        why.problem.help.as_deref().unwrap_or("say what the step means to a fresh install (`on_fresh`)")
    )]
    NoBaseline {
        /// The chain.
        chain: &'static str,
        /// The step that leaves something open.
        why: Box<pkmig_schema::baseline::NoBaseline>,
    },

    /// A baseline of no version.
    #[error("a baseline of `{chain}` at V0 is nothing\nhelp: name a version from V1 on")]
    NothingToFold {
        /// The chain.
        chain: &'static str,
    },

    /// A version cannot be left.
    #[error("{version} is irreversible: {why}")]
    Irreversible {
        /// The version.
        version: Version,
        /// The author's reason.
        why: String,
    },

    /// A run was given a transaction of another level than READ COMMITTED.
    #[error(
        "the transaction that was given is not READ COMMITTED: what other runners commit would not be seen in it\nhelp: begin \
         it with `BEGIN ISOLATION LEVEL READ COMMITTED`, or give the migrator a pool or a connection outside of a transaction"
    )]
    Isolation,

    /// Triggers and foreign keys are switched off in the session.
    #[error(
        "`session_replication_role` is `{role}` in this session: triggers and foreign keys would be passed over\nhelp: \
         `SET session_replication_role = origin`, or take the setting from the role or the database (`ALTER ROLE … RESET \
         session_replication_role`)"
    )]
    ReplicationRole {
        /// What it is set to.
        role: String,
    },

    /// A down would drop rows.
    #[error("{}", data_loss(*version, holding, reverted.as_deref()))]
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
    #[error(
        "what the down of {version} would lose of table `{table}` could not be counted, and nothing was done: {}",
        not_counted(.source)
    )]
    NotCounted {
        /// The version.
        version: Version,
        /// The table, by the name it has now.
        table: String,
        /// PostgreSQL's error.
        source: sqlx::Error,
    },

    /// Somebody may create objects in a schema that the versions look for names in. Nothing was done.
    #[error("{}", open_path::message(chain, open))]
    OpenPath {
        /// The chain.
        chain: &'static str,
        /// All of them.
        open: Vec<OpenTo>,
    },

    /// A version is another one in this program than the one that was applied. Nothing was done.
    #[error("{}", edited(chain, prefix, edits))]
    Edited {
        /// The chain.
        chain: &'static str,
        /// The prefix.
        prefix: Prefix,
        /// All of them.
        edits: Vec<Edit>,
    },

    /// Triggers that are not the chain's would run under a search path that they may not be made for. Nothing was done.
    #[error("{}", fired::message(fired))]
    HostTriggers {
        /// All of them.
        fired: Vec<Fired>,
    },

    /// Something that is not the chain's depends on what the run would drop or retype.
    #[error("{}", in_the_way(dependents))]
    Dependents {
        /// All of them.
        dependents: Vec<Dependent>,
    },

    /// An uninstall would take more locks than the server has room for.
    #[error(
        "taking {version} away takes about {needed} locks, and {held} are held: more than the server has room for\nhelp: set \
         `max_locks_per_transaction = {setting}` (it is {now}) and restart the server; or run it when less is going on"
    )]
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
    #[error(
        "the down of {version} brings back column `{table}.{column}`, which is not_null without a default, and table \
         `{table}` has rows\nhelp: the version has to say what they get (`drop_not_null {table}.{column}; on_down backfill \
         {table}.{column} = \"…\"; drop_column {table}.{column};`); until it does, only an empty table can go back"
    )]
    Unfilled {
        /// The version whose down does.
        version: Version,
        /// The table, by the name it has now.
        table: String,
        /// The column.
        column: String,
    },

    /// The connection ended while a version was run.
    #[error("{}", unknown(*version, *direction, applied, *in_transaction, *found, source))]
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
    #[error(
        "{version} cannot run in a transaction: {step} has to be committed by itself\nhelp: give the migrator a pool or a connection \
         outside of a transaction"
    )]
    NotInTransaction {
        /// The version.
        version: Version,
        /// The step, in one line.
        step: String,
    },

    /// A version failed. It was rolled back; the ones before it stay.
    #[error(transparent)]
    Failed(Box<Failed>),

    /// The database cannot be reached, or the connection broke.
    #[error("{}", connection(.0))]
    Connection(#[source] sqlx::Error),
}

/// A version that failed, and what was done before it.
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

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let way = match self.direction {
            Direction::Up => "",
            Direction::Down if self.uninstall => "the uninstall of ",
            Direction::Down => "the down of ",
        };
        write!(f, "{way}{} failed and was rolled back: {} (SQLSTATE {})", self.version, self.message, self.sqlstate)?;
        self.step.iter().try_for_each(|step| write!(f, "\nstep: {step}"))?;
        self.detail.iter().chain(&self.left).try_for_each(|detail| write!(f, "\ndetail: {detail}"))?;
        self.help.iter().try_for_each(|help| write!(f, "\nhelp: {help}"))?;
        f.write_str(&before(&self.applied, self.in_transaction))
    }
}

impl std::error::Error for Failed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.source)
    }
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
