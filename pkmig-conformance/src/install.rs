//! One install under test: its database, the session that looks at it, and the migrator that moves it.

use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use super::snapshot::{Extent, Snapshot};
use super::{During, Stop, Suite};
use pkmig_runtime::{Error, Migrator, Prefix, Run};
use pkmig_server::testing::Database;
use pkmig_sql::{Context, literal};

/// How long sessions that were ended may take to go.
const PATIENCE: Duration = Duration::from_secs(60);

/// An install in a database of its own.
pub(super) struct Install {
    pub(super) suite: &'static Suite,
    pub(super) prefix: String,
    pub(super) migrator: Migrator,
    pub(super) connection: PgConnection,
    database: Database,
}

impl Install {
    /// In a copy of a database. Nobody may be connected to that one meanwhile.
    pub(super) async fn copied_from(suite: &'static Suite, template: &Database) -> Result<Self, Stop> {
        let database = template.copy().await.during(|| "a database".to_owned())?;
        let connection = database.connect().await.during(|| "a database".to_owned())?;
        let prefix = suite.home().to_owned();
        Ok(Self { suite, migrator: suite.migrator(&prefix), prefix, connection, database })
    }

    /// Another session of the same role.
    pub(super) async fn session(&self) -> Result<PgConnection, Stop> {
        self.database.connect().await.during(|| "another session".to_owned())
    }

    pub(super) fn database(&self) -> &Database {
        &self.database
    }

    /// A copy of the whole database, for what cannot be undone.
    pub(super) async fn copy(&mut self) -> Result<Self, Stop> {
        // A database that somebody is connected to cannot be copied.
        self.alone().await?;
        let other = PgConnection::connect(self.database.server_url()).await.during(|| "another session".to_owned())?;
        let leaving = std::mem::replace(&mut self.connection, other);
        leaving.close().await.during(|| "the end of a session".to_owned())?;
        let copy = Self::copied_from(self.suite, &self.database).await;
        self.connection = self.session().await?;
        copy
    }

    /// Looks after another prefix of the same database from now on.
    pub(super) fn in_prefix(&mut self, prefix: &str) {
        prefix.clone_into(&mut self.prefix);
        self.migrator = self.suite.migrator(prefix);
    }

    pub(super) async fn version(&mut self) -> Result<u32, Stop> {
        let version = self.migrator.version(&mut self.connection).await;
        Ok(version.during(|| "the installed version".to_owned())?.0)
    }

    /// Goes to a version, whichever way it lies.
    pub(super) async fn go(&mut self, target: u32) -> Result<Run, Stop> {
        let from = self.version().await?;
        let run = to(&self.migrator, from, target, &mut self.connection).await;
        run.during(|| format!("from V{from} to V{target}"))
    }

    /// Goes up to a version, each in a run of its own.
    pub(super) async fn one_by_one(&mut self, target: u32) -> Result<(), Stop> {
        let (from, chain) = (self.version().await?, self.suite.chain());
        let between = chain.migrations().iter().map(|it| it.version.0).filter(|it| *it > from && *it <= target);
        for version in between {
            self.go(version).await?;
        }
        Ok(())
    }

    pub(super) async fn snapshot(&mut self) -> Result<Snapshot, Stop> {
        let snapshot = Snapshot::read(&self.prefix, &mut self.connection).await;
        snapshot.during(|| format!("what schema `{}` holds", self.prefix))
    }

    /// Stops where the install does not hold what it should.
    pub(super) async fn expect(
        &mut self,
        expected: &Snapshot,
        extent: Extent,
        what: impl FnOnce() -> String,
    ) -> Result<(), Stop> {
        let found = self.snapshot().await?;
        expected.expect(&found, extent, what)
    }

    /// Stops where `verify` finds anything.
    pub(super) async fn verify(&mut self, what: impl Fn() -> String) -> Result<(), Stop> {
        let verification = self.migrator.verify(&mut self.connection).await.during(&what)?;
        match verification.differences.as_slice() {
            [] => Ok(()),
            all => {
                let lines = all.iter().map(|difference| format!("\n  {difference}")).collect::<String>();
                Err(Stop::Fault(format!("{}: not as declared{lines}", what())))
            }
        }
    }

    /// Where its SQL runs.
    pub(super) fn context(&self) -> Result<Context, Stop> {
        Ok(Context::new(&Prefix::new(self.prefix.as_str()).during(|| "the prefix".to_owned())?))
    }

    /// Sets the version back to `version`, as if what comes after it had never been stamped.
    pub(super) async fn stamp(&mut self, version: u32) -> Result<(), Stop> {
        let table = self.context()?.qualified(self.suite.chain().tracked_by);
        let stamp = literal(&version.to_string());
        self.execute(format!("COMMENT ON TABLE {table} IS {stamp}")).await
    }

    pub(super) async fn execute(&mut self, sql: String) -> Result<(), Stop> {
        let done = sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&mut self.connection).await;
        done.map(drop).during(|| sql)
    }

    /// The one value of a query.
    pub(super) async fn text(&mut self, sql: &str) -> Result<String, Stop> {
        let row = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_one(&mut self.connection).await;
        row.and_then(|row| row.try_get(0)).during(|| sql.to_owned())
    }

    /// Waits until no other session is connected: one that was ended may still be at work.
    pub(super) async fn alone(&mut self) -> Result<(), Stop> {
        let began = Instant::now();
        let others = "SELECT count(*)::text FROM pg_catalog.pg_stat_activity \
                      WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'";
        while self.text(others).await? != "0" {
            if began.elapsed() > PATIENCE {
                return Err(Stop::Fault(format!("a session does not end within {PATIENCE:?}")));
            }
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        Ok(())
    }
}

/// Goes from a version to another one, whichever way it lies.
pub(super) async fn to(
    migrator: &Migrator,
    from: u32,
    target: u32,
    connection: &mut PgConnection,
) -> Result<Run, Error> {
    match target >= from {
        true => migrator.up_to(target, connection).await,
        false => migrator.down_to(target, connection).await,
    }
}
