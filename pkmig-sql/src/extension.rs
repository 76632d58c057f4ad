//! Extensions: looked up before they are created, because CREATE EXTENSION IF NOT EXISTS wants the privilege even where
//! there is nothing to do. Where one is missing, whoever makes it holds a lock until it is there for all.

use pkmig_schema::Name;

use super::guard::{Condition, Object};
use super::script::lock_shared;
use super::statement::Statement;
use super::writer::dollar_quoted;
use super::{Lowered, Place};

impl Place<'_> {
    pub(super) fn create_extension(&self, name: Name) -> Lowered {
        let schema = super::ident(self.context.extension_schema(name));
        let lock = format!(
            "DO {}",
            dollar_quoted(&format!(" BEGIN PERFORM {}; END ", lock_shared("extension", name)), "lock")
        );
        let create = format!("CREATE EXTENSION IF NOT EXISTS {} WITH SCHEMA {schema}", super::ident(name));
        let statements = [lock, create].map(Statement::Written);
        Lowered::when(Condition::Missing(Object::Extension(name.to_owned())), statements.into())
    }
}
