//! An object by what a database calls it.

use std::fmt;

use pkmig_schema::{ObjectKind, ObjectRef, Schema};

use pkmig_sql::{Context, shown};

/// An object of a database, as [`ObjectRef`] is one of the model. Displayed as ``column `title` of table `notes` ``.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct CatalogObject {
    /// Its kind.
    pub kind: ObjectKind,
    /// The table or view that it belongs to.
    pub of: Option<String>,
    /// Its name.
    pub name: String,
    /// Of a function whose arguments are known: its name with their types, as PostgreSQL prints it.
    pub signature: Option<String>,
}

impl CatalogObject {
    /// An object that is known by its name.
    pub fn new(kind: ObjectKind, of: Option<String>, name: String) -> Self {
        Self { kind, of, name, signature: None }
    }

    /// What an object of the model is called where it is installed.
    pub(crate) fn of(object: ObjectRef, schema: &Schema, context: &Context) -> Self {
        let kind = match object.kind {
            ObjectKind::View if schema.view(object.name).is_some_and(|view| view.materialized) => {
                ObjectKind::MaterializedView
            }
            kind => kind,
        };
        Self::new(kind, object.of.map(|of| context.name(of)), context.name(object.name))
    }

    /// By its name alone: the chain's functions are not overloaded.
    pub(crate) fn by_name(&self) -> Self {
        Self { signature: None, ..self.clone() }
    }

    /// What it is known by: with its table only where names are the table's own.
    pub(crate) fn identity(self) -> Self {
        Self { of: self.of.filter(|_| self.kind.is_of_a_table()), ..self }
    }

    /// Its name; a function's with the types of its arguments.
    pub fn full_name(&self) -> &str {
        self.signature.as_deref().unwrap_or(&self.name)
    }

    /// The table or view that it is shown with: its own name, if it is one.
    pub fn group(&self) -> Option<&str> {
        if self.kind.has_parts() { Some(&self.name) } else { self.of.as_deref() }
    }
}

impl fmt::Display for CatalogObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write(f, self.kind.word(), self.full_name(), self.of.as_deref())
    }
}

/// ``column `title` of table `notes` ``
pub(super) fn write(f: &mut fmt::Formatter<'_>, kind: &str, name: &str, table: Option<&str>) -> fmt::Result {
    write!(f, "{kind} `{}`", shown::line(name))?;
    table.iter().try_for_each(|table| write!(f, " of table `{}`", shown::line(table)))
}
