//! A chain while it grows: the schema that it has made so far, and the steps that the checker has accepted.

use std::collections::BTreeSet;

use pkmig::Chain;
use pkmig::schema::down::inverse::{NoInverse, inverse};
use pkmig::schema::replay::replay;
use pkmig::schema::{Down, Enum, List, Migration, Name, Report, Requirement, Schema, Step, Table, TableDef, Version};

use crate::choice::Choice;
use crate::gene::Gene;
use crate::steps;

/// The table whose comment holds the version.
pub(crate) const TRACK: Name = "track";

/// The roles that the tests make on their server.
pub(crate) const ROLES: [Name; 2] = ["pkmig_reader", "pkmig \"odd\" writer"];

/// What every chain requires.
static REQUIREMENTS: [Requirement; 2] = [Requirement::Role(ROLES[0]), Requirement::Role(ROLES[1])];

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) schema: Schema,
    /// The extensions that the server offers.
    pub(crate) extensions: &'static [Name],
    /// The major version of the server.
    pub(crate) version: u32,
    /// The tables, by id, that have or had rows since a seed.
    pub(crate) rows: BTreeSet<u32>,
    /// The columns that have refused nulls and do so no more, by their identities.
    pub(crate) relaxed: BTreeSet<u32>,
    migrations: Vec<&'static Migration>,
    before: Schema,
    steps: Vec<Step>,
    irreversible: bool,
}

/// What is wrong with the model by itself.
pub(crate) struct Broken {
    pub(crate) what: String,
    pub(crate) chain: &'static Chain,
}

