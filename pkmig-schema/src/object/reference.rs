//! How an object is spoken of.

use std::fmt;

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

    /// What it is known by: of what is not named within its table, the name alone.
    #[must_use]
    pub fn identity(self) -> Self {
        Self { of: self.of.filter(|_| self.kind.is_of_a_table()), ..self }
    }

    /// The relation that it is, or belongs to, as far as that is said.
    pub fn relation(&self) -> Option<Name> {
        self.of.or_else(|| self.kind.is_relation().then_some(self.name))
    }
}

/// ``table `t` ``, ``column `t.c` ``, ``constraint `c` of table `t` ``
impl fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, of, name } = self;
        match (kind, of) {
            (ObjectKind::Schema, _) => write!(f, "the {kind}"),
            (ObjectKind::Column, Some(table)) => write!(f, "{kind} `{table}.{name}`"),
            (_, Some(table)) => write!(f, "{kind} `{name}` of table `{table}`"),
            (_, None) => write!(f, "{kind} `{name}`"),
        }
    }
}
