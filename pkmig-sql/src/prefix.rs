//! The prefix: the PostgreSQL schema that an install lives in.

use std::fmt;

use pkmig_schema::name::MAX_BYTES;

use crate::shown;

/// The name of the PostgreSQL schema that an install of a chain lives in. Any name that PostgreSQL can hold works: it
/// is always quoted.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Prefix(String);

/// Why a text cannot be the name of a schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrefixError {
    /// It is empty.
    #[error("the prefix is empty")]
    Empty,
    /// It is longer than PostgreSQL's 63 bytes: it would be cut.
    #[error("the prefix `{0}` has {len} bytes, and PostgreSQL cuts names at {MAX_BYTES}", len = .0.len())]
    TooLong(String),
    /// It holds a NUL character.
    #[error("the prefix {0:?} contains a NUL character, which PostgreSQL does not allow in names")]
    Nul(String),
    /// It is one of PostgreSQL's own.
    #[error("the prefix `{0}` is one of PostgreSQL's own schemas")]
    Reserved(String),
    /// It is that of the ledger.
    #[error("the prefix `{0}` is the schema of the ledger, which all installs of a database share")]
    Ledger(String),
}

impl PrefixError {
    /// What to do next.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Empty => Some("name the schema that the tables live in, for example `public`"),
            Self::TooLong(_) => Some("choose a shorter name"),
            Self::Nul(_) => None,
            Self::Reserved(_) => Some("choose a name that does not begin with `pg_` and is not `information_schema`"),
            Self::Ledger(_) => Some("choose another name"),
        }
    }
}

impl Prefix {
    /// Takes the name of a schema.
    ///
    /// # Errors
    /// If PostgreSQL could not hold it, or keeps it to itself (manual section 5.9.5).
    pub fn new(name: impl Into<String>) -> Result<Self, PrefixError> {
        let name = name.into();
        match name.as_str() {
            "" => Err(PrefixError::Empty),
            _ if name.contains('\0') => Err(PrefixError::Nul(name)),
            _ if name.len() > MAX_BYTES => Err(PrefixError::TooLong(name)),
            "information_schema" => Err(PrefixError::Reserved(name)),
            "pkmig" => Err(PrefixError::Ledger(name)),
            _ if name.starts_with("pg_") => Err(PrefixError::Reserved(name)),
            _ => Ok(Self(name)),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Prefix {
    /// `public`
    fn default() -> Self {
        Self("public".to_owned())
    }
}

/// As it is shown; [`Prefix::as_str`] is the name itself.
impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown::line(&self.0))
    }
}

impl TryFrom<&str> for Prefix {
    type Error = PrefixError;

    fn try_from(name: &str) -> Result<Self, PrefixError> {
        Self::new(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_name_that_postgresql_can_hold_is_a_prefix() {
        for name in ["public", "My-Schema", "naïve", "select", "a\"b", "a'b", &"x".repeat(63)] {
            assert!(Prefix::new(name).is_ok(), "{name}");
        }
    }

    #[test]
    fn other_names_are_refused() {
        assert_eq!(Prefix::new(""), Err(PrefixError::Empty));
        assert!(matches!(Prefix::new("x".repeat(64)), Err(PrefixError::TooLong(_))));
        assert!(matches!(Prefix::new("a\0b"), Err(PrefixError::Nul(_))));
        assert!(matches!(Prefix::new("pg_temp"), Err(PrefixError::Reserved(_))));
        assert!(matches!(Prefix::new("pkmig"), Err(PrefixError::Ledger(_))));
    }
}
