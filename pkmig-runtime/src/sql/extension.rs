//! Extensions: looked up before they are created, because CREATE EXTENSION IF NOT EXISTS wants the privilege even where
//! there is nothing to do.

use pkmig_schema::Name;

use super::guard::{Condition, Object};
use super::statement::Statement;
use super::{Lowered, Place};

impl Place<'_> {
    pub(super) fn create_extension(&self, name: Name) -> Lowered {
        let schema = super::ident(self.context.extension_schema(name));
        let create = Statement::Written(format!("CREATE EXTENSION {} WITH SCHEMA {schema}", super::ident(name)));
        Lowered::when(Condition::Missing(Object::Extension(name.to_owned())), vec![create])
    }
}
