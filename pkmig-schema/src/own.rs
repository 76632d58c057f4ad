//! The rows that a chain itself has brought, and by which of their columns it is told that nobody has changed them since.
//!
//! Names change, identities do not: a seed is kept by the numbers of its table and columns, and told in the names of any
//! schema of the chain. Values that later steps of the chain write over are not compared; nobody else has changed them.

use std::collections::BTreeSet;

use crate::replay::pass;
use crate::step::{ConflictAction, OnFresh, RenameValue, Seed};
use crate::{
    Down, Literal, Migration, Name, Report, Requirement, Schema, Sql, Step, Table, TriggerEvent, TriggerTiming, Value,
    Version,
};

/// The rows that a chain brings, of all of its versions.
#[derive(Debug, Default)]
pub struct OwnRows {
    brought: Vec<Brought>,
    /// The columns that steps on rows write, by table and column.
    written: BTreeSet<(u32, u32)>,
}

/// A seed, by the identities of what it writes to.
#[derive(Debug)]
struct Brought {
    version: Version,
    /// As it is written.
    seed: Seed,
    /// Whether only a fresh install has it (`on_fresh`).
    fresh: bool,
    table: u32,
    columns: Vec<u32>,
    keys: Vec<u32>,
    /// The columns that nobody's change can be told by.
    unsure: BTreeSet<u32>,
    /// What later versions rename: the place of the column, and the values.
    renamed: Vec<(Version, usize, RenameValue)>,
}

/// A seed in the names of one schema.
#[derive(Debug, Clone)]
pub struct OwnSeed {
    /// Its place among the seeds of the chain.
    pub place: usize,
    /// The version that has seeded the rows.
    pub version: Version,
    /// The seed in these names, with its values as they are there.
    pub seed: Seed,
    /// The columns by which it is told whether a row is as it was seeded, besides those of its key.
    pub compared: Vec<Name>,
    /// Whether the way back deletes them.
    pub goes: bool,
}

impl OwnSeed {
    /// A seed of which nothing else is known: all that it gives is compared.
    pub fn alone(seed: &Seed, version: Version) -> Self {
        let compared = seed.columns.iter().filter(|column| !seed.on_conflict.columns.contains(column)).copied();
        Self { place: 0, version, seed: seed.clone(), compared: compared.collect(), goes: seed.kept.is_none() }
    }
}

impl OwnRows {
    /// Of these migrations, all of a chain.
    pub fn of<'a>(migrations: impl IntoIterator<Item = &'a Migration>, requirements: &[Requirement]) -> Self {
        let mut own = Self::default();
        let mut schema = Schema::requiring(requirements);
        for migration in migrations {
            schema.begin(migration.version);
            for step in migration.steps {
                own.pass(&schema, step);
                step.apply(&mut schema, &mut Report::default());
            }
            if let Down::Written(steps) = migration.down {
                let mut back = schema.clone();
                back.begin(migration.version);
                for step in steps {
                    own.write(&back, step);
                    pass(&mut back, step.clone(), &mut Report::default());
                }
            }
        }
        own
    }

    fn pass(&mut self, schema: &Schema, step: &Step) {
        match step {
            Step::OnDown { step } => self.write(schema, step),
            step => self.write(schema, step),
        }
        match step {
            Step::Seed(seed) => self.brought.extend(Brought::new(schema, seed, false)),
            Step::RenameValue(values) => self.brought.iter_mut().for_each(|it| it.rename(schema, values)),
            step => {
                let fresh = fresh_seeds(step).iter();
                self.brought.extend(fresh.filter_map(|seed| Brought::new(schema, seed, true)));
            }
        }
    }

    /// What a step writes over, up or down.
    fn write(&mut self, schema: &Schema, step: &Step) {
        let id = |table: Name, column: Name| {
            let table = schema.table(table)?;
            Some((table.id, table.column(column)?.id))
        };
        let columns: Vec<(u32, u32)> = match step {
            Step::Backfill(fill) => id(fill.table, fill.column).into_iter().collect(),
            Step::Seed(Seed { table, on_conflict, .. }) => match &on_conflict.action {
                ConflictAction::DoUpdate(columns) => columns.iter().filter_map(|column| id(table, column)).collect(),
                ConflictAction::DoNothing | ConflictAction::UnlessExists => Vec::new(),
            },
            Step::SetType { table, column, ty, using, .. } => {
                let was = schema.table(table).and_then(|known| known.column(column)).map(|known| &known.def.ty);
                let same = using.is_none() && was.is_some_and(|was| ty.widens(&was.formatted()));
                id(table, column).filter(|_| !same).into_iter().collect()
            }
            // It comes back empty.
            Step::DropColumn { table, column, .. } => id(table, column).into_iter().collect(),
            Step::Execute(execute) => {
                let texts = [Some(&execute.sql), execute.tail.sql()];
                texts.into_iter().flatten().flat_map(|sql| all_columns(schema, sql)).collect()
            }
            Step::DeleteRows(rows) => rows.tail.sql().into_iter().flat_map(|sql| all_columns(schema, sql)).collect(),
            _ => Vec::new(),
        };
        for seeded in &mut self.brought {
            let own = columns.iter().filter(|(table, _)| *table == seeded.table);
            seeded.unsure.extend(own.map(|(_, column)| column));
        }
        if !matches!(step, Step::DropColumn { .. } | Step::SetType { .. }) {
            self.written.extend(columns);
        }
    }

    /// A seed as it was written, in the names of the schema before it.
    pub fn of_seed(&self, seed: &Seed, version: Version, table: &Table) -> Option<OwnSeed> {
        let same = |it: &Brought| it.version == version && !it.fresh && it.seed == *seed;
        let place = self.brought.iter().position(same)?;
        self.brought[place].named(place, table, version)
    }

    /// What has been brought into a table, with the values that it has once `until` is applied.
    pub fn in_table<'a>(&'a self, table: &'a Table, until: Version) -> impl Iterator<Item = OwnSeed> + 'a {
        self.brought.iter().enumerate().filter_map(move |(place, it)| it.named(place, table, until))
    }

    /// Whether steps on rows write a column.
    pub fn writes(&self, table: &Table, column: u32) -> bool {
        self.written.contains(&(table.id, column))
    }
}

