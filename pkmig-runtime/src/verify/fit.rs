//! Which versions of a chain a schema may be at, by the names of the objects that it holds.
//!
//! Names are cheap to compare and mostly enough to tell versions apart. What they cannot tell, a comparison with the
//! model does: that is the migrator's work.

use std::collections::{BTreeMap, BTreeSet};

use pkmig_schema::{Schema, Table, Version};

use super::{Object, ObjectKind};
use crate::Chain;
use pkmig_sql::Context;

/// An object by its kind, table and name.
pub(crate) type Known = (ObjectKind, Option<String>, String);

/// Versions of one schema: the later ones only change rows.
#[derive(Debug)]
pub(crate) struct Stage<'a> {
    /// The first of them.
    pub(crate) first: Version,
    /// The last of them.
    pub(crate) last: Version,
    schema: &'a Schema,
    counts: Counts,
}

impl Stage<'_> {
    /// Whether one of them is this version.
    pub(crate) fn holds(&self, version: Version) -> bool {
        (self.first..=self.last).contains(&version)
    }
}

/// How many of the names that are declared are there, and how many are not.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    there: usize,
    missing: usize,
}

impl Counts {
    fn and(self, other: Self) -> Self {
        Self { there: self.there + other.there, missing: self.missing + other.missing }
    }
}

/// The stages of a chain, compared with what a schema holds.
#[derive(Debug)]
pub(crate) struct Stages<'a> {
    context: &'a Context,
    found: BTreeSet<Known>,
    /// What is there and any version declares.
    ours: BTreeSet<Known>,
    pub(crate) stages: Vec<Stage<'a>>,
}

impl<'a> Stages<'a> {
    /// Compares the names of what is there with those of every version.
    pub(crate) fn new(chain: &'a Chain, context: &'a Context, found: BTreeSet<Known>) -> Self {
        let mut tally = Tally { context, found: &found, ours: BTreeSet::new(), tables: BTreeMap::new() };
        let mut stages: Vec<Stage<'_>> = Vec::new();
        let schemas = chain.schemas();
        for ((migration, before), schema) in chain.migrations().iter().zip(schemas).zip(&schemas[1..]) {
            let (first, last) = (migration.version, migration.version);
            match stages.last_mut() {
                Some(stage) if schema.difference(before).is_none() => stage.last = last,
                _ => stages.push(Stage { first, last, schema, counts: tally.schema(schema) }),
            }
        }
        let ours = tally.ours;
        Self { context, found, ours, stages }
    }

    /// Whether a table of any version is there.
    pub(crate) fn any_table(&self) -> bool {
        let mut tables = self.stages.iter().flat_map(|stage| stage.schema.tables());
        tables.any(|table| self.found.contains(&(ObjectKind::Table, None, self.context.name(table.name))))
    }

    /// The place of the stage that a version belongs to; none of V0.
    pub(crate) fn place(&self, version: Version) -> Option<usize> {
        self.stages.iter().position(|stage| stage.holds(version))
    }

    /// How far the names are from fitting: how many objects it declares that are not there, and how many are there that
    /// only other versions declare. Without a place: from fitting nothing at all.
    pub(crate) fn distance(&self, place: Option<usize>) -> usize {
        let Counts { there, missing } = place.map_or_else(Counts::default, |place| self.stages[place].counts);
        missing + self.ours.len() - there
    }

    /// The places of those that come closest by their names, the oldest first.
    pub(crate) fn closest(&self) -> Vec<usize> {
        let least = (0..self.stages.len()).map(|place| self.distance(Some(place))).min();
        (0..self.stages.len()).filter(|place| Some(self.distance(Some(*place))) == least).collect()
    }

    /// How many of the names that are there any version declares.
    pub(crate) fn ours(&self) -> usize {
        self.ours.len()
    }

    /// How many of the names that a stage declares are there.
    pub(crate) fn there(&self, place: Option<usize>) -> usize {
        place.map_or(0, |place| self.stages[place].counts.there)
    }

    /// How many names that a stage declares, and another one does not, are missing.
    pub(crate) fn missing_of(&self, place: Option<usize>, other: Option<usize>) -> usize {
        let other = self.names(other);
        self.names(place).iter().filter(|known| !other.contains(*known) && !self.found.contains(*known)).count()
    }

    /// Whether this is there, and any version declares it.
    pub(crate) fn knows(&self, known: &Known) -> bool {
        self.ours.contains(known)
    }

    /// The names that a stage declares.
    pub(crate) fn names(&self, place: Option<usize>) -> BTreeSet<Known> {
        place.map(|place| names(self.stages[place].schema, self.context)).unwrap_or_default()
    }

    /// Whether something is there that this stage declares, and none of these others.
    pub(crate) fn shows(&self, place: usize, others: &[Option<usize>]) -> bool {
        let others: Vec<_> = others.iter().map(|other| self.names(*other)).collect();
        let mut own = self.names(Some(place)).into_iter();
        own.any(|known| self.found.contains(&known) && !others.iter().any(|other| other.contains(&known)))
    }

