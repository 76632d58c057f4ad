//! Privileges: who may do what with an object (manual section 5.8).

use std::collections::BTreeSet;

use super::{Function, Schema};
use crate::{List, Name, ObjectKind, ObjectRef, Type};

crate::worded! {
    /// What a role may do.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    #[allow(missing_docs)] // PostgreSQL's words.
    pub enum Privilege {
        Select = "select",
        Insert = "insert",
        Update = "update",
        Delete = "delete",
        Truncate = "truncate",
        References = "references",
        Trigger = "trigger",
        Execute = "execute",
        Usage = "usage",
        Create = "create",
    }
}

impl Privilege {
    /// Those that there are on an object of a kind.
    pub fn on(kind: ObjectKind) -> &'static [Self] {
        use Privilege::{Create, Delete, Execute, Insert, References, Select, Trigger, Truncate, Update, Usage};
        match kind {
            ObjectKind::Table => &[Select, Insert, Update, Delete, Truncate, References, Trigger],
            ObjectKind::Function => &[Execute],
            ObjectKind::Schema => &[Usage, Create],
            _ => &[],
        }
    }

    /// What PostgreSQL grants on a new object, beside its owner's: everybody may call a function (manual, CREATE FUNCTION).
    pub fn by_default(kind: ObjectKind) -> Privileges {
        (kind == ObjectKind::Function).then_some((Self::Execute, PUBLIC)).into_iter().collect()
    }
}

impl Schema {
    /// What grants all privileges on the objects that a version has spoken of the privileges of; nothing where all is revoked.
    pub fn declared_privileges(&self) -> Vec<(Grant, &Privileges)> {
        let tables =
            self.tables().map(|table| (Grant::on(ObjectRef::new(ObjectKind::Table, table.name)), &table.privileges));
        let functions = self
            .functions()
            .filter_map(|function| Some((Grant::on_function(function), self.function_privileges.get(function.name)?)));
        let all = tables.chain(functions).chain([(Grant::on(ObjectRef::schema()), &self.privileges)]);
        all.filter(|(grant, privileges)| **privileges != Privilege::by_default(grant.on.kind)).collect()
    }
}

/// Privileges that are granted or revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What the roles may do.
    pub privileges: List<Privilege>,
    /// With what: a table, a function, or the schema.
    pub on: ObjectRef,
    /// Of a function: the types of its arguments.
    pub args: List<Type>,
    /// The roles; [`PUBLIC`] stands for all of them.
    pub roles: List<Name>,
}

impl Grant {
    /// Of nothing yet, on a table or the schema.
    pub(crate) fn on(on: ObjectRef) -> Self {
        Self { privileges: Vec::new().into(), on, args: Vec::new().into(), roles: Vec::new().into() }
    }

    /// Of nothing yet, on a function.
    pub(crate) fn on_function(function: &Function) -> Self {
        let args = function.args.iter().map(|arg| arg.ty.clone()).collect();
        Self { args, ..Self::on(ObjectRef::new(ObjectKind::Function, function.name)) }
    }

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
