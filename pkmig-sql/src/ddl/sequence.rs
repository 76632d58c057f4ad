//! Sequences, and the columns that own them.

use std::fmt;

use super::name::{Ident, Qualified, TypeName};

/// A column as `OWNED BY` and `COMMENT` name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnRef {
    /// Its table.
    pub table: Qualified,
    /// Its name.
    pub column: Ident,
}

impl fmt::Display for ColumnRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.table, self.column)
    }
}

/// `CREATE SEQUENCE`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct CreateSequence {
    pub name: Qualified,
    pub if_not_exists: bool,
    pub ty: TypeName,
    pub increment: i64,
    pub start: i64,
    pub owned_by: Option<ColumnRef>,
}

impl fmt::Display for CreateSequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let if_not_exists = if self.if_not_exists { "IF NOT EXISTS " } else { "" };
        write!(f, "CREATE SEQUENCE {if_not_exists}{} AS {}", self.name, self.ty)?;
        for (word, value) in [("INCREMENT", self.increment), ("START", self.start)] {
            if value != 1 {
                write!(f, " {word} {value}")?;
            }
        }
        self.owned_by.iter().try_for_each(|column| write!(f, " OWNED BY {column}"))
    }
}

/// `ALTER SEQUENCE`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub enum AlterSequence {
    OwnedBy(Qualified, ColumnRef),
    As(Qualified, TypeName),
}

impl fmt::Display for AlterSequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OwnedBy(name, column) => write!(f, "ALTER SEQUENCE {name} OWNED BY {column}"),
            Self::As(name, ty) => write!(f, "ALTER SEQUENCE {name} AS {ty}"),
        }
    }
}
