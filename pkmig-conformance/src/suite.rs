//! A chain under test, and what its tests share: a prepared database to copy, and what every version makes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, OnceLock, Weak};
use std::time::{Duration, Instant};

use pkmig_schema::Version;
use sqlx::{AssertSqlSafe, PgConnection};
use tokio::sync::{Mutex, OnceCell};

use super::install::Install;
use super::snapshot::Snapshot;
use super::{During, Stop};
use pkmig_runtime::{Chain, Error, Migrator};
use pkmig_server::testing::{Database, full, left_out};

/// A chain under test: what [`conformance!`](crate::conformance!) makes of its options.
#[derive(Debug)]
pub struct Suite {
    chain: &'static Chain,
    prefix: &'static str,
    setup: &'static str,
    sample: Option<usize>,
    stops: Option<u32>,
    brief: bool,
    floor: OnceLock<u32>,
    /// How long a run over all versions takes here.
    whole: OnceCell<Duration>,
    told: OnceLock<()>,
    /// Held by the tests that are under way, so that it goes with the last of them.
    template: Mutex<Weak<Database>>,
    reference: OnceCell<Reference>,
}

/// What the versions make one by one: what an install holds at each version that a walk stops at, at the one before it,
/// and at the lowest and the newest.
#[derive(Debug)]
pub(super) struct Reference(BTreeMap<u32, Snapshot>);

impl Reference {
    /// At a version that is known.
    ///
    /// # Errors
    /// If it is none of those: a mistake of the check that asks.
    pub(super) fn at(&self, version: u32) -> Result<&Snapshot, Stop> {
        self.get(version).ok_or_else(|| Stop::Fault(format!("no walk of this run stops at V{version}")))
    }

    /// At any version, if it is known.
    pub(super) fn get(&self, version: u32) -> Option<&Snapshot> {
        self.0.get(&version)
    }

    /// The versions that are known.
    pub(super) fn versions(&self) -> impl Iterator<Item = u32> {
        self.0.keys().copied()
    }
}

