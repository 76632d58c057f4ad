//! `DROP` of what a name is enough for.

use std::fmt;

use super::name::Qualified;

/// The kinds of object that a plain `DROP` takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // PostgreSQL's words.
pub enum Droppable {
    Table,
    Index,
    Sequence,
    View,
    MaterializedView,
    Domain,
}

impl Droppable {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Table => "TABLE",
            Self::Index => "INDEX",
            Self::Sequence => "SEQUENCE",
            Self::View => "VIEW",
            Self::MaterializedView => "MATERIALIZED VIEW",
            Self::Domain => "DOMAIN",
        }
    }
}

/// `DROP TABLE`, `DROP INDEX`, `DROP SEQUENCE`, `DROP VIEW`, `DROP DOMAIN`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct Drop {
    pub kind: Droppable,
    pub name: Qualified,
    pub if_exists: bool,
    pub cascade: bool,
}

impl Drop {
    /// Without a word more.
    pub(crate) fn plain(kind: Droppable, name: Qualified) -> Self {
        Self { kind, name, if_exists: false, cascade: false }
    }
}

impl fmt::Display for Drop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let if_exists = if self.if_exists { " IF EXISTS" } else { "" };
        let cascade = if self.cascade { " CASCADE" } else { "" };
        write!(f, "DROP {}{if_exists} {}{cascade}", self.kind.words(), self.name)
    }
}
