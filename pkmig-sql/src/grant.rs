//! Privileges: grant and revoke.

use pkmig_schema::{Grant, Name, ObjectKind, PUBLIC, Privilege};

use super::guard::Condition;
use super::statement::Statement;
use super::writer::{ident, literal};
use super::{Lowered, Place};

/// An object with privileges, and where PostgreSQL's catalog has them.
struct Object {
    /// What stands behind `ON`.
    sql: String,
    catalog: &'static str,
    /// The columns with the privileges and the owner begin so.
    column: &'static str,
    /// The letter by which `acldefault` knows its kind.
    kind: char,
    /// Its identifier; null, if it is not there.
    lookup: String,
}

impl Place<'_> {
    pub(super) fn grant(&self, grant: &Grant) -> Lowered {
        self.privileges(grant, "GRANT", "TO", "NOT EXISTS")
    }

    pub(super) fn revoke(&self, grant: &Grant) -> Lowered {
        self.privileges(grant, "REVOKE", "FROM", "EXISTS")
    }

    /// The statement, where one of the privileges is not as it shall be.
    fn privileges(&self, grant: &Grant, verb: &str, direction: &str, wrong: &str) -> Lowered {
        let word = |privilege: Privilege| privilege.word().to_uppercase();
        let pair = |(privilege, role)| format!("({}, {})", literal(&word(privilege)), literal(role));
        let pairs = grant.pairs().map(pair).collect::<Vec<_>>().join(", ");
        let Object { sql, catalog, column, kind, lookup } = self.object(grant);
        let query = format!(
            "SELECT FROM pg_catalog.{catalog} AS o CROSS JOIN (VALUES {pairs}) AS w (privilege, role) WHERE o.oid = {lookup} \
             AND {wrong} (SELECT FROM aclexplode(coalesce(o.{column}acl, acldefault('{kind}', o.{column}owner))) AS a \
             LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = a.grantee \
             WHERE a.privilege_type = w.privilege AND coalesce(r.rolname, 'public') = w.role)"
        );
        let words = grant.privileges.iter().copied().map(word).collect::<Vec<_>>().join(", ");
        let role = |role: &Name| if *role == PUBLIC { "PUBLIC".to_owned() } else { ident(role) };
        let roles = grant.roles.iter().map(role).collect::<Vec<_>>().join(", ");
        let statement = Statement::Written(format!("{verb} {words} ON {sql} {direction} {roles}"));
        let (expected, found) = match verb {
            "GRANT" => (format!("{words} granted to {roles}"), "it not granted"),
            _ => (format!("{words} revoked from {roles}"), "it granted still"),
        };
        let message = format!("{sql} is not as declared: expected {expected}, found {found}");
        let lowered = Lowered::when(Condition::Returns(query), vec![statement]);
        // Who may not grant a privilege gets a warning if he has any on the object (manual, GRANT): no error.
        Lowered { still: Some(message), ..lowered }
    }

    fn object(&self, grant: &Grant) -> Object {
        let (context, name) = (self.context, grant.on.name);
        match grant.on.kind {
            ObjectKind::Function => {
                let types = grant.args.iter().map(|ty| context.ty(ty)).collect::<Vec<_>>().join(", ");
                let signature = format!("{}({types})", context.qualified(name));
                let lookup = format!("to_regprocedure({})", literal(&signature));
                Object { sql: format!("FUNCTION {signature}"), catalog: "pg_proc", column: "pro", kind: 'f', lookup }
            }
            ObjectKind::Schema => {
                let name = ident(context.schema());
                let lookup = format!("to_regnamespace({})", literal(&name));
                Object { sql: format!("SCHEMA {name}"), catalog: "pg_namespace", column: "nsp", kind: 'n', lookup }
            }
            _ => Object {
                sql: format!("TABLE {}", context.qualified(name)),
                catalog: "pg_class",
                column: "rel",
                kind: 'r',
                lookup: format!("to_regclass({})", context.lookup(name)),
            },
        }
    }
}
