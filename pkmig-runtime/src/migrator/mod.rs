//! The migrator: brings an install from one version to another.
//!
//! Invariants:
//!
//! - A version is one transaction and one message to the server, unless one of its steps cannot run in a transaction. It is
//!   recorded in that transaction, under an advisory lock, after the recorded version was read again.
//! - Only simple queries are sent, so a pooler in transaction mode may stand between.
//! - If there is nothing to do, one query is sent.

mod dropped;
mod evidence;
mod fresh;
mod heal;
mod install;
mod keep;
mod ledger;
mod preflight;
#[cfg(feature = "rehearsal")]
mod rehearse;
mod repair;
mod requirements;
mod run;
mod send;
mod session;
mod transaction;
mod verify;
mod waiting;
mod watch;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use pkmig_schema::{Migration, Version};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool};
use sqlx::{Acquire, PgConnection, Postgres};

use crate::plan::{PlannedVersion, Planner};
use crate::{Blocker, Chain, Error, Prefix, PrefixError, Verification};
pub use heal::Fit;
use install::Install;
pub use ledger::{Entry, Ledger, NoLedger};
use pkmig_sql::{Context, Direction};
#[cfg(feature = "rehearsal")]
pub use rehearse::Rehearsal;
use watch::Reconnect;

impl Chain {
    /// A migrator for the prefix `public`.
    pub fn migrator(&'static self) -> Migrator {
        Migrator {
            chain: self,
            prefix: Ok(Prefix::default()),
            create_schema: true,
            allow_data_loss: false,
            baseline: true,
            take_over: BTreeSet::new(),
            lock_timeout: Duration::from_secs(5),
            lock_retries: 5,
            runner_timeout: Duration::from_secs(60),
            statement_timeout: Duration::ZERO,
            ledger: true,
            program: concat!("pkmig ", env!("CARGO_PKG_VERSION")).to_owned(),
            trusted_owners: Vec::new(),
            host_path: false,
            accept_edited: false,
            extension_schemas: BTreeMap::new(),
            observer: Observer(Arc::new(|_| {})),
            reconnect: None,
        }
    }
}

/// Brings an install of a chain to a version.
#[derive(Debug, Clone)]
#[must_use = "a migrator does nothing until `up`, `up_to` or `down_to` is called"]
pub struct Migrator {
    chain: &'static Chain,
    prefix: Result<Prefix, PrefixError>,
    create_schema: bool,
    allow_data_loss: bool,
    baseline: bool,
    take_over: BTreeSet<String>,
    lock_timeout: Duration,
    lock_retries: u32,
    runner_timeout: Duration,
    statement_timeout: Duration,
    ledger: bool,
    program: String,
    trusted_owners: Vec<String>,
    host_path: bool,
    accept_edited: bool,
    extension_schemas: BTreeMap<String, String>,
    observer: Observer,
    reconnect: Option<Reconnect>,
}

#[derive(Clone)]
struct Observer(Arc<dyn Fn(&Event) + Send + Sync>);

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Observer")
    }
}

/// What a run is doing.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum Event {
    /// It knows what to do.
    Planned {
        /// How many versions.
        versions: usize,
    },
    /// A baseline begins: a fresh install of all versions at once. There is no `Started` for each of them.
    Baseline {
        /// The version that it ends with.
        to: &'static Migration,
    },
    /// An uninstall of all versions begins. There is no `Started` for each of them.
    Uninstall {
        /// The version that is installed.
        from: &'static Migration,
    },
    /// A version begins.
    Started {
        /// The version.
        migration: &'static Migration,
        /// Up or down.
        direction: Direction,
    },
    /// Another session holds a lock that the version needs; the version is retried.
    Retrying {
        /// The version.
        migration: &'static Migration,
        /// The number of attempts so far.
        attempt: u32,
        /// The pause before the next attempt.
        pause: Duration,
        /// The sessions that hold locks on tables of the prefix.
        blockers: Vec<Blocker>,
    },
    /// A version has been waiting for a few seconds: for another run of the chain in the same prefix, or, outside a transaction, for
    /// sessions that hold a lock on its table or, with a concurrent index build, have older transactions.
    Waiting {
        /// The version.
        migration: &'static Migration,
        /// How long it has waited.
        waited: Duration,
        /// The sessions that it waits for.
        blockers: Vec<Blocker>,
    },
    /// A version was recorded.
    Finished(Applied),
    /// The ledger was not written. Reported once in a run.
    Unwritten {
        /// Why.
        why: String,
    },
}

