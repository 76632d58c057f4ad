//! What is compared of an object: its properties, and their values.

use std::fmt;

use pkmig_schema::{RowSecurity, worded};
use pkmig_sql::literal;
use sqlx::Row;
use sqlx::postgres::PgRow;

worded! {
    /// A property of an object, with the word that `catalog.sql` has for it, too.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    #[allow(missing_docs)] // PostgreSQL's words. They are sorted by them: so they are shown.
    #[non_exhaustive]
    pub enum Property {
        Arguments = "arguments",
        Body = "body",
        Checks = "checks",
        Collation = "collation",
        Command = "command",
        Comment = "comment",
        Default = "default",
        Definition = "definition",
        Enforcement = "enforcement",
        Generated = "generated",
        Identity = "identity",
        Increment = "increment",
        RoutineKind = "kind",
        Labels = "labels",
        Language = "language",
        Mode = "mode",
        Nullability = "nullability",
        Options = "options",
        Owner = "owner",
        Persistence = "persistence",
        Range = "range",
        Result = "result",
        Roles = "roles",
        RowSecurity = "row level security",
        Security = "security",
        Settings = "settings",
        Start = "start",
        Strictness = "strictness",
        Type = "type",
        Using = "using",
        Validity = "validity",
        Volatility = "volatility",
        WithCheck = "with check",
    }
}

worded! {
    /// Whether a constraint holds for all rows, or an index can be used.
    #[derive(Debug, Clone, Copy, PartialEq, Eq)]
    pub enum Validity {
        /// It does.
        Valid = "valid",
        /// A constraint that rows may break which were there before it.
        NotValid = "NOT VALID",
        /// An index that was not made to the end.
        Invalid = "INVALID",
    }
}

/// What a property is. Displayed as PostgreSQL prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PropertyValue {
    /// A text, with `@.` for the prefix.
    Text(String),
    /// The values of an enum.
    Labels(Vec<String>),
    /// What a table asks its policies.
    RowSecurity(RowSecurity),
    /// Of a constraint or index.
    Validity(Validity),
}

impl Property {
    /// Whether it is an expression, or holds one.
    pub(super) fn has_expression(self) -> bool {
        matches!(
            self,
            Self::Checks | Self::Default | Self::Generated | Self::Definition | Self::Using | Self::WithCheck
        )
    }

    /// Its value in a row of the catalog's query, whose texts `text` makes comparable.
    pub(super) fn value(self, row: &PgRow, text: impl Fn(&str) -> String) -> Result<PropertyValue, sqlx::Error> {
        let value = row.try_get("value")?;
        Ok(match self {
            Self::Labels => PropertyValue::Labels(parts(row)?),
            Self::RowSecurity => {
                let has = |parts: &[String], word: &str| parts.iter().any(|part| part == word);
                let parts = parts(row)?;
                PropertyValue::RowSecurity(RowSecurity {
                    enabled: has(&parts, "enabled"),
                    forced: has(&parts, "forced"),
                })
            }
            Self::Validity => {
                PropertyValue::Validity(Validity::of_word(value).ok_or_else(|| unknown("validity", value))?)
            }
            _ => PropertyValue::Text(text(value)),
        })
    }
}

/// The parts of a value. None of them is null: sqlx takes the text `"NULL"` in an array for that.
pub(super) fn parts(row: &PgRow) -> Result<Vec<String>, sqlx::Error> {
    let parts: Vec<Option<String>> = row.try_get("parts")?;
    Ok(parts.into_iter().map(|part| part.unwrap_or_else(|| "NULL".to_owned())).collect())
}

/// A word of the catalog's query that is not known here.
pub(super) fn unknown(what: &str, word: &str) -> sqlx::Error {
    sqlx::Error::Decode(format!("a {what} that is not known: {word}").into())
}

impl fmt::Display for PropertyValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Labels(labels) => {
                let labels: Vec<_> = labels.iter().map(|label| literal(label)).collect();
                f.write_str(&labels.join(", "))
            }
            Self::RowSecurity(security) => {
                f.write_str(if security.enabled { "enabled" } else { "disabled" })?;
                f.write_str(if security.forced { ", forced" } else { "" })
            }
            Self::Validity(validity) => f.write_str(validity.word()),
        }
    }
}
