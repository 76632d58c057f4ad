//! Extensions. They belong to the database, not to the prefix: they are looked up, created where they are missing,
//! and never dropped.

use crate::{Name, Schema};

pub(super) fn create(schema: &mut Schema, name: Name) {
    schema.extensions.entry(name).or_insert(schema.version);
}
