//! Which database is meant, and the connection to it.

use std::io;
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection};

use super::error::Failure;
use super::output::Output;
use super::redact::redact;
use super::target::{self, Target};
use pkmig_runtime::Error;

/// The database of the private server.
#[cfg(unix)]
pub(super) const DATABASE: &str = "pkmig";

/// How long connecting may take: a host that drops packets would keep one waiting for minutes.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the user wants to work.
#[derive(Debug)]
pub(super) struct Place<'a> {
    /// The URL given.
    pub(super) url: Option<&'a str>,
    /// Whether the private server is used if no database is named.
    pub(super) private: bool,
    /// The role to run as, if it is not that of the URL.
    pub(super) role: Option<&'a str>,
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
    /// Connects to read: a private server that is not running is not started for that.
    pub(super) async fn connect(&self) -> Result<Database, Failure> {
        self.connected(false).await
    }

    /// Connects to change something.
    pub(super) async fn connect_to_write(&self) -> Result<Database, Failure> {
        self.connected(true).await
    }

    async fn connected(&self, starts: bool) -> Result<Database, Failure> {
        let (options, url) = match Target::find(self.url, self.private)? {
            Target::Said { options, url } => (*options, url),
            Target::Private => {
                let url = self.own_server(starts).await?;
                (target::read(&url)?, redact(&url))
            }
        };
        let options = options.options(self.role.map(|role| ("role", role)));
        let connection = tokio::time::timeout(PATIENCE, options.connect()).await.unwrap_or_else(|_| {
            let why = format!("no answer within {} seconds", PATIENCE.as_secs());
            Err(io::Error::new(io::ErrorKind::TimedOut, why).into())
        });
        match connection {
            Ok(connection) => Ok(Database { connection, options, url }),
            Err(error) => Err(Failure::Unreached { source: Error::Connection(error), url }),
        }
    }

    /// Finds or starts the private server, prints where it runs, and returns the URL with its password.
    #[cfg(unix)]
    async fn own_server(&self, starts: bool) -> Result<String, Failure> {
        use pkmig_server::server::Persistent;
        let server = match starts {
            true => Persistent::start_or_find().await?,
            false => Persistent::find().await?.ok_or_else(|| Failure::NotRunning { program: self.program.clone() })?,
        };
        let url = server.url(DATABASE);
        let (how, folder) = (if server.was_started() { "started" } else { "found" }, server.folder().display());
        self.output.note(&format!(
            "no database is named: {how} a private PostgreSQL {} server, data in {folder}\nits URL is {} (`{} server env` prints \
             what psql needs)",
            server.version(),
            redact(&url),
            self.program
        ));
        Ok(url)
    }

    /// There is no private server on this system.
    #[cfg(not(unix))]
    async fn own_server(&self, _: bool) -> Result<String, Failure> {
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
