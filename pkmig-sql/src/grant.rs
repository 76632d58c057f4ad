//! Privileges: grant and revoke.

use pkmig_schema::{Grant, Name, ObjectKind, PUBLIC};

use super::guard::{Condition, Privileged};
use super::{Lowered, Place};
use crate::ddl::{self, GrantAction, Ident, On, Privileges, Role, Roles};

impl Place<'_> {
    pub(super) fn grant(&self, grant: &Grant) -> Lowered {
        self.privileges(grant, GrantAction::Grant)
    }

    pub(super) fn revoke(&self, grant: &Grant) -> Lowered {
        self.privileges(grant, GrantAction::Revoke)
    }

    /// The statement, where one of the privileges is not as it shall be.
    fn privileges(&self, grant: &Grant, action: GrantAction) -> Lowered {
        let statement = ddl::Grant {
            action,
            privileges: Privileges(grant.privileges.to_vec()),
            on: self.on(grant),
            roles: Roles(grant.roles.iter().map(role).collect()),
        };
        let ddl::Grant { privileges, on, roles, .. } = &statement;
        let expected = match action {
            GrantAction::Grant => format!("expected {privileges} granted to {roles}, found not granted"),
            GrantAction::Revoke => format!("expected {privileges} revoked from {roles}, found still granted"),
        };
        let message = format!("{on} is not as declared: {expected}");
        let pairs = grant.pairs().map(|(privilege, role)| (privilege, role.to_owned())).collect();
        let privileged = Privileged { on: on.clone(), pairs };
        let when = match action {
            GrantAction::Grant => Condition::Lacks(privileged),
            GrantAction::Revoke => Condition::Has(privileged),
        };
        // Who may not grant a privilege gets a warning if he has any on the object (manual, GRANT): no error.
        Lowered { still: Some(message), ..Lowered::when(when, vec![statement.into()]) }
    }

    fn on(&self, grant: &Grant) -> On {
        let name = grant.on.name;
        match grant.on.kind {
            ObjectKind::Function => On::Function(self.context.signature(name, grant.args.iter())),
            ObjectKind::Schema => On::Schema(Ident::new(self.context.schema())),
            _ => On::Table(self.context.qualified(name)),
        }
    }
}

fn role(name: &Name) -> Role {
    if *name == PUBLIC { Role::Public } else { Role::Named(Ident::new(*name)) }
}
