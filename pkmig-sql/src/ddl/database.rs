//! What belongs to the database: extensions, schemas, settings.

use std::fmt;

use super::name::Ident;

/// `CREATE EXTENSION IF NOT EXISTS`
#[derive(Debug, Clone)]
#[allow(missing_docs)] // PostgreSQL's words.
pub struct CreateExtension {
    pub name: Ident,
    pub schema: Ident,
}

impl fmt::Display for CreateExtension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CREATE EXTENSION IF NOT EXISTS {} WITH SCHEMA {}", self.name, self.schema)
    }
}

/// `CREATE SCHEMA`
#[derive(Debug, Clone)]
pub struct CreateSchema(pub Ident);

impl fmt::Display for CreateSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CREATE SCHEMA {}", self.0)
    }
}

/// `RESET`: a setting gets the value that it has by default.
#[derive(Debug, Clone)]
pub struct Reset(pub Ident);

impl fmt::Display for Reset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RESET {}", self.0)
    }
}
