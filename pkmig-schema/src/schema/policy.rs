//! Row level security: which rows of a table a role sees and writes (manual section 5.9).

use crate::{List, Name, Sql};

/// Whether a table asks its policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RowSecurity {
    /// Whether it asks them at all.
    pub enabled: bool,
    /// Whether it asks them for its owner, too.
    pub forced: bool,
}

/// A policy of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Its name, which no other policy of the table has.
    pub name: Name,
    /// Whether it has to hold beside the others, where otherwise one of them is enough.
    pub restrictive: bool,
    /// The statements that it is for.
    pub command: PolicyCommand,
    /// The roles that it is for; everybody, if there are none.
    pub roles: List<Name>,
    /// Which rows that are there can be seen.
    pub using: Option<Sql>,
    /// Which rows can be written; those of `using`, if nothing is said.
    pub with_check: Option<Sql>,
}

impl Policy {
    /// What it demands of a row.
    pub fn expressions(&self) -> impl Iterator<Item = &Sql> {
        self.using.iter().chain(&self.with_check)
    }

    pub(crate) fn expressions_mut(&mut self) -> impl Iterator<Item = &mut Sql> {
        self.using.iter_mut().chain(&mut self.with_check)
    }
}

/// The statements that a policy is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PolicyCommand {
    /// All of them.
    #[default]
    All,
    /// `SELECT`.
    Select,
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
}

impl PolicyCommand {
    /// All of them, with their words.
    pub const ALL: [(Self, &'static str); 5] = [
        (Self::All, "all"),
        (Self::Select, "select"),
        (Self::Insert, "insert"),
        (Self::Update, "update"),
        (Self::Delete, "delete"),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(command, _)| *command == self).map_or("all", |(_, word)| word)
    }

    /// Whether it meets rows that are there, which `using` is about.
    pub fn reads(self) -> bool {
        self != Self::Insert
    }

    /// Whether it makes new rows, which `with_check` is about.
    pub fn writes(self) -> bool {
        !matches!(self, Self::Select | Self::Delete)
    }
}
