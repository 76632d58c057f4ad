//! Extensions: looked up before they are created, because CREATE EXTENSION IF NOT EXISTS wants the privilege even where
//! there is nothing to do. Where one is missing, whoever makes it holds a lock until it is there for all.

use pkmig_schema::Name;

use super::guard::{Condition, Object};
use super::script::lock_shared;
use super::{Lowered, Place};
use crate::ddl::{CreateExtension, Ident};
use crate::plpgsql::{Block, Node};

impl Place<'_> {
    pub(super) fn create_extension(&self, name: Name) -> Lowered {
        let lock = Block::plain("lock", vec![Node::Perform(lock_shared("extension", name))]);
        let schema = Ident::new(self.context.extension_schema(name));
        let create = CreateExtension { name: Ident::new(name), schema };
        let missing = Condition::Missing(Object::Extension(name.to_owned()));
        Lowered::when(missing, vec![lock.into(), create.into()])
    }
}
