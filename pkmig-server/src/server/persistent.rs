//! The server that stays: its data are the user's, and it outlives the program that started it.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection, PgConnection};

use super::binaries;
use super::cluster::Cluster;
use super::error::Error::NotServing;
use super::fetch::fetch;
use super::home::{Home, clusters, first_running};
use super::pid_file::PidFile;
use super::{Error, ROLE, blocking};

/// The database made on first start, for callers who have no name of their own in mind.
const DATABASE: &str = "pkmig";

/// How long a connection over loopback may take.
const CONNECT: Duration = Duration::from_secs(10);

/// A server under the user's data folder, running.
///
/// It stays when this value is dropped and when the program ends; [`Persistent::stop`] stops it.
#[derive(Debug, Clone)]
pub struct Persistent {
    folder: PathBuf,
    log: PathBuf,
    version: u32,
    port: u16,
    password: String,
    pass_file: PathBuf,
    started: bool,
}

/// What is known of the persistent server without starting it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// The folder of the cluster.
    pub folder: PathBuf,
    /// The server's log.
    pub log: PathBuf,
    /// PostgreSQL's major version.
    pub version: u32,
    /// Whether it runs.
    pub state: State,
}

/// Whether a server runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It runs as this process; the port is known once it listens.
    Running {
        /// The server's process.
        pid: u32,
        /// The port on 127.0.0.1.
        port: Option<u16>,
    },
    /// It does not run; its data are there.
    Stopped,
}

impl Persistent {
    /// Finds the running server or starts one, making its cluster and the database `pkmig` the first time.
    ///
    /// Programs that do so at the same moment wait for each other and get the same server. Data that exist decide
    /// the version, as long as the machine has programs for it; otherwise the first programs found do.
    ///
    /// # Errors
    /// No PostgreSQL on the machine and none to be fetched, a folder that cannot be used, a server that does not
    /// start or does not serve: each [`Error`] says what to do.
    pub async fn start_or_find() -> Result<Self, Error> {
        let (home, named) = blocking(|| {
            let home = Home::open()?;
            let named = binaries::named(&home.account)?;
            Ok::<_, Error>((home, named))
        })
        .await?;
        let wanted = named.as_ref().map(|named| named.major);
        let (home, running) = blocking(move || home.running(wanted)).await?;
        if let Some((cluster, port)) = running {
            return Self::connect(&cluster, port, false).await;
        }
        let (home, (binaries, major)) = blocking(move || home.choose(named)).await?;
        let binaries = match binaries {
            Some(binaries) => binaries,
            None => fetch(&home.account, &home.folder, &home.lock, major).await?,
        };
        let (_home, cluster, port) = blocking(move || {
            let cluster = Cluster::new(&home.account, &home.folder, binaries.major);
            cluster.make(&binaries)?;
            let port = cluster.start(&binaries)?;
            Ok::<_, Error>((home, cluster, port))
        })
        .await?;
        Self::connect(&cluster, port, true).await
    }

    /// Finds the running server; starts none.
    ///
    /// # Errors
    /// A server that runs but does not serve.
    pub async fn find() -> Result<Option<Self>, Error> {
        let running = blocking(|| first_running(clusters()?, None)).await?;
        match running {
            Some((cluster, port)) => Self::connect(&cluster, port, false).await.map(Some),
            None => Ok(None),
        }
    }

    /// What is known of the server: the running one, or else the newest cluster there is. Nothing where none was
    /// ever made.
    ///
    /// # Errors
    /// A data folder that cannot be told.
    pub async fn status() -> Result<Option<Status>, Error> {
        blocking(|| {
            let mut all: Vec<Status> = clusters()?.iter().map(status_of).collect();
            let running = all.iter().position(|status| status.state != State::Stopped);
            let shown = running.unwrap_or(0);
            Ok((shown < all.len()).then(|| all.swap_remove(shown)))
        })
        .await
    }