/// What was run: a version, a baseline or an uninstall.
#[derive(Debug, Clone)]
pub struct Applied {
    /// The version; of a baseline the last one, of an uninstall the one that was installed.
    pub version: Version,
    /// The number of versions: one, except for a baseline and an uninstall.
    pub versions: usize,
    /// Its title.
    pub title: &'static str,
    /// Up or down.
    pub direction: Direction,
    /// How long it took.
    pub took: Duration,
}

/// The result of a run.
#[derive(Debug, Clone)]
pub struct Run {
    /// The version before it.
    pub from: Version,
    /// The version after it.
    pub to: Version,
    /// The versions that this run applied or reverted, in order; another runner may have done the rest.
    pub applied: Vec<Applied>,
    /// Why the ledger was not written, if it was not: the first reason of the run.
    pub unwritten: Option<String>,
    /// Seeded rows that a down has kept, because they had been changed or were referenced when it began.
    pub stays: Vec<String>,
}

/// The state of an install.
#[derive(Debug, Clone)]
pub struct Status {
    /// The chain's name.
    pub chain: &'static str,
    /// The prefix.
    pub prefix: Prefix,
    /// The installed version; `V0` if nothing is installed.
    pub version: Version,
    /// The chain's newest version.
    pub latest: Version,
    /// The versions that `up` would run.
    pub pending: Vec<&'static Migration>,
    /// Whether the tracking table exists without the comment that holds the version: `up` then refuses, and
    /// [`adopt`](Migrator::adopt) finds the version.
    pub unstamped: bool,
}

/// What a migrator takes its connection from: `&PgPool`, `&mut PgConnection`, a transaction.
///
/// The methods that take one declare their futures as `Send`. For an `async fn` the compiler would have to infer that, and it
/// cannot do so for a borrowed connection in a spawned task.
pub trait Database<'a>: Acquire<'a, Database = Postgres, Connection: Send> + Send + 'a {
    /// How to make another connection to the same database, if that is known ([`Migrator::reconnect`]).
    fn reconnects(&self) -> Option<PgConnectOptions> {
        None
    }
}

impl<'a> Database<'a> for &'a PgPool {
    fn reconnects(&self) -> Option<PgConnectOptions> {
        Some(PgConnectOptions::clone(&self.connect_options()))
    }
}

impl<'a> Database<'a> for &'a mut PgConnection {}
impl<'a> Database<'a> for &'a mut PoolConnection<Postgres> {}
impl<'a> Database<'a> for &'a mut sqlx::Transaction<'_, Postgres> {}

#[allow(clippy::manual_async_fn)] // An `async fn` does not promise `Send`.
impl Migrator {
    /// The schema that the install lives in; `public` by default. An invalid name is reported when the migrator runs.
    pub fn prefix(mut self, name: impl Into<String>) -> Self {
        self.prefix = Prefix::new(name);
        self
    }

    /// Whether to create a missing schema; yes by default.
    pub fn create_schema(mut self, create: bool) -> Self {
        self.create_schema = create;
        self
    }

    /// Whether a down may drop tables and columns that hold data, and delete rows together with those that foreign keys delete; no
    /// by default. It also allows an up if the recorded version is in doubt, or if data would be dropped that the recorded version
    /// does not declare.
    pub fn allow_data_loss(mut self, allow: bool) -> Self {
        self.allow_data_loss = allow;
        self
    }

    /// Whether to install a fresh schema in one go, as a baseline: the final schema and rows of the chain, without its history. Yes by
    /// default, if every step on rows says what it means for a fresh install. Otherwise, or if the schema already holds one of the
    /// names, the versions run one by one.
    pub fn baseline(mut self, baseline: bool) -> Self {
        self.baseline = baseline;
        self
    }

    /// Names existing tables that the version that creates them may take over: ordinary tables of the running role, or of a role that
    /// it is a member of, as the version declares them. A table that is not named is never taken over: the run is refused before its
    /// first statement.
    pub fn take_over<T: Into<String>>(mut self, tables: impl IntoIterator<Item = T>) -> Self {
        self.take_over = tables.into_iter().map(Into::into).collect();
        self
    }

