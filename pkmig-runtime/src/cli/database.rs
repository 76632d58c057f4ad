//! Which database is meant, and the connection to it.

use std::io;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection};

use super::error::Failure;
use super::output::Output;
use super::redact::redact;
use crate::Error;

/// The database of the server of one's own.
#[cfg(unix)]
pub(super) const DATABASE: &str = "pkmig";

/// How long connecting may take: a host that drops packets would keep one waiting for minutes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the user wants to work.
#[derive(Debug)]
pub(super) struct Place<'a> {
    /// The URL given.
    pub(super) url: Option<&'a str>,
    /// The program's name.
    pub(super) program: String,
    /// Where notes go.
    pub(super) output: Output,
}

/// A connection, and what it takes to make another one like it.
#[derive(Debug)]
pub(super) struct Database {
    /// The connection.
    pub(super) connection: PgConnection,
    /// What it was made with.
    pub(super) options: PgConnectOptions,
    /// Its URL, redacted.
    url: String,
}

impl Place<'_> {
    /// Connects: to the URL given, or else to the server of one's own.
    pub(super) async fn connect(&self) -> Result<Database, Failure> {
        let url = match self.url {
            Some(url) => url.to_owned(),
            None => self.own_server().await?,
        };
        let options = options(&url)?;
        let url = redact(&url);
        let connection = tokio::time::timeout(PATIENCE, options.connect()).await.unwrap_or_else(|_| {
            let why = format!("no answer within {} seconds", PATIENCE.as_secs());
            Err(io::Error::new(io::ErrorKind::TimedOut, why).into())
        });
        match connection {
            Ok(connection) => Ok(Database { connection, options, url }),
            Err(error) => Err(Failure::Unreached { source: Error::Connection(error), url }),
        }
    }

    /// Finds or starts the server of one's own, says where it runs, and returns the URL with its password.
    #[cfg(unix)]
    pub(super) async fn own_server(&self) -> Result<String, Failure> {
        let server = crate::server::Persistent::start_or_find().await?;
        let url = server.url(DATABASE);
        let (how, folder) = (if server.was_started() { "started" } else { "found" }, server.folder().display());
        self.output.note(&format!(
            "no database URL given: {how} a PostgreSQL {} of one's own in {folder}\nits URL is {} (`{} server env` prints \
             what psql needs)",
            server.version(),
            redact(&url),
            self.program
        ));
        Ok(url)
    }

    /// There is no server of one's own here.
    #[cfg(not(unix))]
    pub(super) async fn own_server(&self) -> Result<String, Failure> {
        Err(Failure::NoServer)
    }
}

impl Database {
    /// An error of the migrator, with the URL where the connection is what failed.
    pub(super) fn failure(url: &str, error: Error) -> Failure {
        match error {
            Error::Connection(_) => Failure::Unreached { source: error, url: url.to_owned() },
            error => Failure::Run(error),
        }
    }

    /// The parts, for a run that needs them side by side.
    pub(super) fn parts(self) -> (PgConnection, PgConnectOptions, String) {
        (self.connection, self.options, self.url)
    }
}

/// Reads a URL.
fn options(url: &str) -> Result<PgConnectOptions, Failure> {
    if url.trim().is_empty() {
        return Err(Failure::Url("the database URL is empty".to_owned()));
    }
    // The driver takes any scheme, and would speak PostgreSQL to what is another kind of server.
    if !["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err(Failure::Url(format!("this is no URL of a PostgreSQL database: {}", redact(url))));
    }
    match PgConnectOptions::from_str(url) {
        Ok(options) => Ok(options.application_name("pkmig")),
        Err(sqlx::Error::Configuration(why)) => {
            Err(Failure::Url(format!("the database URL {} cannot be read: {why}", redact(url))))
        }
        Err(error) => Err(Failure::Unreached { source: Error::Connection(error), url: redact(url) }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_url_of_postgresql_is_refused_without_showing_its_password() {
        for url in ["", " ", "mysql://u:secret@h/db", "host=h password=secret", "postgres://u:secret@h:x/db"] {
            let message = options(url).unwrap_err().to_string();
            assert!(!message.contains("secret") && message.contains("\nhelp: postgres://"), "{message}");
        }
    }

    #[test]
    fn a_url_is_read() {
        let options = options("postgresql://me:pw@db.example:5433/app?application_name=x").unwrap();
        assert_eq!((options.get_host(), options.get_port(), options.get_database()), ("db.example", 5433, Some("app")));
        assert_eq!(options.get_application_name(), Some("pkmig"));
    }
}