/// The chain that grows from `genes`.
pub(crate) fn grow(genes: &[Gene], extensions: &'static [Name], version: u32) -> Result<&'static Chain, Broken> {
    let mut world = World::new(extensions, version);
    for gene in genes {
        let mut choice = Choice::new(gene.seed);
        let found = steps::make(gene.kind, &world, &mut choice);
        world.take(found);
        if gene.ends {
            world.end(&mut choice)?;
        }
    }
    world.end(&mut Choice::new(0))?;
    Ok(world.chain())
}

impl World {
    fn new(extensions: &'static [Name], version: u32) -> Self {
        let mut schema = Schema::requiring(&REQUIREMENTS);
        let before = schema.clone();
        schema.begin(Version(1));
        let mut world = Self {
            schema,
            extensions,
            version,
            rows: BTreeSet::new(),
            relaxed: BTreeSet::new(),
            migrations: Vec::new(),
            before,
            steps: Vec::new(),
            irreversible: false,
        };
        let track = TableDef {
            name: TRACK,
            unlogged: false,
            columns: List::Borrowed(&[]),
            constraints: List::Borrowed(&[]),
            indexes: List::Borrowed(&[]),
            row_security: Default::default(),
            policies: List::Borrowed(&[]),
            triggers: List::Borrowed(&[]),
            comment: None,
        };
        world.take(vec![Step::CreateTable { def: track, if_not_exists: false }]);
        world
    }

    /// Whether the checker accepts a step here.
    pub(crate) fn accepts(&self, step: &Step) -> bool {
        self.after(&self.schema, step).is_some()
    }

    fn after(&self, before: &Schema, step: &Step) -> Option<Schema> {
        let (mut after, mut report) = (before.clone(), Report::default());
        step.apply(&mut after, &mut report);
        let tracked = after.table(TRACK).is_some_and(|table| table.comment.is_none());
        (report.is_empty() && (tracked || before.table(TRACK).is_none())).then_some(after)
    }

    /// Takes the steps if the checker accepts them all, and there is a way back.
    fn take(&mut self, steps: Vec<Step>) {
        let mut now = self.schema.clone();
        let mut irreversible = self.irreversible;
        for step in &steps {
            let Some(after) = self.after(&now, step) else { return };
            match inverse(step, &now, &after) {
                Ok(_) => {}
                // The version says that there is none.
                Err(NoInverse::Missing(_)) if matches!(step, Step::AddEnumValue { .. }) => irreversible = true,
                Err(_) => return,
            }
            now = after;
        }
        self.rows.extend(steps.iter().filter_map(|step| match step {
            Step::Seed(seed) => Some(now.table(seed.table)?.id),
            _ => None,
        }));
        self.relaxed.extend(steps.iter().filter_map(|step| match step {
            Step::DropNotNull { table, column, .. } => Some(now.table(table)?.column(column)?.id),
            _ => None,
        }));
        self.schema = now;
        self.irreversible = irreversible;
        self.steps.extend(steps);
    }

    /// Ends the version, if it has any steps.
    fn end(&mut self, choice: &mut Choice) -> Result<(), Broken> {
        if self.steps.is_empty() {
            return Ok(());
        }
        let version = self.schema.version;
        let steps: &'static [Step] = std::mem::take(&mut self.steps).leak();
        let derived = Migration { version, title: "random", steps, down: Down::Derived };
        let down = match (std::mem::take(&mut self.irreversible), choice.one_in(8)) {
            (true, _) => Down::Irreversible("an enum keeps its values"),
            (false, true) => self.written(&derived),
            (false, false) => Down::Derived,
        };
        let migration: &'static Migration = Box::leak(Box::new(Migration { down, ..derived }));
        self.migrations.push(migration);
        let mut report = Report::default();
        let replayed = replay(&self.before, migration, &mut report);
        if report.is_empty() {
            replayed.check_down(migration, "title", &mut report);
        }
        if let Some(problem) = report.take().first() {
            return Err(Broken { what: format!("{version}: {}", problem.message), chain: self.chain() });
        }
        self.before = replayed.after;
        self.schema = self.before.clone();
        self.schema.begin(Version(version.0 + 1));
        Ok(())
    }

    /// The derived down, written by hand; where it has a step that the language has no word for, it stays derived.
    fn written(&self, migration: &Migration) -> Down {
        let mut report = Report::default();
        let Ok((moments, _)) = replay(&self.before, migration, &mut report).down(migration, &mut report) else {
            return Down::Derived;
        };
        let steps: Vec<_> = moments.into_iter().map(|moment| moment.step).collect();
        let written = Migration { down: Down::Written(steps.clone().leak()), ..migration.clone() };
        replay(&self.before, &written, &mut report).check_down(&written, "title", &mut report);
        let has_a_word = |step: &Step| !matches!(step, Step::DeleteSeed(_));
        if report.is_empty() && steps.iter().all(has_a_word) { written.down } else { Down::Derived }
    }

    fn chain(&self) -> &'static Chain {
        let chain = Chain::new("random", TRACK, self.migrations.clone().leak());
        Box::leak(Box::new(chain.requiring(&REQUIREMENTS, &[])))
    }

    /// Whether the version has taken away or changed a column so far, which rows of a new table are in the way of later.
    pub(crate) fn changes_columns(&self) -> bool {
        self.steps
            .iter()
            .any(|step| matches!(step, Step::SetType { .. } | Step::DropColumn { .. } | Step::DropNotNull { .. }))
    }

    /// Whether the version has taken away something that may have been a key.
    pub(crate) fn drops_keys(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::DropConstraint { .. } | Step::DropIndex { .. }))
    }

    /// Whether the version has made the table, and its down drops it as it is: raw SQL may want parts of it back before.
    pub(crate) fn goes_as_it_is(&self, table: &Table) -> bool {
        let is_raw = |step: &Step| matches!(step, Step::Execute(_) | Step::OnDown { .. });
        table.since == self.schema.version && !self.steps.iter().any(is_raw)
    }

    /// The enums.
    pub(crate) fn enums(&self) -> impl Iterator<Item = &Enum> {
        self.schema.enums()
    }

    /// The types of the chain's own.
    pub(crate) fn own_types(&self) -> impl Iterator<Item = Name> {
        self.enums().map(|known| known.name).chain(self.schema.domains().map(|known| known.name))
    }
}
