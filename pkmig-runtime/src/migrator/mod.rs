//! The migrator: brings an install from one version to another.
//!
//! Invariants: a version is one transaction and, unless it says otherwise, one message to the server; it is stamped in
//! that transaction; it runs under an advisory lock of the transaction, after the version was read again. Only simple
//! queries are sent, so a pooler in transaction mode may stand between. Nothing to do is one query.

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
    /// It has found out what is to be done.
    Planned {
        /// How many versions.
        versions: usize,
    },
    /// A fresh install begins, by baseline: all versions at once. It stands for their `Started`.
    Baseline {
        /// The version that it ends with.
        to: &'static Migration,
    },
    /// An uninstall begins: all versions are taken away at once. It stands for their `Started`.
    Uninstall {
        /// The version that is installed.
        from: &'static Migration,
    },
    /// A version begins.
    Started {
        /// The version.
        migration: &'static Migration,
        /// Which way.
        direction: Direction,
    },
    /// A version waits for a lock that somebody else holds, and is tried again.
    Retrying {
        /// The version.
        migration: &'static Migration,
        /// How often it was tried.
        attempt: u32,
        /// The pause before the next try.
        pause: Duration,
        /// Who holds locks on tables of the prefix.
        blockers: Vec<Blocker>,
    },
    /// A version has waited for a few seconds: for another run of the chain in the same prefix, or, with a statement that stands in
    /// no transaction, for those that hold its table or, of an index made concurrently, have transactions that are older.
    Waiting {
        /// The version.
        migration: &'static Migration,
        /// For how long.
        waited: Duration,
        /// Whom it waits for.
        blockers: Vec<Blocker>,
    },
    /// A version was stamped.
    Finished(Applied),
    /// It has left no line in the ledger, nor may the next ones: said once in a run.
    Unwritten {
        /// Why.
        why: String,
    },
}

/// A version that was run, a baseline or an uninstall.
#[derive(Debug, Clone)]
pub struct Applied {
    /// The version; of a baseline, the one that it ends with, of an uninstall the one that it begins with.
    pub version: Version,
    /// How many versions it stands for: one, but for a baseline and an uninstall.
    pub versions: usize,
    /// Its title.
    pub title: &'static str,
    /// Which way.
    pub direction: Direction,
    /// How long it took.
    pub took: Duration,
}

/// What a run has done.
#[derive(Debug, Clone)]
pub struct Run {
    /// The version before it.
    pub from: Version,
    /// The version after it.
    pub to: Version,
    /// The versions that this run has run, in order; another runner may have done the rest.
    pub applied: Vec<Applied>,
    /// Why the ledger was not written, if it was not: the first reason of the run.
    pub unwritten: Option<String>,
    /// The rows that the versions have seeded and that a down has left where they are, because somebody had changed them or
    /// pointed at them when it began.
    pub stays: Vec<String>,
}

/// Where an install stands.
#[derive(Debug, Clone)]
pub struct Status {
    /// The chain's name.
    pub chain: &'static str,
    /// The prefix.
    pub prefix: Prefix,
    /// The installed version; `V0` where nothing is installed.
    pub version: Version,
    /// The chain's newest version.
    pub latest: Version,
    /// The versions that `up` would run.
    pub pending: Vec<&'static Migration>,
    /// Whether the tracking table is there without the comment that holds the version: `up` refuses, and
    /// [`adopt`](Migrator::adopt) finds the version.
    pub unstamped: bool,
}

