//! A chain under test, and what its tests share: a prepared database to copy, and what every version makes.

use std::sync::{Arc, Weak};

use sqlx::{AssertSqlSafe, PgConnection};
use tokio::sync::{Mutex, OnceCell};

use super::install::Install;
use super::snapshot::Snapshot;
use super::{During, Stop};
use crate::testing::Database;
use crate::{Chain, Error, Migrator};

/// A chain under test: what [`conformance!`](crate::conformance!) makes of its options.
#[derive(Debug)]
pub struct Suite {
    chain: &'static Chain,
    prefix: &'static str,
    setup: &'static str,
    sample: Option<usize>,
    /// Held by the tests that are under way, so that it goes with the last of them.
    template: Mutex<Weak<Database>>,
    reference: OnceCell<Vec<Snapshot>>,
}

impl Suite {
    /// The tests of a chain.
    pub fn new(chain: &'static Chain) -> Self {
        let (template, reference) = (Mutex::new(Weak::new()), OnceCell::new());
        Self { chain, prefix: "Conformance", setup: "", sample: None, template, reference }
    }

    /// The schema that is tested most.
    #[must_use]
    pub fn prefix(self, prefix: &'static str) -> Self {
        Self { prefix, ..self }
    }

    /// SQL that makes what the chain requires of others. Its roles may be there already.
    #[must_use]
    pub fn setup(self, sql: &'static str) -> Self {
        Self { setup: sql, ..self }
    }

    /// Sessions end behind so many statements of each version, and not behind all of them, unless
    /// `PKMIG_EVERY_STATEMENT` is set: for chains that would take minutes.
    #[must_use]
    pub fn sample(self, statements: usize) -> Self {
        Self { sample: Some(statements), ..self }
    }

    /// Behind how many statements of a version sessions end, if not behind all.
    pub(super) fn sampled(&self) -> Option<usize> {
        self.sample.filter(|_| std::env::var_os("PKMIG_EVERY_STATEMENT").is_none())
    }

    /// The chain.
    pub fn chain(&self) -> &'static Chain {
        self.chain
    }

    /// The schema that is tested most.
    pub(super) fn home(&self) -> &'static str {
        self.prefix
    }

    /// A migrator that may drop what the versions have put in.
    pub(super) fn migrator(&self, prefix: &str) -> Migrator {
        self.chain.migrator().prefix(prefix).allow_data_loss(true).baseline(false)
    }

    /// The lowest version that the newest one can go down to step by step.
    pub(super) fn floor(&self) -> Result<u32, Stop> {
        let first = self.chain.first().0.min(self.chain.latest().0);
        let mut floor = first;
        loop {
            match self.migrator(self.prefix).script(self.chain.latest().0, floor) {
                // From the first version, the next step takes all away.
                Ok(_) => return Ok(if floor == first { 0 } else { floor }),
                Err(Error::Irreversible { version, .. }) => floor = version.0,
                Err(error) => return Err(Stop::Fault(error.to_string())),
            }
        }
    }

    /// An install to be, in a database of its own that has all it requires.
    pub(super) async fn install(&'static self) -> Result<Install, Stop> {
        let template = self.template().await?;
        Install::copied_from(self, &template).await
    }

    /// What the install holds at each version, from 0 on, made one by one.
    pub(super) async fn reference(&'static self) -> Result<&'static [Snapshot], Stop> {
        let read = || async {
            let mut install = self.install().await?;
            let mut snapshots = vec![install.snapshot().await?];
            for version in 1..=self.chain.latest().0 {
                install.go(version).await?;
                snapshots.push(install.snapshot().await?);
            }
            Ok(snapshots)
        };
        Ok(self.reference.get_or_try_init(read).await?)
    }

    /// The database that installs are copied from.
    async fn template(&self) -> Result<Arc<Database>, Stop> {
        let mut template = self.template.lock().await;
        if let Some(there) = template.upgrade() {
            return Ok(there);
        }
        let made = Arc::new(self.prepared().await?);
        *template = Arc::downgrade(&made);
        Ok(made)
    }

    async fn prepared(&self) -> Result<Database, Stop> {
        let database = Database::create().await.during(|| "a database".to_owned())?;
        let mut connection = database.connect().await.during(|| "a database".to_owned())?;
        self.look_for_extensions(&mut connection).await?;
        let setup = sqlx::raw_sql(AssertSqlSafe(self.setup)).execute(&mut connection).await;
        setup.during(|| "the SQL of `setup`".to_owned())?;
        for required in self.chain.required_chains() {
            let migrator = required.chain.migrator().prefix(required.prefix);
            let run = migrator.up_to(required.at.0, &mut connection).await;
            run.during(|| format!("the required chain `{}`", required.chain.name))?;
        }
        sqlx::Connection::close(connection).await.during(|| "a database".to_owned())?;
        Ok(database)
    }

    /// Skips where the server lacks an extension of the chain's, or of those that it builds on.
    async fn look_for_extensions(&self, connection: &mut PgConnection) -> Result<(), Stop> {
        let required = self.chain.required_chains().iter().map(|required| required.chain);
        for chain in required.chain([self.chain]) {
            for extension in chain.schema_at(chain.latest()).extensions() {
                let sql = "SELECT EXISTS (SELECT FROM pg_catalog.pg_available_extensions WHERE name = $1)";
                let there = sqlx::query_scalar::<_, bool>(sql).bind(extension).fetch_one(&mut *connection).await;
                if !there.during(|| "the server's extensions".to_owned())? {
                    return Err(Stop::Skipped(format!("no extension {extension}")));
                }
            }
        }
        Ok(())
    }
}
