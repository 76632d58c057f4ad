//! What lies behind an error: PostgreSQL's, the network's. An error of sqlx repeats its own source, so it is looked through.

use std::error::Error as StdError;
use std::io;

use super::{Error, Failed};

/// An error of the connection, in words.
pub(super) struct Cause<'a> {
    /// What happened, in one line, without the URL, which may hold a password.
    pub(super) what: String,
    /// What to do next.
    pub(super) help: Option<&'static str>,
    /// What lies behind it, where `what` does not say so already.
    behind: Option<&'a (dyn StdError + 'static)>,
}

impl Cause<'_> {
    /// All of it in one line.
    pub(super) fn line(&self) -> String {
        match self.behind {
            Some(behind) => format!("{}: {behind}", self.what),
            None => self.what.clone(),
        }
    }
}

/// What an error of sqlx means.
pub(super) fn of(error: &sqlx::Error) -> Cause<'_> {
    let (what, help, behind) = match error {
        sqlx::Error::Io(error) if is_lost(error) => (
            "the connection was lost".to_owned(),
            Some("run again: what was committed is skipped, everything else was rolled back"),
            Some(error as &(dyn StdError + 'static)),
        ),
        sqlx::Error::Io(error) => (
            "no server answers".to_owned(),
            Some("check that PostgreSQL is running, and that host and port are right"),
            Some(error as &(dyn StdError + 'static)),
        ),
        sqlx::Error::PoolTimedOut => (
            "no connection within the pool's time-out".to_owned(),
            Some("check that PostgreSQL is running, and that the pool is large enough"),
            None,
        ),
        sqlx::Error::Database(error) => {
            let code = error.code().unwrap_or_default();
            let help = match &*code {
                "08P01" => Some(
                    "if PgBouncer is in between and names a startup parameter, add it to its `ignore_startup_parameters`, or \
                     connect without it (`PgConnectOptions::extra_float_digits(None)`)",
                ),
                "3D000" => Some("create the database first: `createdb`"),
                "28P01" | "28000" => Some("check user and password"),
                _ => None,
            };
            (format!("{} (SQLSTATE {code})", error.message()), help, None)
        }
        sqlx::Error::Configuration(error) => (
            "the database URL is invalid".to_owned(),
            Some("write it as postgres://user:password@host:port/database"),
            Some(&**error as &(dyn StdError + 'static)),
        ),
        other => (other.to_string(), None, None),
    };
    Cause { what, help, behind }
}

/// Whether there was a connection.
fn is_lost(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}

/// PostgreSQL's own error, or the network's.
fn innermost(error: &sqlx::Error) -> &(dyn StdError + 'static) {
    match error {
        sqlx::Error::Database(error) => error.as_error(),
        sqlx::Error::Io(error) => error,
        other => other,
    }
}

impl Error {
    /// The error that it wraps, of which its own message says nothing.
    pub(super) fn wrapped(&self) -> Option<&sqlx::Error> {
        match self {
            Self::NotComparable { source, .. }
            | Self::NotRepaired { source, .. }
            | Self::NotCounted { source, .. }
            | Self::Unknown { source, .. } => Some(source),
            Self::Failed(failed) => Some(&failed.source),
            _ => None,
        }
    }
}

impl StdError for Error {
    /// PostgreSQL's error, or the network's. `Display` does not repeat it.
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Connection(error) => of(error).behind,
            other => other.wrapped().map(innermost),
        }
    }
}

impl StdError for Failed {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(innermost(&self.source))
    }
}

#[cfg(test)]
mod tests {
    use std::io::ErrorKind;

    use super::*;

    #[test]
    fn a_lost_connection_is_distinguished_from_one_that_was_never_made() {
        let error = |kind: ErrorKind| Error::Connection(sqlx::Error::Io(kind.into()));
        assert_eq!(error(ErrorKind::BrokenPipe).to_string(), "the connection was lost");
        assert!(error(ErrorKind::UnexpectedEof).report().contains("\nhelp: run again"));
        assert!(error(ErrorKind::ConnectionRefused).report().starts_with("no server answers: "));
        assert_eq!(error(ErrorKind::NotFound).to_string(), "no server answers");
    }

    #[test]
    fn no_message_of_the_chain_of_sources_repeats_another() {
        let source = || sqlx::Error::Io(ErrorKind::BrokenPipe.into());
        let version = pkmig_schema::Version(3);
        for error in [Error::Connection(source()), Error::NotComparable { version, source: source() }] {
            let behind = error.source().unwrap();
            assert_eq!(behind.to_string(), "broken pipe");
            assert!(behind.source().is_none());
            assert!(!error.to_string().contains("broken pipe"), "{error}");
            assert!(error.report().contains(": broken pipe\nhelp: "), "{}", error.report());
        }
    }
}