    /// What tells a stage from the one before it and the one after it, in lines.
    pub(crate) fn evidence(&self, place: usize) -> Vec<String> {
        let (own, before) = (self.names(Some(place)), self.names(place.checked_sub(1)));
        let mut lines = Vec::new();
        let first = self.stages[place].first;
        lines.extend(some(own.difference(&before).filter(|it| self.found.contains(*it)), "has", first, "brings"));
        lines.extend(some(before.difference(&own).filter(|it| !self.found.contains(*it)), "lacks", first, "drops"));
        if let Some(next) = self.stages.get(place + 1) {
            let after = self.names(Some(place + 1));
            let absent = after.difference(&own).filter(|it| !self.found.contains(*it));
            lines.extend(some(absent, "lacks", next.first, "brings"));
            let kept = own.difference(&after).filter(|it| self.found.contains(*it));
            lines.extend(some(kept, "has", next.first, "drops"));
        }
        lines
    }
}

/// Counts names, those of each table once as long as no version changes it.
struct Tally<'a> {
    context: &'a Context,
    found: &'a BTreeSet<Known>,
    ours: BTreeSet<Known>,
    tables: BTreeMap<*const Table, Counts>,
}

impl Tally<'_> {
    fn schema(&mut self, schema: &Schema) -> Counts {
        let mut rest = BTreeSet::new();
        names_beside_tables(schema, self.context, &mut rest);
        let rest = self.count(rest);
        schema.tables().fold(rest, |counts, table| {
            let own = match self.tables.get(&std::ptr::from_ref(table)) {
                Some(known) => *known,
                None => {
                    let mut own = BTreeSet::new();
                    names_of_table(table, self.context, &mut own);
                    let own = self.count(own);
                    self.tables.insert(std::ptr::from_ref(table), own);
                    own
                }
            };
            counts.and(own)
        })
    }

    fn count(&mut self, names: BTreeSet<Known>) -> Counts {
        let mut counts = Counts::default();
        for name in names {
            if self.found.contains(&name) {
                counts.there += 1;
                self.ours.insert(name);
            } else {
                counts.missing += 1;
            }
        }
        counts
    }
}

/// `has column `a` of table `t` and 3 more, which V80 brings`
fn some<'a>(objects: impl Iterator<Item = &'a Known>, verb: &str, version: Version, fate: &str) -> Option<String> {
    // A table says more than what stands on it.
    let mut objects: Vec<_> = objects.collect();
    objects.sort_by_key(|(kind, ..)| !kind.is_relation());
    let (kind, table, name) = objects.first()?;
    let object = Object::new(*kind, table.clone(), name.clone());
    let more = if objects.len() > 1 { format!(" and {} more", objects.len() - 1) } else { String::new() };
    Some(format!("{verb} {object}{more}, which {version} {fate}"))
}

/// What an object of a catalog is known by.
pub(super) fn known(object: &Object) -> Known {
    match object.kind {
        // The chain's functions are not overloaded, so the name is enough.
        ObjectKind::Function => {
            let name = object.name.rsplit_once('(').map_or(object.name.as_str(), |(name, _)| name);
            let unquoted = name.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
            (object.kind, None, unquoted.map_or_else(|| name.to_owned(), |name| name.replace("\"\"", "\"")))
        }
        kind => (kind, object.table.clone(), object.name.clone()),
    }
}

fn names(schema: &Schema, context: &Context) -> BTreeSet<Known> {
    let mut names = BTreeSet::new();
    schema.tables().for_each(|table| names_of_table(table, context, &mut names));
    names_beside_tables(schema, context, &mut names);
    names
}

fn names_of_table(table: &Table, context: &Context, names: &mut BTreeSet<Known>) {
    use ObjectKind::{Column, Constraint, Index, Policy, Sequence, Trigger};
    let of = Some(context.name(table.name));
    let object = |kind, name: &str| (kind, of.clone(), context.name(name));
    names.extend(table.columns.iter().map(|it| object(Column, it.def.name)));
    names.extend(table.constraints.iter().map(|it| object(Constraint, it.def.name)));
    names.extend(table.indexes.iter().map(|it| object(Index, it.def.name)));
    names.extend(table.policies.iter().map(|it| object(Policy, it.def.name)));
    names.extend(table.triggers.iter().map(|it| object(Trigger, it.def.name)));
    let generators = table.columns.iter().filter_map(|it| it.def.generator.as_ref());
    names.extend(generators.map(|generator| object(Sequence, generator.sequence)));
    names.insert((ObjectKind::Table, None, context.name(table.name)));
}

fn names_beside_tables(schema: &Schema, context: &Context, names: &mut BTreeSet<Known>) {
    use ObjectKind::{Domain, Enum, Function, Index, MaterializedView, Sequence, Trigger, View};
    for view in schema.views() {
        let of = Some(context.name(view.name));
        let kind = if view.materialized { MaterializedView } else { View };
        names.insert((kind, None, context.name(view.name)));
        names.extend(view.indexes.iter().map(|it| (Index, of.clone(), context.name(it.name))));
        names.extend(view.triggers.iter().map(|it| (Trigger, of.clone(), context.name(it.name))));
    }
    names.extend(schema.domains().map(|it| (Domain, None, context.name(it.name))));
    names.extend(schema.enums().map(|it| (Enum, None, context.name(it.name))));
    names.extend(schema.sequences().map(|it| (Sequence, owner(it.owned_by, context), context.name(it.name))));
    names.extend(schema.functions().map(|it| (Function, None, context.name(it.name))));
}

fn owner(owned_by: Option<(&str, &str)>, context: &Context) -> Option<String> {
    owned_by.map(|(table, _)| context.name(table))
}
