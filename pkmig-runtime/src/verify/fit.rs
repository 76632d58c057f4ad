//! Which versions of a chain a schema may be at, by the names of the objects that it holds.
//!
//! Names are cheap to compare and mostly enough to tell versions apart. What they cannot tell, a comparison with the
//! model does: that is the migrator's work.

use std::collections::BTreeSet;
use std::sync::Arc;

use pkmig_schema::replay::apply;
use pkmig_schema::{Report, Schema, Version};

use super::catalog::Catalog;
use super::{Object, ObjectKind};
use crate::Chain;
use crate::sql::Context;

/// An object by its kind, table and name.
type Known = (ObjectKind, Option<String>, String);

/// Versions of one schema: the later ones only change rows.
#[derive(Debug)]
pub(crate) struct Stage {
    /// The first of them.
    pub(crate) first: Version,
    /// The last of them.
    pub(crate) last: Version,
    names: Arc<BTreeSet<Known>>,
    /// How many objects it declares that are not there.
    pub(crate) missing: usize,
    /// How many are there that other versions declare, and this one does not.
    pub(crate) foreign: usize,
}

impl Stage {
    /// Whether one of them is this version.
    pub(crate) fn holds(&self, version: Version) -> bool {
        (self.first..=self.last).contains(&version)
    }

    /// How far the names are from fitting.
    pub(crate) fn distance(&self) -> usize {
        self.missing + self.foreign
    }
}

/// The stages of a chain, compared with a catalog.
#[derive(Debug)]
pub(crate) struct Stages {
    found: BTreeSet<Known>,
    pub(crate) stages: Vec<Stage>,
}

impl Stages {
    /// Compares the names of a catalog with those of every version.
    pub(crate) fn new(chain: &Chain, context: &Context, catalog: &Catalog) -> Self {
        let found = catalog.entries.values().map(|entry| known(&entry.object)).collect::<BTreeSet<_>>();
        let mut stages: Vec<Stage> = Vec::new();
        let mut schema = Schema::requiring(chain.requirements());
        for migration in chain.migrations() {
            let before = schema.clone();
            apply(&mut schema, migration, &mut Report::default());
            match stages.last_mut() {
                Some(stage) if schema.difference(&before).is_none() => stage.last = migration.version,
                _ => stages.push(Stage {
                    first: migration.version,
                    last: migration.version,
                    names: Arc::new(names(&schema, context)),
                    missing: 0,
                    foreign: 0,
                }),
            }
        }
        let all: BTreeSet<Known> = stages.iter().flat_map(|stage| stage.names.iter().cloned()).collect();
        for stage in &mut stages {
            stage.missing = stage.names.difference(&found).count();
            stage.foreign = found.iter().filter(|known| all.contains(*known) && !stage.names.contains(*known)).count();
        }
        Self { found, stages }
    }

    /// Whether a table of any version is there.
    pub(crate) fn any_table(&self) -> bool {
        let tables = self.stages.iter().flat_map(|stage| stage.names.iter());
        tables.filter(|(kind, ..)| *kind == ObjectKind::Table).any(|table| self.found.contains(table))
    }

    /// The places of those that come closest by their names, the oldest first.
    pub(crate) fn closest(&self) -> Vec<usize> {
        let least = self.stages.iter().map(Stage::distance).min();
        (0..self.stages.len()).filter(|place| Some(self.stages[*place].distance()) == least).collect()
    }

    /// What tells a stage from the one before it and the one after it, in lines.
    pub(crate) fn evidence(&self, place: usize) -> Vec<String> {
        let names =
            |place: Option<usize>| place.and_then(|place| self.stages.get(place)).map(|it| Arc::clone(&it.names));
        let (own, nothing) = (Arc::clone(&self.stages[place].names), Arc::default());
        let before = names(place.checked_sub(1)).unwrap_or(nothing);
        let mut lines = Vec::new();
        let first = self.stages[place].first;
        lines.extend(some(own.difference(&before).filter(|it| self.found.contains(*it)), "has", first, "brings"));
        lines.extend(some(before.difference(&own).filter(|it| !self.found.contains(*it)), "lacks", first, "drops"));
        if let Some((after, next)) = names(Some(place + 1)).zip(self.stages.get(place + 1)) {
            let absent = after.difference(&own).filter(|it| !self.found.contains(*it));
            lines.extend(some(absent, "lacks", next.first, "brings"));
            let kept = own.difference(&after).filter(|it| self.found.contains(*it));
            lines.extend(some(kept, "has", next.first, "drops"));
        }
        lines
    }
}

/// `has column `a` of table `t` and 3 more, which V80 brings`
fn some<'a>(objects: impl Iterator<Item = &'a Known>, verb: &str, version: Version, fate: &str) -> Option<String> {
    // A table says more than what stands on it.
    let mut objects: Vec<_> = objects.collect();
    objects.sort_by_key(|(kind, ..)| !kind.is_relation());
    let (kind, table, name) = objects.first()?;
    let object = Object { kind: *kind, table: table.clone(), name: name.clone() };
    let more = if objects.len() > 1 { format!(" and {} more", objects.len() - 1) } else { String::new() };
    Some(format!("{verb} {object}{more}, which {version} {fate}"))
}

fn known(object: &Object) -> Known {
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
    use ObjectKind::{
        Column, Constraint, Enum, Function, Index, MaterializedView, Policy, Sequence, Table, Trigger, View,
    };
    let mut names = BTreeSet::new();
    for table in schema.tables() {
        let of = Some(context.name(table.name));
        let object = |kind, name: &str| (kind, of.clone(), context.name(name));
        names.extend(table.columns.iter().map(|it| object(Column, it.def.name)));
        names.extend(table.constraints.iter().map(|it| object(Constraint, it.def.name)));
        names.extend(table.indexes.iter().map(|it| object(Index, it.def.name)));
        names.extend(table.policies.iter().map(|it| object(Policy, it.def.name)));
        names.extend(table.triggers.iter().map(|it| object(Trigger, it.def.name)));
        let generators = table.columns.iter().filter_map(|it| it.def.generator.as_ref());
        names.extend(generators.map(|generator| object(Sequence, generator.sequence)));
        names.insert((Table, None, context.name(table.name)));
    }
    for view in schema.views() {
        let of = Some(context.name(view.name));
        let kind = if view.materialized { MaterializedView } else { View };
        names.insert((kind, None, context.name(view.name)));
        names.extend(view.indexes.iter().map(|it| (Index, of.clone(), context.name(it.name))));
        names.extend(view.triggers.iter().map(|it| (Trigger, of.clone(), context.name(it.name))));
    }
    names.extend(schema.enums().map(|it| (Enum, None, context.name(it.name))));
    names.extend(schema.sequences().map(|it| (Sequence, owner(it.owned_by, context), context.name(it.name))));
    names.extend(schema.functions().map(|it| (Function, None, context.name(it.name))));
    names
}

fn owner(owned_by: Option<(&str, &str)>, context: &Context) -> Option<String> {
    owned_by.map(|(table, _)| context.name(table))
}
