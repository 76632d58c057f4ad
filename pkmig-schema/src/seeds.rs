//! The rows that a history has seeded, in the names of the schema that it has led to.

use crate::name::UNNAMED;
use crate::step::{ConflictAction, RenameValue, Seed};
use crate::{Literal, Migration, Name, Report, Requirement, Schema, Sql, Step, Table, Value, Version};

/// The rows of a seed as they are called now.
#[derive(Debug, Clone)]
pub struct Seeded {
    /// The version that has seeded them.
    pub version: Version,
    /// The seed in the names of now, with its values as later versions have renamed them.
    pub seed: Seed,
    /// The version and step after which nobody can tell without the rows what has become of them.
    pub doubt: Option<(Version, String)>,
}

/// A seed on its way through history: names change, identities do not.
struct Carried {
    table: u32,
    columns: Vec<u32>,
    keys: Vec<u32>,
    seeded: Seeded,
}

/// The rows that these migrations have seeded and that are still there, in order.
pub fn seeds<'a>(migrations: impl IntoIterator<Item = &'a Migration>, requirements: &[Requirement]) -> Vec<Seeded> {
    let mut schema = Schema::requiring(requirements);
    let mut carried: Vec<Carried> = Vec::new();
    for migration in migrations {
        schema.begin(migration.version);
        for step in migration.steps {
            carried.iter_mut().for_each(|it| it.pass(&schema, step));
            if let Step::Seed(seed) = step {
                carried.extend(Carried::new(&schema, seed));
            }
            step.apply(&mut schema, &mut Report::default());
        }
    }
    carried.into_iter().filter_map(|it| it.arrived(&schema)).collect()
}

impl Carried {
    fn new(schema: &Schema, seed: &Seed) -> Option<Self> {
        let table = schema.table(seed.table)?;
        let ids = |names: &[Name]| names.iter().map(|name| Some(table.column(name)?.id)).collect::<Option<Vec<_>>>();
        let seeded = Seeded { version: schema.version, seed: seed.clone(), doubt: None };
        Some(Self { table: table.id, columns: ids(&seed.columns)?, keys: ids(&seed.on_conflict.columns)?, seeded })
    }

    /// What a later step does to the rows.
    fn pass(&mut self, schema: &Schema, step: &Step) {
        let Some(table) = schema.table_by_id(self.table) else { return };
        let doubtful = match step {
            Step::RenameValue(values) if values.table == table.name => {
                self.rename(table, values);
                false
            }
            Step::DeleteRows(rows) => rows.table == table.name,
            Step::Backfill(fill) => fill.table == table.name && self.gives(table, fill.column),
            Step::Seed(seed) => match &seed.on_conflict.action {
                ConflictAction::DoUpdate(columns) => {
                    seed.table == table.name && columns.iter().any(|column| self.gives(table, column))
                }
                _ => false,
            },
            Step::SetType { table: of, column, using, .. } => {
                *of == table.name && using.is_some() && self.gives(table, column)
            }
            Step::Execute(execute) => names(&execute.sql, table.name),
            _ => false,
        };
        if doubtful && self.seeded.doubt.is_none() {
            self.seeded.doubt = Some((schema.version, step.to_string()));
        }
    }

    fn gives(&self, table: &Table, column: Name) -> bool {
        table.column(column).is_some_and(|known| self.columns.contains(&known.id))
    }

    fn rename(&mut self, table: &Table, values: &RenameValue) {
        let id = table.column(values.column).map(|known| known.id);
        let Some(place) = self.columns.iter().position(|column| Some(*column) == id) else { return };
        for row in self.seeded.seed.rows.to_mut() {
            if let Some(Value::Literal(Literal::Text(text))) = row.to_mut().get_mut(place)
                && let Some((_, to)) = values.values.iter().find(|(from, _)| from == text)
            {
                *text = to;
            }
        }
    }

    /// The seed in the names of now, without the columns that are gone; nothing, if its table is.
    fn arrived(self, schema: &Schema) -> Option<Seeded> {
        let Self { table, columns, keys, mut seeded } = self;
        let table = schema.table_by_id(table)?;
        let name = |id: &u32| table.columns.iter().find(|known| known.id == *id).map(|known| known.def.name);
        let names: Vec<Name> = columns.iter().map(|id| name(id).unwrap_or(UNNAMED)).collect();
        let left = |place: &usize| names[*place] != UNNAMED;
        let seed = &mut seeded.seed;
        for row in seed.rows.to_mut() {
            *row = (0..row.len()).filter(left).map(|place| row[place].clone()).collect();
        }
        seed.table = table.name;
        seed.columns = names.iter().copied().filter(|name| *name != UNNAMED).collect();
        seed.on_conflict.columns = keys.iter().filter_map(name).collect();
        if seed.on_conflict.columns.len() < keys.len() && seeded.doubt.is_none() {
            seeded.doubt = Some((schema.version, "a column of its key is gone".to_owned()));
        }
        Some(seeded)
    }
}

/// Whether raw SQL speaks of a table.
fn names(sql: &Sql, table: Name) -> bool {
    sql.objects().any(|name| name == table)
}
