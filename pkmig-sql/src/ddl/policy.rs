//! Policies, and the roles that they are for.

use std::fmt;

use pkmig_schema::PolicyCommand;

use super::name::{Expression, Ident, Qualified, list};

/// A role as `TO` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // PostgreSQL's words.
pub enum Role {
    Public,
    Named(Ident),
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Public => f.write_str("PUBLIC"),
            Self::Named(name) => name.fmt(f),
        }
    }
}

/// `CREATE POLICY`
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct CreatePolicy {
    pub name: Ident,
    pub table: Qualified,
    pub restrictive: bool,
    pub command: PolicyCommand,
    pub roles: Vec<Role>,
    pub using: Option<Expression>,
    pub with_check: Option<Expression>,
}

impl fmt::Display for CreatePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CREATE POLICY {} ON {}", self.name, self.table)?;
        f.write_str(if self.restrictive { " AS RESTRICTIVE" } else { "" })?;
        write!(f, " FOR {} TO ", self.command.word().to_uppercase())?;
        list(f, &self.roles)?;
        self.using.iter().try_for_each(|using| write!(f, " USING ({using})"))?;
        self.with_check.iter().try_for_each(|check| write!(f, " WITH CHECK ({check})"))
    }
}

/// `DROP POLICY`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct DropPolicy {
    pub name: Ident,
    pub table: Qualified,
    pub if_exists: bool,
}

impl fmt::Display for DropPolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let if_exists = if self.if_exists { "IF EXISTS " } else { "" };
        write!(f, "DROP POLICY {if_exists}{} ON {}", self.name, self.table)
    }
}

/// `ALTER POLICY … RENAME TO`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct RenamePolicy {
    pub name: Ident,
    pub table: Qualified,
    pub to: Ident,
}

impl fmt::Display for RenamePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ALTER POLICY {} ON {} RENAME TO {}", self.name, self.table, self.to)
    }
}
