//! A chain of versions, and what can be asked about it.

use std::sync::OnceLock;

use pkmig_schema::baseline::{Folded, NoBaseline, fold};
use pkmig_schema::down::uninstall::{Uninstall, uninstall};
use pkmig_schema::own::OwnRows;
use pkmig_schema::replay::{Replayed, apply, replay};
use pkmig_schema::{Function, Migration, Name, ObjectKind, Privilege, Report, Requirement, Schema, Step, Version};

use crate::Prefix;
use pkmig_sql::{Context, Guarded, lower, lower_down};

/// The ordered versions of a library: what `chain!` declares.
#[derive(Debug)]
pub struct Chain {
    /// Its name, by which `pkmig --chain` and the advisory lock know it.
    pub name: &'static str,
    /// The table whose comment holds the version.
    pub tracked_by: &'static str,
    migrations: &'static [&'static Migration],
    requirements: &'static [Requirement],
    required_chains: &'static [RequiredChain],
    floor: Floor,
    /// The schema before the first version, and after each: replayed once in a program.
    schemas: OnceLock<Vec<Schema>>,
    /// The rows that it seeds.
    own_rows: OnceLock<OwnRows>,
}

/// Where a chain begins.
#[derive(Debug, Clone, Copy)]
struct Floor {
    /// Its first version.
    first: Version,
    /// The release of the library that upgrades older installs to it; none if the chain begins with V1.
    bridge: Option<&'static str>,
}

/// Another chain that a chain requires: `requires BASE_MCP at 10 in prefix platform;`.
#[derive(Debug)]
pub struct RequiredChain {
    /// The chain.
    pub chain: &'static Chain,
    /// The version that it must have reached.
    pub at: Version,
    /// Where it is installed.
    pub prefix: &'static str,
}