impl Suite {
    /// The tests of a chain.
    pub fn new(chain: &'static Chain) -> Self {
        let (template, reference) = (Mutex::new(Weak::new()), OnceCell::new());
        let (floor, whole, told) = (OnceLock::new(), OnceCell::new(), OnceLock::new());
        let (prefix, setup, sample, stops, brief) = ("Conformance", "", None, None, false);
        Self { chain, prefix, setup, sample, stops, brief, floor, whole, told, template, reference }
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

    /// Sessions end behind so many statements of each version, others in each run, and not behind all of them: for chains that
    /// would take minutes. That all statements of a version are in one transaction, so that it does not matter behind which a
    /// session ends, is tested anyway. Fewer runs end at random moments, unless `PKMIG_FULL` is set.
    #[must_use]
    pub fn sample(self, statements: usize) -> Self {
        Self { sample: Some(statements), ..self }
    }

    /// Walks stop at so many versions, evenly spread, and run those between them in passing, unless `PKMIG_FULL` is set:
    /// for chains of many versions. The first and the newest are always among them.
    #[must_use]
    pub fn stops(self, versions: u32) -> Self {
        Self { stops: Some(versions), ..self }
    }

    /// Leaves out the tests of what happens around the versions (settings, runners, interruptions, roles, hosts, several installs), unless
    /// `PKMIG_FULL` is set: for a long chain beside shorter ones that go through them.
    #[must_use]
    pub fn brief(self, brief: bool) -> Self {
        Self { brief, ..self }
    }

    /// Behind how many statements of a version sessions end, if not behind all.
    pub(super) fn sampled(&self) -> Option<usize> {
        self.sample
    }

    /// How many runs end at random moments, at least.
    pub(super) fn interruptions(&self) -> u32 {
        if self.interrupts_fewer() { 5 } else { 16 }
    }

    fn interrupts_fewer(&self) -> bool {
        self.sample.is_some() && !full()
    }

    /// How many walks of random jumps there are.
    pub(super) fn walks(&self) -> u32 {
        if self.leaves_versions_out() { 1 } else { 3 }
    }

    pub(super) fn is_brief(&self) -> bool {
        self.brief && !full()
    }

    fn leaves_versions_out(&self) -> bool {
        self.versions().len() < self.chain.migrations().len()
    }

    /// The versions that walks stop at, in order.
    pub(super) fn versions(&self) -> Vec<u32> {
        let (first, latest) = (self.chain.first().0, self.chain.latest().0);
        match self.stops.filter(|_| !full()) {
            Some(stops) => spread(first, latest, stops),
            None => (first..=latest).collect(),
        }
    }

    /// The version before one: none, V0, before the first.
    pub(super) fn previous(&self, version: u32) -> u32 {
        self.chain.previous(Version(version)).0
    }

    /// The version that installs go down to where it does not matter to which: the lowest, or half of the way where not
    /// every version is looked at.
    pub(super) fn low(&self) -> Result<u32, Stop> {
        let (floor, versions) = (self.floor()?, self.versions());
        match self.leaves_versions_out() {
            true => Ok(versions[versions.len() / 2].max(floor)),
            false => Ok(floor),
        }
    }

    /// Says once, past the harness, what is not looked at.
    pub(super) fn tell_what_is_left_out(&self) {
        let mut left = Vec::new();
        if self.leaves_versions_out() {
            let (versions, all) = (self.versions().len(), self.chain.migrations().len());
            left.push(format!("walks stop at {versions} of {all} versions"));
        }
        if self.interrupts_fewer() {
            left.push(format!("{} runs end at random moments", self.interruptions()));
        }
        if self.is_brief() {
            left.push("tests of settings, runners, interruptions, roles, hosts and several installs".to_owned());
        }
        if self.told.set(()).is_ok() && !left.is_empty() {
            left_out(&format!("{}: {}", self.chain.name, left.join("; ")));
        }
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
        if let Some(floor) = self.floor.get() {
            return Ok(*floor);
        }
        let first = self.chain.first().0.min(self.chain.latest().0);
        let mut floor = first;
        loop {
            match self.migrator(self.prefix).script(self.chain.latest().0, floor) {
                // From the first version, the next step takes all away.
                Ok(_) => return Ok(*self.floor.get_or_init(|| if floor == first { 0 } else { floor })),
                Err(Error::Irreversible { version, .. }) => floor = version.0,
                Err(error) => return Err(Stop::Fault(error.report())),
            }
        }
    }

    /// An install to be, in a database of its own that has all it requires.
    pub(super) async fn install(&'static self) -> Result<Install, Stop> {
        let template = self.template().await?;
        Install::copied_from(self, &template).await
    }

    /// What the install holds at the versions that walks stop at, made one by one.
    pub(super) async fn reference(&'static self) -> Result<&'static Reference, Stop> {
        let read = || async {
            let stops = self.versions().into_iter().flat_map(|version| [self.previous(version), version]);
            let known: BTreeSet<u32> = stops.chain([0, self.floor()?, self.low()?, self.chain.latest().0]).collect();
            let mut install = self.install().await?;
            let mut snapshots = BTreeMap::new();
            for version in known {
                install.one_by_one(version).await?;
                snapshots.insert(version, install.snapshot().await?);
            }
            Ok(Reference(snapshots))
        };
        self.reference.get_or_try_init(read).await
    }

    /// How long a run over all versions takes here.
    pub(super) async fn whole(&'static self) -> Result<Duration, Stop> {
        let measured = || async {
            let mut install = self.install().await?;
            let began = Instant::now();
            install.go(self.chain.latest().0).await?;
            Ok(began.elapsed())
        };
        self.whole.get_or_try_init(measured).await.copied()
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
                    return Err(Stop::Skipped(format!("the server has no extension {extension}")));
                }
            }
        }
        Ok(())
    }
}

/// So many numbers from the first to the last, both among them, evenly spread.
fn spread(first: u32, last: u32, count: u32) -> Vec<u32> {
    let (distance, gaps) = (last.saturating_sub(first), count.max(2) - 1);
    let mut all: Vec<u32> = (0..=gaps).map(|gap| first + distance * gap / gaps).collect();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn the_first_and_the_newest_are_among_those_spread() {
        assert_eq!(spread(1, 136, 4), [1, 46, 91, 136]);
        assert_eq!(spread(100, 102, 12), [100, 101, 102]);
        assert_eq!(spread(1, 1, 12), [1]);
    }
}
