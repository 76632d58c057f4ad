//! The words of errors: what has become of a run, why, and what to do next.

use pkmig_schema::Version;

use super::{Edit, MissingRight};
use crate::{Prefix, Verification};
use pkmig_sql::Direction;

/// What has become of the versions that were run before.
pub(super) fn before(applied: &[Version], in_transaction: bool) -> String {
    let stay = |one: bool| match (in_transaction, one) {
        (true, _) => "in the transaction that was given: they stay if it is committed",
        (false, true) => "before it and stays",
        (false, false) => "before it and stay",
    };
    match (applied.first(), applied.last()) {
        (Some(first), Some(last)) if first != last => format!("\n{first} to {last} were done {}", stay(false)),
        (Some(first), _) => format!("\n{first} was done {}", stay(true)),
        _ => String::new(),
    }
}

/// What is known of a version during which the connection ended.
pub(super) fn unknown(
    version: Version,
    direction: Direction,
    applied: &[Version],
    in_transaction: bool,
    found: Option<Version>,
    source: &sqlx::Error,
) -> String {
    let why = match source {
        sqlx::Error::Database(error) => error.message().to_owned(),
        error => error.to_string(),
    };
    if in_transaction {
        return format!(
            "the connection ended while {version} was run: {why}\nthe transaction that was given is rolled back, and with it all \
             that was done in it\nhelp: begin it anew"
        );
    }
    let (way, done) = match direction {
        Direction::Up => ("", "applied"),
        Direction::Down => ("the down of ", "done"),
    };
    let before = before(applied, false);
    let outcome = match found.map(|found| (found, (found >= version) == (direction == Direction::Up))) {
        Some((found, true)) => {
            format!("it was {done}: the installed version is {found}{before}\nhelp: run again for the rest")
        }
        Some((found, false)) => format!("it was not {done}: the installed version is {found}{before}\nhelp: run again"),
        None => format!(
            "it may have been {done}, or rolled back as a whole: nobody was told{before}\nhelp: run again: what was {done} is \
             passed over; `status` shows the version"
        ),
    };
    format!("the connection ended while {way}{version} was run: {why}\n{outcome}")
}

/// Which versions are others, and what to do.
pub(super) fn edited(chain: &str, prefix: &Prefix, edits: &[Edit]) -> String {
    let detail = |Edit { version, applied, now, started, program }: &Edit| {
        format!("\ndetail: {version} was {applied} when {program} applied it at {started}, and is {now}")
    };
    let versions = edits.iter().map(|edit| edit.version.to_string()).collect::<Vec<_>>().join(", ");
    format!(
        "{versions} of `{chain}` in schema `{prefix}` was edited since it was applied, or two versions have the same \
         number{}\nhelp: use the release that has applied it; what was changed belongs into a new version. If the edit changes \
         nothing that is in the database, `--accept-edited` (`Migrator::accept_edited`) goes on",
        edits.iter().map(detail).collect::<String>()
    )
}

/// What a down would lose, and what has become of it.
pub(super) fn data_loss(version: Version, holding: &[String], reverted: Option<&[Version]>) -> String {
    let holding = holding.join(", ");
    let help = "help: save it first, or allow the loss (`--allow-data-loss`, `Migrator::allow_data_loss`)";
    let Some(reverted) = reverted else {
        return format!("going down would drop data, first in {version}: {holding}\n{help}");
    };
    let before = before(reverted, false);
    format!(
        "the down of {version} would drop data, and was rolled back: {holding}\nnone of it is done; the rows came in after \
         the run had begun\n{help}{before}"
    )
}

/// Why rows could not be counted, and what to do.
pub(super) fn not_counted(error: &sqlx::Error) -> String {
    let Some(database) = error.as_database_error() else { return connection(error) };
    let code = database.code().unwrap_or_default();
    let hint = database.try_downcast_ref::<sqlx::postgres::PgDatabaseError>().and_then(|error| error.hint());
    let help = match (&*code, hint) {
        (_, Some(hint)) => hint,
        ("55P03", _) => "somebody holds a lock on it: look in pg_locks, and run again",
        ("42501", _) => "run as the owner, or grant the right that PostgreSQL names",
        _ => "mend what PostgreSQL names, and run again",
    };
    format!("{} (SQLSTATE {code})\nhelp: {help}", database.message())
}

/// What to do where no version fits.
pub(super) fn to_fit(stamped: Version, verification: &Verification) -> String {
    let version = verification.version;
    match stamped {
        Version(0) => format!("`repair --at {}` adds what is missing, and stamps it", version.0),
        stamped if stamped == version => "`repair` adds what is missing; the stamp may be right".to_owned(),
        _ => format!("if it is {version}, set the comment with the version to {}, and `repair`", version.0),
    }
}

/// What to do where a schema could not be made for a comparison.
pub(super) fn not_made(error: &sqlx::Error) -> &'static str {
    let code = error.as_database_error().and_then(|error| error.code());
    match code.as_deref() {
        // read_only_sql_transaction and insufficient_privilege (manual appendix A).
        Some("25006") => "verify on the primary server, in a session that may write: what is written is rolled back",
        Some("42501") => "verify as the owner of the install, or grant the right that PostgreSQL names",
        _ => "mend what PostgreSQL names, and verify again; nothing was changed",
    }
}

/// Whether there was a connection.
pub(super) fn is_lost(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}

/// What a connection's error means, without the URL, which may hold a password.
pub(super) fn connection(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Io(error) if is_lost(error) => {
            format!(
                "the connection was lost: {error}\nhelp: run again: what was committed is passed over, all else was rolled back"
            )
        }
        sqlx::Error::Io(error) => {
            format!("no server answers: {error}\nhelp: is PostgreSQL running, and are host and port right?")
        }
        sqlx::Error::PoolTimedOut => {
            "no connection within the pool's time-out\nhelp: is PostgreSQL running, and is the pool large enough?"
                .to_owned()
        }
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            let help = match &*code {
                "08P01" => {
                    "\nhelp: if PgBouncer stands between and names a startup parameter: put it into its \
                     `ignore_startup_parameters`, or connect without it (`PgConnectOptions::extra_float_digits(None)`)"
                }
                "3D000" => "\nhelp: create the database first: `createdb`",
                "28P01" | "28000" => "\nhelp: check user and password",
                _ => "",
            };
            format!("{} (SQLSTATE {code}){help}", error.message())
        }
        sqlx::Error::Configuration(error) => {
            format!("the database URL cannot be read: {error}\nhelp: postgres://user:password@host:port/database")
        }
        other => other.to_string(),
    }
}

pub(super) fn listed(missing: &[MissingRight], text: impl Fn(&MissingRight) -> String) -> String {
    missing.iter().map(text).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;

    #[test]
    fn a_connection_that_was_lost_is_told_from_one_that_was_not_made() {
        let message = |kind: ErrorKind| connection(&sqlx::Error::Io(kind.into()));
        assert!(message(ErrorKind::BrokenPipe).starts_with("the connection was lost: "));
        assert!(message(ErrorKind::UnexpectedEof).contains("\nhelp: run again"));
        assert!(message(ErrorKind::ConnectionRefused).starts_with("no server answers: "));
        assert!(message(ErrorKind::NotFound).starts_with("no server answers: "));
    }
}