    /// How long a statement waits for a lock on a table before its version is rolled back and retried; five seconds by default. Later
    /// queries queue behind the waiting statement, so keep it short.
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout;
        self
    }

    /// How often a version is retried after such a time-out, with growing pauses; five times by default.
    pub fn lock_retries(mut self, retries: u32) -> Self {
        self.lock_retries = retries;
        self
    }

    /// How long to wait for other sessions; a minute by default. These are another runner of the same chain in the same prefix, and,
    /// with a concurrent index build, sessions that hold a lock on the table or have older transactions. The latter needs a second
    /// connection ([`reconnect`](Self::reconnect)); without one, an index build waits without limit.
    pub fn runner_timeout(mut self, timeout: Duration) -> Self {
        self.runner_timeout = timeout;
        self
    }

    /// How long a version, a step in batches or a concurrent index build may take, including waiting for tables, but not for another
    /// runner; without limit by default. The `statement_timeout` of the role or the database does not apply: it is meant for queries,
    /// and would make long versions impossible.
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = timeout;
        self
    }

    /// Whether to keep a ledger; yes by default. Otherwise it is not created, read or written.
    pub fn with_ledger(mut self, ledger: bool) -> Self {
        self.ledger = ledger;
        self
    }

    /// The name of this program in the ledger, such as `notes 1.4.0`; pkmig and its version by default.
    pub fn program(mut self, name: impl Into<String>) -> Self {
        self.program = name.into();
        self
    }

    /// Names roles whose objects are trusted like those of the running role: they may be called, replaced and written with its
    /// privileges. By default, only the running role and the roles that it is a member of are trusted. A superuser is not thereby a
    /// member of every role: to upgrade what `app` installed, it names `app`, or runs as `app`.
    pub fn trust_owners<T: Into<String>>(mut self, roles: impl IntoIterator<Item = T>) -> Self {
        self.trusted_owners = roles.into_iter().map(Into::into).collect();
        self
    }

    /// Whether versions also find names by the session's search path, after `pg_catalog` and the schemas of the chain's extensions; no
    /// by default. A host's trigger or event trigger that names its tables without a schema needs it. Whoever may create objects in a
    /// schema of that path can have them called with the privileges of the running role.
    pub fn host_path(mut self, keep: bool) -> Self {
        self.host_path = keep;
        self
    }

    /// Names the schema in which a missing extension is created; `public` by default. The schema must exist.
    pub fn extension_schema(mut self, extension: impl Into<String>, schema: impl Into<String>) -> Self {
        self.extension_schemas.insert(extension.into(), schema.into());
        self
    }

    /// Whether a run continues although the ledger shows that an applied version was edited, or that two versions share its number; no
    /// by default.
    pub fn accept_edited(mut self, accept: bool) -> Self {
        self.accept_edited = accept;
        self
    }

    /// How to make another connection to the same database; a pool already provides this. A run that takes longer than a few seconds
    /// makes one, to find the sessions that it waits for, and whether the server is still working on what was sent. If it is not, or
    /// cannot be reached for [`runner_timeout`](Self::runner_timeout), the run ends and the version is read again, so that the error
    /// can say whether the version was applied.
    pub fn reconnect(mut self, options: PgConnectOptions) -> Self {
        self.reconnect = Some(Reconnect::new(options));
        self
    }

    /// Calls `observer` with the events of a run.
    pub fn observe(mut self, observer: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.observer = Observer(Arc::new(observer));
        self
    }

    /// Applies all missing versions.
    ///
    /// # Errors
    /// See [`Error`]. Versions that were applied before the error stay.
    pub fn up<'a>(&'a self, database: impl Database<'a>) -> impl Future<Output = Result<Run, Error>> + Send + 'a {
        self.up_to(self.chain.latest().0, database)
    }

    /// Applies the missing versions up to `target`.
    ///
    /// # Errors
    /// See [`Error`]. Versions that were applied before the error stay.
    pub fn up_to<'a>(
        &'a self,
        target: u32,
        database: impl Database<'a>,
    ) -> impl Future<Output = Result<Run, Error>> + Send + 'a {
        async move {
            let migrator = self.reconnecting_as(&database);
            let mut connection = database.acquire().await.map_err(Error::Connection)?;
            run::to(&migrator, Direction::Up, Version(target), &mut connection).await
        }
    }

    /// Reverts the versions above `target`, newest first. 0 uninstalls everything in one transaction, whatever the classes of the
    /// downs are: an uninstall does not run the downs.
    ///
    /// # Errors
    /// See [`Error`]. Versions that were reverted before the error stay reverted.
    pub fn down_to<'a>(
        &'a self,
        target: u32,
        database: impl Database<'a>,
    ) -> impl Future<Output = Result<Run, Error>> + Send + 'a {
        async move {
            let migrator = self.reconnecting_as(&database);
            let mut connection = database.acquire().await.map_err(Error::Connection)?;
            run::to(&migrator, Direction::Down, Version(target), &mut connection).await
        }
    }

    /// The installed version; `V0` if nothing is installed.
    ///
    /// # Errors
    /// If the query fails, or the comment of the tracking table is not a version.
    pub fn version<'a>(
        &'a self,
        database: impl Database<'a>,
    ) -> impl Future<Output = Result<Version, Error>> + Send + 'a {
        async move { Ok(self.status(database).await?.version) }
    }

    /// Where the install stands.
    ///
    /// # Errors
    /// If the query fails, or the comment of the tracking table is not a version.
    pub fn status<'a>(
        &'a self,
        database: impl Database<'a>,
    ) -> impl Future<Output = Result<Status, Error>> + Send + 'a {
        async move {
            let mut connection = database.acquire().await.map_err(Error::Connection)?;
            let prefix = self.checked_prefix()?;
            let Install { version, is_unstamped: unstamped, .. } =
                Install::read(self.chain, &prefix, &mut connection).await?;
            let pending = self.chain.migrations().iter().filter(|it| it.version > version).copied().collect();
            Ok(Status { chain: self.chain.name, prefix, version, latest: self.chain.latest(), pending, unstamped })
        }
    }

    /// What the ledger says about the install: which version was applied when, by which program and with which hash.
    ///
    /// # Errors
    /// If the query fails. A missing, unreadable or untrusted ledger is not an error: [`Ledger`] says so. It does not wait for a lock
    /// on it.
    pub fn ledger<'a>(
        &'a self,
        database: impl Database<'a>,
    ) -> impl Future<Output = Result<Ledger, Error>> + Send + 'a {
        async move {
            let mut connection = database.acquire().await.map_err(Error::Connection)?;
            ledger::read(self, &mut connection).await
        }
    }

    /// Compares the install with the model of its recorded version, object by object, as PostgreSQL prints both.
    ///
    /// The expected objects are created in a separate schema, in a transaction that is rolled back. The install's own tables are locked
    /// no more than by a query. It waits for a run that is under way.
    ///
    /// # Errors
    /// If nothing is installed, if the role may not create a schema in the database, or if a query fails. Differences are not an
    /// error.
    pub fn verify<'a>(
        &'a self,
        database: impl Database<'a>,
    ) -> impl Future<Output = Result<Verification, Error>> + Send + 'a {
        async move {
            let mut connection = database.acquire().await.map_err(Error::Connection)?;
            verify::verify(self, &mut connection).await
        }
    }

    /// What `up_to` or `down_to` would run from the installed version, without running it.
    ///
    /// # Errors
    /// Whatever either of them would refuse before its first statement.
    pub fn plan<'a>(
        &'a self,
        target: Option<u32>,
        database: impl Database<'a>,
    ) -> impl Future<Output = Result<Vec<PlannedVersion>, Error>> + Send + 'a {
        async move {
            let mut connection = database.acquire().await.map_err(Error::Connection)?;
            let prefix = self.checked_prefix()?;
            let target = target.map_or(self.chain.latest(), Version);
            let (install, from) = self.looked_at(&prefix, |_| Ok(target), &mut connection).await?;
            let context = install.context(self, &prefix);
            let mut planned = match fresh::planned(self, &context, target).filter(|_| from == Version(0)) {
                Some(baseline) => vec![baseline],
                None => {
                    let mut planned = self.planned(&context, from, target)?;
                    match preflight::look(self, &context, &mut planned, &mut connection).await {
                        // A plan is shown to those, too, who may not run it.
                        Err(Error::Unfilled { .. }) | Ok(()) => {}
                        Err(error @ Error::NotCounted { version, .. }) => {
                            let at = planned.iter_mut().find(|planned| planned.migration.version == version);
                            at.into_iter().for_each(|planned| planned.holds.push(format!("unknown: {error}")));
                        }
                        Err(error) => return Err(error),
                    }
                    planned
                }
            };
            let found = preflight::dependents::of(self, &prefix, &context, &planned, from, &mut connection).await?;
            for dependent in found {
                planned[dependent.place].dependents.push(dependent);
            }
            for fired in preflight::triggers::of(self, &context, &planned, &mut connection).await? {
                let version = planned.iter_mut().find(|version| version.migration.version == fired.version);
                version.into_iter().for_each(|version| version.fires.push(fired.clone()));
            }
            Ok(planned)
        }
    }

    /// The SQL from one version to another as a script for `psql -v ON_ERROR_STOP=1 -f`, without a database. It can be run again:
    /// every version checks whether it has been applied.
    ///
    /// # Errors
    /// If the chain has no such versions, or if a version to be reverted is irreversible and the target is not 0.
    pub fn script(&self, from: u32, to: u32) -> Result<Vec<PlannedVersion>, Error> {
        let (from, to) = (Version(from), Version(to));
        self.check_target(from)?;
        self.check_target(to)?;
        self.planned(&self.context(&self.checked_prefix()?), from, to)
    }

    /// All versions up to `to` at once, as a script for `psql -v ON_ERROR_STOP=1 -f` in a database without the install.
    /// Running it again does nothing.
    ///
    /// # Errors
    /// If the chain has no such version, or no baseline.
    pub fn baseline_script(&self, to: u32) -> Result<PlannedVersion, Error> {
        let chain = self.chain.name;
        self.check_target(Version(to))?;
        let target = self.chain.migration(Version(to)).ok_or(Error::NothingToFold { chain })?;
        let context = self.context(&self.checked_prefix()?);
        self.planner(&context).baseline(target).map_err(|why| Error::NoBaseline { chain, why: Box::new(why) })
    }

    /// All versions up to `to` at once as the file of one version, for a chain that is to begin there.
    ///
    /// # Errors
    /// If the chain has no such version, or no baseline.
    pub fn baseline_source(&self, to: u32) -> Result<String, Error> {
        let chain = self.chain.name;
        self.check_target(Version(to))?;
        let target = self.chain.migration(Version(to)).ok_or(Error::NothingToFold { chain })?;
        let folded = self.chain.fold(target.version).map_err(|why| Error::NoBaseline { chain, why: Box::new(why) })?;
        Ok(folded.source(target.version))
    }

    /// With what is known of the database that it is given.
    fn reconnecting_as<'a>(&self, database: &impl Database<'a>) -> Cow<'_, Self> {
        match database.reconnects() {
            Some(options) if self.reconnect.is_none() => Cow::Owned(self.clone().reconnect(options)),
            _ => Cow::Borrowed(self),
        }
    }

    /// The install and its version, once what is there fits the stamp for a run to a target.
    async fn looked_at(
        &self,
        prefix: &Prefix,
        target: impl Fn(Version) -> Result<Version, Error>,
        connection: &mut PgConnection,
    ) -> Result<(Install, Version), Error> {
        loop {
            let install = Install::read(self.chain, prefix, connection).await?;
            let from = install.known_version(self.chain, prefix)?;
            let target = target(from)?;
            self.check_target(target)?;
            let context = install.context(self, prefix);
            let is_done = from == target && !install.is_alone;
            if is_done || evidence::fits(self, &install, &context, target, connection).await? {
                return Ok((install, from));
            }
        }
    }

    fn planned(&self, context: &Context, from: Version, to: Version) -> Result<Vec<PlannedVersion>, Error> {
        let planner = self.planner(context);
        if to >= from { Ok(planner.up(from, to)) } else { planner.down(from, to) }
    }

    fn planner<'a>(&self, context: &'a Context) -> Planner<'a> {
        let (create_schema, ledger, pins) = (self.create_schema, self.ledger, self.pins(context));
        Planner { chain: self.chain, context, create_schema, ledger, pins }
    }

    /// Where the SQL runs, as far as that is known without a database.
    fn context(&self, prefix: &Prefix) -> Context {
        Context::new(prefix).trusting(&self.trusted_owners).wanting(&self.extension_schemas)
    }

    fn checked_prefix(&self) -> Result<Prefix, Error> {
        self.prefix.clone().map_err(Error::Prefix)
    }

    fn not_installed(&self, prefix: &Prefix) -> Error {
        Error::NotInstalled { chain: self.chain.name, prefix: prefix.clone(), tracked_by: self.chain.tracked_by }
    }

    fn check_target(&self, target: Version) -> Result<(), Error> {
        let latest = self.chain.latest();
        let (chain, first) = (self.chain.name, self.chain.first());
        match () {
            () if target > latest => Err(Error::AboveChain { chain, target, latest }),
            () if Version(0) < target && target < first => Err(Error::BeforeChain { chain, target, first }),
            () => Ok(()),
        }
    }

    fn tell(&self, event: &Event) {
        (self.observer.0)(event);
    }
}
