//! Sequences: create, drop.

use pkmig_schema::{Name, Sequence};

use super::guard::{Condition, Object};
use super::shape;
use super::statement::Statement;
use super::{Lowered, Place};

impl Place<'_> {
    pub(super) fn create_sequence(&self, def: &Sequence) -> Vec<Lowered> {
        let (context, name) = (self.context, self.context.qualified(def.name));
        let mut create = format!("CREATE SEQUENCE {name} AS {}", context.ty(&def.ty));
        if def.increment != 1 {
            create.push_str(&format!(" INCREMENT {}", def.increment));
        }
        if def.start != 1 {
            create.push_str(&format!(" START {}", def.start));
        }
        if let Some((table, column)) = def.owned_by {
            create.push_str(&format!(" OWNED BY {}.{}", context.qualified(table), context.ident(column)));
        }
        let mut missing = vec![Condition::Missing(Object::Relation(def.name.to_owned()))];
        if let Some((table, column)) = def.owned_by.filter(|(table, column)| !self.column_stays(table, column)) {
            missing.push(Condition::Exists(Object::Column(table.to_owned(), column.to_owned())));
        }
        let expected = self.end.sequence(def.name).map(shape::sequence);
        let create = Lowered::when(Condition::All(missing), vec![Statement::Written(create)]);
        vec![create.otherwise(expected.into_iter().collect())]
    }

    pub(super) fn drop_sequence(&self, name: Name) -> Lowered {
        let drop = Statement::Written(format!("DROP SEQUENCE {}", self.context.qualified(name)));
        Lowered::when(Condition::Exists(Object::Sequence(name.to_owned())), vec![drop])
    }
}
