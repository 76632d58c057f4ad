//! Triggers.

use std::fmt;

use super::name::{Expression, Ident, Idents, Qualified, list};
use crate::writer::literal;

/// `CREATE TRIGGER`
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct CreateTrigger {
    pub name: Ident,
    pub table: Qualified,
    pub timing: &'static str,
    pub events: Vec<Fires>,
    pub each: &'static str,
    pub when: Option<Expression>,
    pub function: Qualified,
    pub arguments: Vec<String>,
}

/// What fires a trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fires {
    /// `INSERT`, `UPDATE`, `DELETE` or `TRUNCATE`.
    On(&'static str),
    /// `UPDATE OF …`
    OnUpdateOf(Idents),
}

impl fmt::Display for Fires {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::On(event) => f.write_str(&event.to_uppercase()),
            Self::OnUpdateOf(columns) => write!(f, "UPDATE OF {columns}"),
        }
    }
}

impl fmt::Display for CreateTrigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let events = self.events.iter().map(ToString::to_string).collect::<Vec<_>>().join(" OR ");
        write!(f, "CREATE TRIGGER {} {} {events} ON {} FOR EACH {}", self.name, self.timing, self.table, self.each)?;
        self.when.iter().try_for_each(|when| write!(f, " WHEN ({when})"))?;
        write!(f, " EXECUTE FUNCTION {}(", self.function)?;
        list(f, &self.arguments.iter().map(|text| literal(text)).collect::<Vec<_>>())?;
        f.write_str(")")
    }
}

/// `DROP TRIGGER`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct DropTrigger {
    pub name: Ident,
    pub table: Qualified,
}

impl fmt::Display for DropTrigger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DROP TRIGGER {} ON {}", self.name, self.table)
    }
}