impl Chain {
    /// What `chain!` expands to. The versions have been checked against each other.
    #[doc(hidden)]
    pub const fn new(name: &'static str, tracked_by: &'static str, migrations: &'static [&'static Migration]) -> Self {
        Self {
            name,
            tracked_by,
            migrations,
            requirements: &[],
            required_chains: &[],
            floor: Floor { first: Version(1), bridge: None },
            schemas: OnceLock::new(),
            own_rows: OnceLock::new(),
        }
    }

    /// What `requires …;` expands to.
    #[doc(hidden)]
    #[must_use]
    pub const fn requiring(
        mut self,
        requirements: &'static [Requirement],
        required_chains: &'static [RequiredChain],
    ) -> Self {
        self.requirements = requirements;
        self.required_chains = required_chains;
        self
    }

    /// What `from V100 bridged_by "0.9";` expands to.
    #[doc(hidden)]
    #[must_use]
    pub const fn beginning_with(mut self, first: u32, bridge: &'static str) -> Self {
        self.floor = Floor { first: Version(first), bridge: Some(bridge) };
        self
    }

    /// The first version: V1, unless the chain begins later (`from V100 …;`).
    pub fn first(&self) -> Version {
        self.floor.first
    }

    /// The release of the library that upgrades older installs to the first version.
    pub fn bridge(&self) -> Option<&'static str> {
        self.floor.bridge
    }

    /// The version that a version follows: none, V0, before the first one.
    pub fn previous(&self, version: Version) -> Version {
        if version > self.floor.first { Version(version.0 - 1) } else { Version(0) }
    }

    /// The number of versions above `from`, up to `to`.
    pub fn between(&self, from: Version, to: Version) -> usize {
        self.migrations.iter().filter(|migration| migration.version > from && migration.version <= to).count()
    }

    /// The roles, functions and tables outside the prefix that it requires.
    pub fn requirements(&self) -> &'static [Requirement] {
        self.requirements
    }

    /// The chains that it requires.
    pub fn required_chains(&self) -> &'static [RequiredChain] {
        self.required_chains
    }

    /// Its versions, in order.
    pub fn migrations(&self) -> &'static [&'static Migration] {
        self.migrations
    }

    /// The newest version; `V0` of an empty chain.
    pub fn latest(&self) -> Version {
        self.migrations.last().map_or(Version(0), |migration| migration.version)
    }

    /// The version of that number.
    pub fn migration(&self, version: Version) -> Option<&'static Migration> {
        let index = usize::try_from(version.0).ok()?.checked_sub(usize::try_from(self.floor.first.0).ok()?)?;
        self.migrations.get(index).copied()
    }

    /// The schema that the chain makes up to and including `version`.
    pub fn schema_at(&self, version: Version) -> &Schema {
        let versions = self.migrations.iter().take_while(|migration| migration.version <= version).count();
        &self.schemas()[versions]
    }

    /// The schema before the first version, and after each.
    pub(crate) fn schemas(&self) -> &[Schema] {
        self.schemas.get_or_init(|| {
            let mut schema = Schema::requiring(self.requirements);
            let mut schemas = vec![schema.clone()];
            for migration in self.migrations {
                apply(&mut schema, migration, &mut Report::default());
                schemas.push(schema.clone());
            }
            schemas
        })
    }

    /// The extensions that any of its versions creates.
    pub(crate) fn extensions(&self) -> impl Iterator<Item = Name> {
        let steps = self.migrations.iter().flat_map(|migration| migration.steps.iter());
        steps.filter_map(|step| if let Step::CreateExtension { name } = step { Some(*name) } else { None })
    }

    /// Whether one of its versions grants CREATE on the prefix.
    pub(crate) fn opens_its_schema(&self) -> bool {
        let mut steps = self.migrations.iter().flat_map(|migration| migration.steps.iter());
        steps.any(|step| match step {
            Step::Grant(grant) => grant.on.kind == ObjectKind::Schema && grant.privileges.contains(&Privilege::Create),
            _ => false,
        })
    }

    /// The functions that any of its versions creates.
    pub(crate) fn functions(&self) -> impl Iterator<Item = &'static Function> {
        let steps = self.migrations.iter().flat_map(|migration| migration.steps.iter());
        steps.filter_map(|step| if let Step::CreateFunction { def, .. } = step { Some(def) } else { None })
    }

    /// The rows that its versions seed.
    pub(crate) fn own_rows(&self) -> &OwnRows {
        self.own_rows.get_or_init(|| OwnRows::of(self.migrations.iter().copied(), self.requirements))
    }

    /// Whether there is a baseline of `version`, and if not, why.
    ///
    /// # Errors
    /// The first step that lacks what a baseline needs.
    pub fn check_baseline(&self, version: Version) -> Result<(), NoBaseline> {
        self.fold(version).map(|_| ())
    }

    /// The baseline of `version`.
    pub(crate) fn fold(&self, version: Version) -> Result<Folded, NoBaseline> {
        let versions = self.migrations.iter().take_while(|migration| migration.version <= version);
        fold(self.requirements, versions.copied())
    }

    /// The uninstall of `version`.
    pub(crate) fn uninstall(&self, version: Version) -> Uninstall {
        let versions = self.migrations.iter().take_while(|migration| migration.version <= version);
        uninstall(self.requirements, versions.copied())
    }

    /// The versions above `from`, up to `to`, replayed.
    pub(crate) fn replay(&self, from: Version, to: Version) -> impl Iterator<Item = (&'static Migration, Replayed)> {
        let versions = self.migrations.iter().zip(self.schemas());
        let between = versions.filter(move |(migration, _)| migration.version > from && migration.version <= to);
        between.map(|(migration, before)| (*migration, self.replayed(before, migration)))
    }

    /// One version replayed on the schema before it.
    pub(crate) fn replayed(&self, before: &Schema, migration: &Migration) -> Replayed {
        // What the replay would report, `chain!` has reported at compile time.
        replay(before, migration, &mut Report::default())
    }
}

/// A version that a chain lists: what `chain!` implements for the struct of each of its versions.
#[diagnostic::on_unimplemented(
    message = "migration `{Self}` is not listed in any `chain!`",
    label = "no chain runs this version",
    note = "add its module to the chain that it belongs to"
)]
pub trait Member {
    /// The version's number.
    const VERSION: Version;

    /// The chain. A function, because the compiler would look through the whole chain for each constant that refers to it.
    fn chain() -> &'static Chain;

    /// The guarded statements of its up, in the prefix.
    fn up(&self, prefix: &Prefix) -> Vec<Guarded> {
        let (migration, before) = moment::<Self>();
        let replayed = Self::chain().replayed(before, migration);
        lower(&replayed.moments, &Context::new(prefix))
    }

    /// The guarded statements of its down, in the prefix.
    ///
    /// # Errors
    /// The author's reason, if the version is irreversible.
    fn down(&self, prefix: &Prefix) -> Result<Vec<Guarded>, crate::Error> {
        let (migration, before) = moment::<Self>();
        let replayed = Self::chain().replayed(before, migration);
        let (moments, _) = crate::plan::down_moments(&replayed, migration)?;
        Ok(lower_down(&moments, migration.version, Self::chain().own_rows(), &Context::new(prefix)))
    }
}

fn moment<M: Member + ?Sized>() -> (&'static Migration, &'static Schema) {
    // OK because `chain!` implements this trait only for versions that it lists, by their number.
    #[allow(clippy::expect_used)]
    let migration = M::chain().migration(M::VERSION).expect("a member is listed in its chain");
    (migration, M::chain().schema_at(M::chain().previous(M::VERSION)))
}