impl Brought {
    fn new(schema: &Schema, seed: &Seed, fresh: bool) -> Option<Self> {
        let table = schema.table(seed.table)?;
        let ids = |names: &[Name]| names.iter().map(|name| Some(table.column(name)?.id)).collect::<Option<Vec<_>>>();
        let columns = ids(&seed.columns)?;
        let inserts = |event: &TriggerEvent| matches!(event, TriggerEvent::Insert);
        // What such a trigger makes of a row, the model does not know.
        let changed = table
            .triggers
            .iter()
            .any(|known| known.def.timing == TriggerTiming::Before && known.def.events.iter().any(inserts));
        Some(Self {
            version: schema.version,
            seed: seed.clone(),
            fresh,
            table: table.id,
            keys: ids(&seed.on_conflict.columns)?,
            unsure: if changed { columns.iter().copied().collect() } else { BTreeSet::new() },
            columns,
            renamed: Vec::new(),
        })
    }

    fn rename(&mut self, schema: &Schema, values: &RenameValue) {
        let Some(table) = schema.table(values.table).filter(|table| table.id == self.table) else { return };
        let id = table.column(values.column).map(|known| known.id);
        if let Some(place) = self.columns.iter().position(|column| Some(*column) == id) {
            self.renamed.push((schema.version, place, values.clone()));
        }
    }

    /// In the names of a table of any schema of the chain; nothing, if a column of its key is not there.
    fn named(&self, place: usize, table: &Table, until: Version) -> Option<OwnSeed> {
        if table.id != self.table {
            return None;
        }
        let name = |id: &u32| table.columns.iter().find(|known| known.id == *id).map(|known| known.def.name);
        let mut seed = self.seed.clone();
        for (_, place, values) in self.renamed.iter().filter(|(version, ..)| *version <= until) {
            for row in seed.rows.to_mut() {
                if let Some(Value::Literal(Literal::Text(text))) = row.to_mut().get_mut(*place)
                    && let Some((_, to)) = values.values.iter().find(|(from, _)| from == text)
                {
                    *text = to;
                }
            }
        }
        let left: Vec<(usize, Name, u32)> =
            self.columns.iter().enumerate().filter_map(|(place, id)| Some((place, name(id)?, *id))).collect();
        for row in seed.rows.to_mut() {
            *row = left.iter().map(|(place, ..)| row[*place].clone()).collect();
        }
        seed.table = table.name;
        seed.columns = left.iter().map(|(_, name, _)| *name).collect();
        seed.on_conflict.columns = self.keys.iter().map(name).collect::<Option<Vec<_>>>()?.into();
        let sure = left.iter().filter(|(.., id)| !self.unsure.contains(id) && !self.keys.contains(id));
        let compared = sure.map(|(_, name, _)| *name).collect();
        let goes = !self.fresh && self.seed.kept.is_none();
        Some(OwnSeed { place, version: self.version, seed, compared, goes })
    }
}

/// The columns of all tables that raw SQL speaks of.
fn all_columns(schema: &Schema, sql: &Sql) -> Vec<(u32, u32)> {
    let tables = sql.objects().filter_map(|name| schema.table(name));
    tables.flat_map(|table| table.columns.iter().map(|column| (table.id, column.id))).collect()
}

/// The rows that a step brings to a fresh install.
fn fresh_seeds(step: &Step) -> &[Seed] {
    let on_fresh = match step {
        Step::Backfill(fill) => &fill.on_fresh,
        Step::DeleteRows(rows) => &rows.on_fresh,
        Step::Execute(execute) => &execute.on_fresh,
        _ => &None,
    };
    match on_fresh {
        Some(OnFresh::Seeds(seeds)) => seeds,
        _ => &[],
    }
}
