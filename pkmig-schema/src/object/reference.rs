//! How an object is spoken of.

use super::ObjectKind;
use crate::Name;

/// An object, by its name at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObjectRef {
    /// Its kind.
    pub kind: ObjectKind,
    /// The table or view that it belongs to. Of an index, only where it is said.
    pub of: Option<Name>,
    /// Its name; of the schema, none.
    pub name: Name,
}

impl ObjectRef {
    /// An object that belongs to no table, or an index whose table is not said.
    pub fn new(kind: ObjectKind, name: Name) -> Self {
        Self { kind, of: None, name }
    }

    /// An object that belongs to a table or view.
    pub fn part(kind: ObjectKind, of: Name, name: Name) -> Self {
        Self { kind, of: Some(of), name }
    }

    /// The schema of the install.
    pub fn schema() -> Self {
        Self::new(ObjectKind::Schema, "")
    }

    /// The relation that it is, or belongs to, as far as that is said.
    pub fn relation(&self) -> Option<Name> {
        self.of.or_else(|| self.kind.is_relation().then_some(self.name))
    }
}
