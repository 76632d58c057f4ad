//! Sequences: create, drop.

use pkmig_schema::{Name, Sequence};

use super::guard::{Condition, Object};
use super::shape;
use super::{Lowered, Place};
use crate::ddl::{CreateSequence, Drop, Droppable};

impl Place<'_> {
    pub(super) fn create_sequence(&self, def: &Sequence) -> Vec<Lowered> {
        let context = self.context;
        let create = CreateSequence {
            name: context.qualified(def.name),
            if_not_exists: false,
            ty: context.ty(&def.ty),
            increment: def.increment,
            start: def.start,
            owned_by: def.owned_by.map(|(table, column)| context.column(table, column)),
        };
        let mut missing = vec![Condition::Missing(Object::Relation(def.name.to_owned()))];
        if let Some((table, column)) = def.owned_by.filter(|(table, column)| !self.column_stays(table, column)) {
            missing.push(Condition::Exists(Object::Column(table.to_owned(), column.to_owned())));
        }
        let expected = self.end.sequence(def.name).map(shape::sequence);
        let create = Lowered::when(Condition::All(missing), vec![create.into()]);
        vec![create.otherwise(expected.into_iter().collect())]
    }

    pub(super) fn drop_sequence(&self, name: Name) -> Lowered {
        let drop = Drop::plain(Droppable::Sequence, self.context.qualified(name));
        Lowered::when(Condition::Exists(Object::Sequence(name.to_owned())), vec![drop.into()])
    }
}
