//! All objects of a schema.

use super::{ObjectKind, ObjectRef};
use crate::{Schema, Table};

impl Table {
    /// The table and what belongs to it, with the sequences that its columns draw from.
    pub fn objects(&self) -> impl Iterator<Item = ObjectRef> {
        let part = |kind, name| ObjectRef::part(kind, self.name, name);
        let columns = self.columns.iter().map(move |it| part(ObjectKind::Column, it.def.name));
        let constraints = self.constraints.iter().map(move |it| part(ObjectKind::Constraint, it.def.name));
        let indexes = self.indexes.iter().map(move |it| part(ObjectKind::Index, it.def.name));
        let policies = self.policies.iter().map(move |it| part(ObjectKind::Policy, it.def.name));
        let triggers = self.triggers.iter().map(move |it| part(ObjectKind::Trigger, it.def.name));
        let generators = self.columns.iter().filter_map(|it| it.def.generator.as_ref());
        let sequences = generators.map(move |it| part(ObjectKind::Sequence, it.sequence));
        let parts = columns.chain(constraints).chain(indexes).chain(policies).chain(triggers).chain(sequences);
        std::iter::once(ObjectRef::new(ObjectKind::Table, self.name)).chain(parts)
    }
}

impl Schema {
    /// What it consists of.
    pub fn objects(&self) -> impl Iterator<Item = ObjectRef> {
        self.tables().flat_map(Table::objects).chain(self.objects_beside_tables())
    }

    /// What belongs to no table, and the sequences that were made by themselves.
    pub fn objects_beside_tables(&self) -> impl Iterator<Item = ObjectRef> {
        let extensions = self.extensions().map(|name| ObjectRef::new(ObjectKind::Extension, name));
        let enums = self.enums().map(|it| ObjectRef::new(ObjectKind::Enum, it.name));
        let domains = self.domains().map(|it| ObjectRef::new(ObjectKind::Domain, it.name));
        let functions = self.functions().map(|it| ObjectRef::new(ObjectKind::Function, it.name));
        let sequences = self.sequences().map(|it| ObjectRef {
            kind: ObjectKind::Sequence,
            of: it.owned_by.map(|(table, _)| table),
            name: it.name,
        });
        let views = self.views().flat_map(|view| {
            let indexes = view.indexes.iter().map(|it| ObjectRef::part(ObjectKind::Index, view.name, it.name));
            let triggers = view.triggers.iter().map(|it| ObjectRef::part(ObjectKind::Trigger, view.name, it.name));
            std::iter::once(ObjectRef::new(ObjectKind::View, view.name)).chain(indexes).chain(triggers)
        });
        extensions.chain(enums).chain(domains).chain(functions).chain(sequences).chain(views)
    }
}
