//! Databases for tests: a real PostgreSQL server, and a separate database for each test.
//!
//! If `DATABASE_URL` is set, its server is used, and databases are dropped when they go out of scope. Otherwise a throw-away server
//! is started once for the test program and removed with it.

mod between;

use std::io::Write as _;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use url::Url;

use crate::server::Throwaway;
pub use between::{Between, Line};
use pkmig_sql::ident;

/// Whether `PKMIG_FULL` is set, which asks for tests that take minutes: every version of long chains, every statement.
pub fn full() -> bool {
    std::env::var_os("PKMIG_FULL").is_some_and(|value| !value.is_empty() && value != "0")
}

/// Prints what a test leaves out without `PKMIG_FULL`, past the test harness, which hides the output of tests that pass.
pub fn left_out(what: &str) {
    past_the_harness(&format!("LEFT OUT {what}"));
}

/// Prints, past the test harness, that a test is skipped, and why.
///
/// # Panics
/// If `PKMIG_NO_SKIPS` is set.
pub fn skip(what: &str) {
    assert!(std::env::var_os("PKMIG_NO_SKIPS").is_none(), "SKIPPED {what}");
    past_the_harness(&format!("SKIPPED {what}"));
}

fn past_the_harness(line: &str) {
    // Where stderr is closed nobody would read it.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Why a test has no database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No server could be started.
    #[error(transparent)]
    Server(#[from] crate::server::Error),
    /// `DATABASE_URL` cannot be read.
    #[error("DATABASE_URL is not a URL")]
    Url(#[from] url::ParseError),
    /// The server refused the database.
    #[error("could not create a database for the test")]
    Database(#[from] sqlx::Error),
}

impl Error {
    /// The whole of it in lines: what failed, why, and what to do next.
    pub fn report(&self) -> String {
        match self {
            Self::Server(error) => error.report(),
            Self::Url(why) => format!("{self}: {why}"),
            Self::Database(why) => format!("{self}: {why}"),
        }
    }
}

/// An empty database for one test. Dropped with the value.
#[derive(Debug)]
pub struct Database {
    server: String,
    url: String,
    name: String,
    /// The major version of the server.
    major: u32,
}

impl Database {
    /// Creates an empty database from `template0`. As from PostgreSQL 15 on, only its owner may create objects in its schema `public`.
    ///
    /// # Errors
    /// If there is no server, or a database cannot be created.
    pub async fn create() -> Result<Self, Error> {
        let database = Self::from_template("template0").await?;
        if database.major < 15 {
            let mut connection = database.connect().await?;
            sqlx::raw_sql("REVOKE CREATE ON SCHEMA public FROM PUBLIC").execute(&mut connection).await?;
            connection.close().await?;
        }
        Ok(database)
    }

    /// Creates a copy of this database. No session may be connected to it meanwhile.
    ///
    /// # Errors
    /// If a session is connected, or a database cannot be created.
    pub async fn copy(&self) -> Result<Self, Error> {
        Self::from_template(&self.name).await
    }

    async fn from_template(template: &str) -> Result<Self, Error> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = server()?;
        let name = format!("pkmig_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let mut url = Url::parse(&server)?;
        url.set_path(&name);
        let mut connection = PgConnection::connect(&server).await?;
        let sql = format!("CREATE DATABASE {} TEMPLATE {}", ident(&name), ident(template));
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await?;
        let major = connection.server_version_num().unwrap_or_default() / 10_000;
        connection.close().await?;
        Ok(Self { server, url: url.into(), name, major })
    }

    /// Its URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The URL of another database of its server.
    pub fn server_url(&self) -> &str {
        &self.server
    }

    /// The URL for another role.
    ///
    /// # Errors
    /// Never for a URL that connects.
    pub fn url_for(&self, role: &str, password: &str) -> Result<String, Error> {
        let mut url = Url::parse(&self.url)?;
        // OK because a URL with a host takes a user and a password.
        let _ = url.set_username(role);
        let _ = url.set_password(Some(password));
        Ok(url.into())
    }

    /// A proxy between a client and its server, for a test that counts messages or cuts the connection.
    ///
    /// # Errors
    /// If no port is free.
    pub async fn between(&self) -> Result<Between, Error> {
        Between::open(&self.url).await
    }

    /// A new connection to it.
    ///
    /// # Errors
    /// If the server refuses it.
    pub async fn connect(&self) -> Result<PgConnection, Error> {
        Ok(PgConnection::connect(&self.url).await?)
    }
}

/// The URL of the server: `DATABASE_URL`, or a throw-away one for this program.
fn server() -> Result<String, Error> {
    static SERVER: OnceLock<Throwaway> = OnceLock::new();
    if let Ok(url) = std::env::var("DATABASE_URL") {
        return Ok(url);
    }
    if let Some(server) = SERVER.get() {
        return Ok(server.url("postgres"));
    }
    static STARTING: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _one = STARTING.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    if SERVER.get().is_none() {
        let _ = SERVER.set(Throwaway::start_blocking()?);
    }
    Ok(SERVER.get().map(|server| server.url("postgres")).unwrap_or_default())
}

impl Drop for Database {
    fn drop(&mut self) {
        if std::env::var_os("DATABASE_URL").is_none() {
            return; // The whole server goes.
        }
        let (server, sql) =
            (self.server.clone(), format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", ident(&self.name)));
        // A thread of its own, because a runtime may be running in this one. A database that cannot be dropped is left
        // behind: the test has said what it had to say.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let Ok(runtime) = runtime else { return };
            runtime.block_on(async {
                if let Ok(mut connection) = PgConnection::connect(&server).await {
                    let _ = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await;
                }
            });
        });
        let _ = dropping.join();
    }
}
