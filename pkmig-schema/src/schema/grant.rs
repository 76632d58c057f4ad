//! Privileges: who may do what with an object (manual section 5.8).

use std::collections::BTreeSet;

use super::Schema;
use crate::{List, Name, Type};

/// What a role may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)] // PostgreSQL's words.
pub enum Privilege {
    Select,
    Insert,
    Update,
    Delete,
    Truncate,
    References,
    Trigger,
    Execute,
    Usage,
    Create,
}

impl Privilege {
    /// All of them, with their words.
    pub const ALL: [(Self, &'static str); 10] = [
        (Self::Select, "select"),
        (Self::Insert, "insert"),
        (Self::Update, "update"),
        (Self::Delete, "delete"),
        (Self::Truncate, "truncate"),
        (Self::References, "references"),
        (Self::Trigger, "trigger"),
        (Self::Execute, "execute"),
        (Self::Usage, "usage"),
        (Self::Create, "create"),
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(privilege, _)| *privilege == self).map_or("", |(_, word)| word)
    }
}

/// What privileges are on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantTarget {
    /// A table.
    Table(Name),
    /// A function, with the types of its arguments.
    Function(Name, List<Type>),
    /// The prefix itself.
    Schema,
}

impl GrantTarget {
    /// The privileges that there are on it.
    pub fn privileges(&self) -> &'static [Privilege] {
        use Privilege::{Create, Delete, Execute, Insert, References, Select, Trigger, Truncate, Update, Usage};
        match self {
            Self::Table(_) => &[Select, Insert, Update, Delete, Truncate, References, Trigger],
            Self::Function(..) => &[Execute],
            Self::Schema => &[Usage, Create],
        }
    }
}

impl GrantTarget {
    /// What PostgreSQL grants on a new one, beside its owner's.
    pub fn by_default(&self) -> Privileges {
        match self {
            Self::Function(..) => of_new_function(),
            Self::Table(_) | Self::Schema => Privileges::new(),
        }
    }
}

impl Schema {
    /// The objects that a version has spoken of the privileges of, with all privileges on them.
    pub fn declared_privileges(&self) -> Vec<(GrantTarget, &Privileges)> {
        let tables = self.tables().map(|table| (GrantTarget::Table(table.name), &table.privileges));
        let functions = self.functions().filter_map(|function| {
            let args = function.args.iter().map(|arg| arg.ty.clone()).collect();
            Some((GrantTarget::Function(function.name, args), self.function_privileges.get(function.name)?))
        });
        let all = tables.chain(functions).chain([(GrantTarget::Schema, &self.privileges)]);
        all.filter(|(on, privileges)| **privileges != on.by_default()).collect()
    }
}

/// Privileges that are granted or revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What the roles may do.
    pub privileges: List<Privilege>,
    /// With what.
    pub on: GrantTarget,
    /// The roles; [`PUBLIC`] stands for all of them.
    pub roles: List<Name>,
}

impl Grant {
    /// With only those of its privileges.
    #[must_use]
    pub fn only(&self, kept: impl Fn(Privilege) -> bool) -> Self {
        let privileges: Vec<_> = self.privileges.iter().copied().filter(|privilege| kept(*privilege)).collect();
        Self { privileges: privileges.into(), ..self.clone() }
    }

    /// Each privilege with each role.
    pub fn pairs(&self) -> impl Iterator<Item = (Privilege, Name)> {
        self.privileges.iter().flat_map(|privilege| self.roles.iter().map(move |role| (*privilege, *role)))
    }
}

/// Every role that there is or will be.
pub const PUBLIC: Name = "public";

/// The privileges on an object, but its owner's.
pub type Privileges = BTreeSet<(Privilege, Name)>;

/// What PostgreSQL grants on a new function: everybody may call it (manual, CREATE FUNCTION).
pub(crate) fn of_new_function() -> Privileges {
    [(Privilege::Execute, PUBLIC)].into()
}
