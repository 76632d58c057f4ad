//! `GRANT`, `REVOKE` and `COMMENT ON`: statements that name any kind of object.

use std::fmt;

use pkmig_schema::Privilege;

use super::name::{Ident, Qualified, Signature, list};
use super::policy::Role;
use super::sequence::ColumnRef;
use crate::writer::literal;

/// `GRANT` or `REVOKE`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct Grant {
    pub action: GrantAction,
    pub privileges: Privileges,
    pub on: On,
    pub roles: Roles,
}

/// Whether privileges are given or taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)] // PostgreSQL's words.
pub enum GrantAction {
    Grant,
    Revoke,
}

/// Privileges in a row.
#[derive(Debug, Clone)]
pub struct Privileges(pub Vec<Privilege>);

/// Roles in a row.
#[derive(Debug, Clone)]
pub struct Roles(pub Vec<Role>);

impl fmt::Display for Privileges {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(f, &self.0.iter().map(|privilege| privilege.word().to_uppercase()).collect::<Vec<_>>())
    }
}

impl fmt::Display for Roles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        list(f, &self.0)
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { privileges, on, roles, .. } = self;
        match self.action {
            GrantAction::Grant => write!(f, "GRANT {privileges} ON {on} TO {roles}"),
            GrantAction::Revoke => write!(f, "REVOKE {privileges} ON {on} FROM {roles}"),
        }
    }
}

/// What stands behind `ON`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // PostgreSQL's words.
pub enum On {
    Schema(Ident),
    Table(Qualified),
    Column(ColumnRef),
    Index(Qualified),
    Constraint(Ident, Qualified),
    Trigger(Ident, Qualified),
    View(Qualified),
    MaterializedView(Qualified),
    Function(Signature),
}

impl fmt::Display for On {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schema(name) => write!(f, "SCHEMA {name}"),
            Self::Table(name) => write!(f, "TABLE {name}"),
            Self::Column(column) => write!(f, "COLUMN {column}"),
            Self::Index(name) => write!(f, "INDEX {name}"),
            Self::Constraint(name, table) => write!(f, "CONSTRAINT {name} ON {table}"),
            Self::Trigger(name, table) => write!(f, "TRIGGER {name} ON {table}"),
            Self::View(name) => write!(f, "VIEW {name}"),
            Self::MaterializedView(name) => write!(f, "MATERIALIZED VIEW {name}"),
            Self::Function(signature) => write!(f, "FUNCTION {signature}"),
        }
    }
}

/// `COMMENT ON`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct Comment {
    pub on: On,
    pub text: Option<String>,
}

impl fmt::Display for Comment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text.as_deref().map_or_else(|| "NULL".to_owned(), literal);
        write!(f, "COMMENT ON {} IS {text}", self.on)
    }
}