    /// Stops the server, ending its sessions; its data stay. False if none was running.
    ///
    /// # Errors
    /// A server that does not stop within a minute.
    pub async fn stop() -> Result<bool, Error> {
        blocking(|| {
            if clusters()?.is_empty() {
                return Ok(false);
            }
            // Not while another program starts it.
            let home = Home::open()?;
            let mut stopped = false;
            for cluster in Cluster::existing(&home.account, &home.folder) {
                stopped |= cluster.stop()?;
            }
            Ok(stopped)
        })
        .await
    }

    /// The connection URL of a database on this server, with user and password; the database `pkmig` is there.
    pub fn url(&self, database: &str) -> String {
        super::url("127.0.0.1", self.port, &self.password, database)
    }

    /// The environment with which `psql` and every other client of libpq find a database on this server (manual, section
    /// 34.15, of 15): names and values. The password is in the file that `PGPASSFILE` names.
    pub fn environment(&self, database: &str) -> [(&'static str, String); 5] {
        [
            ("PGHOST", "127.0.0.1".to_owned()),
            ("PGPORT", self.port.to_string()),
            ("PGUSER", ROLE.to_owned()),
            ("PGDATABASE", database.to_owned()),
            ("PGPASSFILE", self.pass_file.display().to_string()),
        ]
    }

    /// The port on 127.0.0.1. It stays the same over restarts as long as nobody else takes it.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// PostgreSQL's major version.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// The folder of the cluster.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The server's log.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// True if this call started it, false if it was running already.
    pub fn was_started(&self) -> bool {
        self.started
    }

    /// Makes sure that a running cluster serves, and that the database is there.
    async fn connect(cluster: &Cluster, port: u16, started: bool) -> Result<Self, Error> {
        let password = cluster.password()?;
        let server = Self {
            pass_file: cluster.pass_file(port, &password)?,
            folder: cluster.folder.clone(),
            log: cluster.log(),
            version: cluster.major,
            port,
            password,
            started,
        };
        server.make_database().await.map_err(|why| NotServing {
            folder: server.folder.clone(),
            port,
            log: server.log.clone(),
            why,
        })?;
        Ok(server)
    }

    async fn make_database(&self) -> Result<(), sqlx::Error> {
        // 3D000: there is no database of that name.
        match self.session(DATABASE).await {
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("3D000") => {}
            Err(error) => return Err(error),
            Ok(session) => return session.close().await,
        }
        let mut session = self.session("postgres").await?;
        let made = sqlx::raw_sql("create database pkmig").execute(&mut session).await;
        session.close().await?;
        match made {
            // 42P04: another program was quicker.
            Err(sqlx::Error::Database(error)) if error.code().as_deref() == Some("42P04") => return Ok(()),
            made => made.map(drop)?,
        }
        // Before PostgreSQL 15 everybody may create objects there, and versions look there for what extensions bring.
        let mut session = self.session(DATABASE).await?;
        sqlx::raw_sql("revoke create on schema public from public").execute(&mut session).await?;
        session.close().await
    }

    async fn session(&self, database: &str) -> Result<PgConnection, sqlx::Error> {
        let options = PgConnectOptions::new_without_pgpass()
            .host("127.0.0.1")
            .port(self.port)
            .username(ROLE)
            .password(&self.password)
            .database(database)
            .ssl_mode(PgSslMode::Disable);
        let slow = || sqlx::Error::Io(io::Error::from(io::ErrorKind::TimedOut));
        tokio::time::timeout(CONNECT, options.connect()).await.map_err(|_| slow())?
    }
}

fn status_of(cluster: &Cluster) -> Status {
    let state = match PidFile::of_running(&cluster.data()) {
        Some(file) => State::Running { pid: file.pid, port: file.port },
        None => State::Stopped,
    };
    Status { folder: cluster.folder.clone(), log: cluster.log(), version: cluster.major, state }
}
