//! What to do next.

use pkmig_schema::Version;

use super::{Error, cause};
use crate::{Direction, Verification, dependent, fired, open_path};
use pkmig_sql::{ident, shown};

impl Error {
    /// What to do next, if there is something to suggest: one line, without the word `help`.
    ///
    /// ```
    /// # use pkmig_runtime::{Error, PrefixError};
    /// let error = Error::from(PrefixError::Empty);
    /// assert_eq!(error.to_string(), "the prefix is empty");
    /// assert_eq!(error.help().as_deref(), Some("name the schema that the tables live in, for example `public`"));
    /// ```
    pub fn help(&self) -> Option<String> {
        // Names from the database are in it, and they may hold anything.
        self.advice().map(|help| shown::line(&help).into_owned())
    }

    fn advice(&self) -> Option<String> {
        Some(match self {
            Self::Prefix(error) => return error.help().map(str::to_owned),
            Self::AboveChain { latest, .. } => {
                format!("choose a version up to {latest}, or use a newer release of the library")
            }
            Self::BeforeChain { first, .. } => format!("choose a version from {first} on, or 0"),
            Self::BelowFloor { first, bridge, .. } => {
                format!("first bring it to {first} with release {bridge} of the library, then run this one")
            }
            Self::UpBelow { target, .. } => format!("`down --to {}` goes back", target.0),
            Self::DownAbove { target, .. } => format!("`up --to {}` goes there", target.0),
            Self::NewerThanChain { current, .. } => format!(
                "use the release that installed {current}, or a newer one; if the recorded version is wrong, `heal` finds the \
                 right one"
            ),
            Self::NotAVersion { .. } => {
                "run `heal` to find the version and record it, or `heal --at N` if you know it".to_owned()
            }
            Self::Misfit(misfit) => misfit.help(),
            Self::NotInstalled { .. } => {
                "run `up` to install it; if the table exists without its comment, `adopt` finds the version; if it is installed \
                 in another schema, name that one"
                    .to_owned()
            }
            Self::NotComparable { source, .. } => not_made(source).to_owned(),
            Self::Stamped { .. } => {
                "leave the version out; if the recorded version is wrong, `heal` finds the right one".to_owned()
            }
            Self::NoFit { stamped, verification } => to_fit(*stamped, verification),
            Self::NotRepaired { .. } => "remove the cause, then repair again".to_owned(),
            Self::MissingSchema { prefix } => format!("run `CREATE SCHEMA {}`", ident(prefix.as_str())),
            Self::MissingExtension { .. } => {
                "install the package that contains it (for PostgreSQL's own extensions: `postgresql-contrib`)".to_owned()
            }
            Self::ServerTooOld { needs, .. } => format!("use a server of PostgreSQL {needs} or later"),
            Self::MissingRequirements { .. } => {
                "these objects are outside the prefix and created by others: create them first".to_owned()
            }
            Self::Privileges { missing, .. } => {
                missing.iter().map(|it| it.help.clone()).collect::<Vec<_>>().join("; ")
            }
            Self::Locked { .. } => {
                "wait for it, or wait longer (`--runner-timeout`, `Migrator::runner_timeout`); if it hangs, \
                 `SELECT pg_terminate_backend(…)` ends it and rolls its version back"
                    .to_owned()
            }
            Self::NoBaseline { why, .. } => format!(
                "{}; until then, a fresh install runs version by version",
                why.problem.help.as_deref().unwrap_or("add `on_fresh` to the step")
            ),
            Self::NothingToFold { .. } => "choose a version from V1 on".to_owned(),
            Self::Isolation => {
                "begin it with `BEGIN ISOLATION LEVEL READ COMMITTED`, or give the migrator a pool or a connection outside of a \
                 transaction"
                    .to_owned()
            }
            Self::ReplicationRole { .. } => {
                "run `SET session_replication_role = origin`, or remove the setting from the role or the database (`ALTER ROLE … \
                 RESET session_replication_role`)"
                    .to_owned()
            }
            Self::DataLoss { .. } => {
                "save it first, or allow the loss (`--allow-data-loss`, `Migrator::allow_data_loss`)".to_owned()
            }
            Self::NotCounted { source, .. } => return not_counted(source),
            Self::OpenPath { open, .. } => open_path::help(open),
            Self::Edited { .. } => {
                "use the release that applied it, and put the change into a new version; if the edit changes nothing in the \
                 database, `--accept-edited` (`Migrator::accept_edited`) continues"
                    .to_owned()
            }
            Self::HostTriggers { fired } => fired::help(fired),
            Self::Dependents { dependents } => dependent::help(dependents),
            Self::TooManyLocks { setting, now, .. } => format!(
                "set `max_locks_per_transaction = {setting}` (it is {now}) and restart the server, or run it when fewer locks are \
                 held"
            ),
            Self::Unfilled { table, column, .. } => format!(
                "the version must give these rows a value (`drop_not_null {table}.{column}; on_down backfill {table}.{column} = \
                 \"…\"; drop_column {table}.{column};`); until it does, only an empty table can go back"
            ),
            Self::Unknown { in_transaction: true, .. } => "begin a new transaction and run again".to_owned(),
            Self::Unknown { version, direction, found: Some(found), .. } => {
                match (found >= version) == (*direction == Direction::Up) {
                    true => "run again for the remaining versions".to_owned(),
                    false => "run again".to_owned(),
                }
            }
            Self::Unknown { .. } => {
                "run again: versions that were committed are skipped; `status` shows the version".to_owned()
            }
            Self::NotInTransaction { .. } => {
                "give the migrator a pool or a connection outside of a transaction".to_owned()
            }
            Self::Failed(failed) => return failed.help.clone(),
            Self::Connection(error) => return cause::of(error).help.map(str::to_owned),
            Self::Irreversible { .. } => return None,
        })
    }
}

/// Where rows could not be counted.
fn not_counted(error: &sqlx::Error) -> Option<String> {
    let Some(database) = error.as_database_error() else { return cause::of(error).help.map(str::to_owned) };
    let hint = database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().and_then(|error| error.hint());
    let help = match (database.code().as_deref(), hint) {
        (_, Some(hint)) => hint,
        (Some("55P03"), _) => "another session holds a lock on it: look in pg_locks, and run again",
        (Some("42501"), _) => "run as the owner, or grant the privilege that PostgreSQL names",
        _ => "fix what PostgreSQL names, and run again",
    };
    Some(help.to_owned())
}

/// Where no version matches.
fn to_fit(stamped: Version, verification: &Verification) -> String {
    let version = verification.version;
    match stamped {
        Version(0) => format!("`repair --at {}` adds what is missing, and records the version", version.0),
        stamped if stamped == version => "`repair` adds what is missing; the recorded version may be right".to_owned(),
        _ => format!("if it is {version}, set the comment that holds the version to {}, then `repair`", version.0),
    }
}

/// Where a schema could not be created to compare with.
fn not_made(error: &sqlx::Error) -> &'static str {
    let code = error.as_database_error().and_then(|error| error.code());
    match code.as_deref() {
        // read_only_sql_transaction and insufficient_privilege (manual appendix A).
        Some("25006") => "verify on the primary server, in a session that may write: what is written is rolled back",
        Some("42501") => "verify as the owner of the install, or grant the privilege that PostgreSQL names",
        _ => "fix what PostgreSQL names, and verify again; nothing was changed",
    }
}