/// What a migrator takes its connection from: `&PgPool`, `&mut PgConnection`, a transaction.
///
/// The methods that take one say that their futures are `Send`. An `async fn` would leave that to the compiler, which
/// cannot find it out for a borrowed connection in a spawned task.
pub trait Database<'a>: Acquire<'a, Database = Postgres, Connection: Send> + Send + 'a {
    /// How another connection to the same database is made, where that is known ([`Migrator::reconnect`]).
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
    /// The schema that the install lives in; `public`, if nothing is said. A name that no schema can have is reported
    /// when the migrator runs.
    pub fn prefix(mut self, name: impl Into<String>) -> Self {
        self.prefix = Prefix::new(name);
        self
    }

    /// Whether a missing schema is created; it is, if nothing is said.
    pub fn create_schema(mut self, create: bool) -> Self {
        self.create_schema = create;
        self
    }

    /// Whether a down may drop tables and columns that hold rows, and delete rows with what foreign keys take along; it may
    /// not, if nothing is said. The same goes for an up whose stamp is in doubt, or that would drop what the stamped version
    /// does not declare.
    pub fn allow_data_loss(mut self, allow: bool) -> Self {
        self.allow_data_loss = allow;
        self
    }

    /// Whether a fresh install is made at once, as a baseline: the chain folded into its final schema and rows. It is, if
    /// nothing is said, where every step on rows tells what it means to a fresh install; otherwise, and where the schema
    /// holds a name that is to be made, the versions are run one by one.
    pub fn baseline(mut self, baseline: bool) -> Self {
        self.baseline = baseline;
        self
    }

    /// Names tables that are there already, which a version that creates them may find as its own: ordinary tables of the
    /// running role, or of one that it is a member of, as the version declares them. A table that is not named is never taken
    /// over: the run is refused before its first statement.
    pub fn take_over<T: Into<String>>(mut self, tables: impl IntoIterator<Item = T>) -> Self {
        self.take_over = tables.into_iter().map(Into::into).collect();
        self
    }

    /// How long a statement waits for a lock on a table before the version is rolled back and tried again; five
    /// seconds, if nothing is said. Queries that come later than the statement wait behind it, so keep it short.
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout;
        self
    }

    /// How often a version is tried again after such a time-out, with growing pauses; five times, if nothing is said.
    pub fn lock_retries(mut self, retries: u32) -> Self {
        self.lock_retries = retries;
        self
    }

    /// How long to wait for others who are at work; a minute, if nothing is said: for another runner of the same chain in the same
    /// prefix, and with an index that is made concurrently for those who hold its table or have transactions that are older. The
    /// latter is seen by a second connection only ([`reconnect`](Self::reconnect)); without one, it waits until they are done.
    pub fn runner_timeout(mut self, timeout: Duration) -> Self {
        self.runner_timeout = timeout;
        self
    }

    /// How long a version, a batch-wise step or an index made concurrently may take as a whole, waiting for tables included and
    /// waiting for another runner not; for ever, if nothing is said. What the role or the database has set as
    /// `statement_timeout` does not count: it is meant for queries, and would make long versions impossible.
    pub fn statement_timeout(mut self, timeout: Duration) -> Self {
        self.statement_timeout = timeout;
        self
    }

    /// Whether there is a ledger; there is one, if nothing is said. Without one, it is neither made nor read nor written.
    pub fn with_ledger(mut self, ledger: bool) -> Self {
        self.ledger = ledger;
        self
    }

    /// What the ledger calls this program, such as `notes 1.4.0`; pkmig and its version, if nothing is said.
    pub fn program(mut self, name: impl Into<String>) -> Self {
        self.program = name.into();
        self
    }

    /// Names roles whose objects are trusted as those of the running role are: what they have made may be called, replaced and
    /// written with its rights. Without being named, only the running role is trusted, and the roles that it is a member of.
    /// A superuser is a member of no role by being one: one who upgrades what `app` has installed names `app`, or runs as it.
    pub fn trust_owners<T: Into<String>>(mut self, roles: impl IntoIterator<Item = T>) -> Self {
        self.trusted_owners = roles.into_iter().map(Into::into).collect();
        self
    }

    /// Whether versions find names by the search path of the session, too, behind PostgreSQL's own and those of the chain's
    /// extensions; they do not, if nothing is said. A host's trigger or event trigger that names its tables without their
    /// schema needs it. Whoever may create objects in a schema of that path may have them called with the rights of the running
    /// role.
    pub fn host_path(mut self, keep: bool) -> Self {
        self.host_path = keep;
        self
    }

    /// Names the schema that an extension is created in where the database does not have it yet; `public`, if nothing is said. The
    /// schema has to exist.
    pub fn extension_schema(mut self, extension: impl Into<String>, schema: impl Into<String>) -> Self {
        self.extension_schemas.insert(extension.into(), schema.into());
        self
    }

    /// Whether a run goes on although the ledger knows of a version that it was another one when it was applied: somebody has
    /// edited it, or two people have given it the same number. It does not, if nothing is said.
    pub fn accept_edited(mut self, accept: bool) -> Self {
        self.accept_edited = accept;
        self
    }

    /// Says how another connection to the same database is made; of a pool it is known anyway. Runs that take longer than a few
    /// seconds make one, to see whom they wait for and whether the server is still at work on what was sent to it. Where
    /// it is not, or cannot be reached for that long ([`runner_timeout`](Self::runner_timeout)), the run ends and the version is read again: the error says what has become of it.
    pub fn reconnect(mut self, options: PgConnectOptions) -> Self {
        self.reconnect = Some(Reconnect::new(options));
        self
    }

    /// Calls `observer` with what the run is doing.
    pub fn observe(mut self, observer: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.observer = Observer(Arc::new(observer));
        self
    }

    /// Runs all versions that are missing.
    ///
    /// # Errors
    /// See [`Error`]. Versions that were run before the error stay.
    pub fn up<'a>(&'a self, database: impl Database<'a>) -> impl Future<Output = Result<Run, Error>> + Send + 'a {
        self.up_to(self.chain.latest().0, database)
    }

    /// Runs the versions that are missing up to `target`.
    ///
    /// # Errors
    /// See [`Error`]. Versions that were run before the error stay.
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

    /// Leaves the versions above `target`, newest first. 0 takes the whole install away, in one transaction and whatever
    /// the classes of the downs say: an uninstall is no walk of downs.
    ///
    /// # Errors
    /// See [`Error`]. Versions that were left before the error stay left.
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

    /// The installed version; `V0` where nothing is installed.
    ///
    /// # Errors
    /// If the database cannot be asked, or the install's comment is no version.
    pub fn version<'a>(
        &'a self,
        database: impl Database<'a>,
    ) -> impl Future<Output = Result<Version, Error>> + Send + 'a {
        async move { Ok(self.status(database).await?.version) }
    }

    /// Where the install stands.
    ///
    /// # Errors
    /// If the database cannot be asked, or the install's comment is no version.
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

    /// What the ledger of the database says of the install: which version was applied when, by what and with which hash.
    ///
    /// # Errors
    /// If the database cannot be asked. That there is no ledger, or none that can be read and trusted, is none: the answer says
    /// so. A lock on it is not waited for.
    pub fn ledger<'a>(
        &'a self,
        database: impl Database<'a>,
    ) -> impl Future<Output = Result<Ledger, Error>> + Send + 'a {
        async move {
            let mut connection = database.acquire().await.map_err(Error::Connection)?;
            ledger::read(self, &mut connection).await
        }
    }

    /// Compares the install with the model of its stamped version, object by object, as PostgreSQL prints both.
    ///
    /// The expected schema is made in a schema of its own, in a transaction that is rolled back; of the install's own
    /// tables nothing is locked that a query would not lock, too. A run that is under way is waited for.
    ///
    /// # Errors
    /// If nothing is installed, if the role may not create a schema in the database, or if the database cannot be asked.
    /// That something differs is no error.
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
    /// What either would refuse before its first statement.
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

    /// The SQL from one version to another as a script for `psql -v ON_ERROR_STOP=1 -f`, without a database. It can be
    /// run again: every version asks whether it has been applied.
    ///
    /// # Errors
    /// If the chain has no such versions, or one on the way down is irreversible and does not lead to 0.
    pub fn script(&self, from: u32, to: u32) -> Result<Vec<PlannedVersion>, Error> {
        let (from, to) = (Version(from), Version(to));
        self.check_target(from)?;
        self.check_target(to)?;
        self.planned(&self.context(&self.checked_prefix()?), from, to)
    }

    /// All versions up to `to` at once, as a script for `psql -v ON_ERROR_STOP=1 -f` in a database without the install.
    /// Where it has been run, it does nothing.
    ///
    /// # Errors
    /// If the chain has no such version, or cannot be folded.
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
    /// If the chain has no such version, or cannot be folded.
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
