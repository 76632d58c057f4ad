//! What a chain requires of its database: objects outside of the prefix that somebody else makes.

use std::fmt;

use crate::name::written;
use crate::step::missing_type;
use crate::{List, Name, Problem, Report, Schema, Type};

/// Something outside of the prefix that must be there before the first version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requirement {
    /// `requires role authenticated;`
    Role(Name),
    /// `requires function auth.uid();`
    Function {
        /// The schema that it is in.
        schema: Name,
        /// Its name.
        name: Name,
        /// The types of its arguments.
        args: List<Type>,
    },
    /// `requires table auth.users (id: uuid);`
    Table {
        /// The schema that it is in.
        schema: Name,
        /// Its name.
        name: Name,
        /// The columns that the chain uses, with their types.
        columns: List<(Name, Type)>,
    },
}

impl Requirement {
    /// The types that it names.
    fn types(&self) -> Vec<&Type> {
        match self {
            Self::Role(_) => Vec::new(),
            Self::Function { args, .. } => args.iter().collect(),
            Self::Table { columns, .. } => columns.iter().map(|(_, ty)| ty).collect(),
        }
    }

    fn is_role(&self, role: &str) -> bool {
        matches!(self, Self::Role(name) if *name == role)
    }

    fn is_function(&self, in_schema: &str, function: &str) -> bool {
        matches!(self, Self::Function { schema, name, .. } if (*schema, *name) == (in_schema, function))
    }

    /// The columns of a required table.
    fn table(&self, in_schema: &str, table: &str) -> Option<&[(Name, Type)]> {
        match self {
            Self::Table { schema, name, columns } if (*schema, *name) == (in_schema, table) => Some(columns),
            _ => None,
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |items: Vec<String>| items.join(", ");
        match self {
            Self::Role(name) => write!(f, "role {}", written(name)),
            Self::Function { schema, name, args } => {
                let types = list(args.iter().map(ToString::to_string).collect());
                write!(f, "function {}.{}({types})", written(schema), written(name))
            }
            Self::Table { schema, name, columns } => {
                let columns = list(columns.iter().map(|(name, ty)| format!("{}: {ty}", written(name))).collect());
                write!(f, "table {}.{} ({columns})", written(schema), written(name))
            }
        }
    }
}

impl Schema {
    /// An empty schema in a database that has these.
    pub fn requiring(requirements: &[Requirement]) -> Self {
        let mut schema = Self::default();
        schema.requirements = requirements.into();
        schema
    }

    /// Reports what the chain cannot require: columns and arguments of types that are none.
    pub fn check_requirements(&self, report: &mut Report) {
        let types = self.requirements.iter().flat_map(Requirement::types);
        for ty in types.filter(|ty| ty.known().is_none()) {
            report.push(missing_type(self, ty));
        }
    }

    /// Whether the chain requires a role of that name. `public` stands for all of them.
    pub fn has_role(&self, name: &str) -> bool {
        name == "public" || self.requirements.iter().any(|requirement| requirement.is_role(name))
    }

    /// The problem of a role that the chain does not require.
    pub fn missing_role(&self, name: Name) -> Problem {
        let roles = self.requirements.iter().filter_map(|requirement| match requirement {
            Requirement::Role(name) => Some(*name),
            _ => None,
        });
        let message = format!("no role `{name}`: the chain does not require it");
        let help = format!("add `requires role {};` to `chain!`", written(name));
        Problem::missing(name, message, "").nearest(roles.chain(["public"])).or_help(help)
    }

    /// The columns of a table of another schema, as far as the chain requires them.
    pub fn required_table(&self, schema: &str, table: &str) -> Option<&[(Name, Type)]> {
        self.requirements.iter().find_map(|requirement| requirement.table(schema, table))
    }

    /// The type of such a column.
    pub(crate) fn required_column(&self, schema: &str, table: &str, column: &str) -> Option<&Type> {
        let mut columns = self.required_table(schema, table)?.iter();
        columns.find(|(name, _)| *name == column).map(|(_, ty)| ty)
    }

    /// Whether the chain requires the function of another schema.
    pub fn has_required_function(&self, schema: &str, function: &str) -> bool {
        self.requirements.iter().any(|requirement| requirement.is_function(schema, function))
    }

    /// The problem of a table of another schema that the chain does not require.
    pub(crate) fn missing_required_table(&self, schema: Name, table: Name) -> Problem {
        let help = format!("add `requires table {}.{} (column: type);` to `chain!`", written(schema), written(table));
        let message = format!("table `{schema}.{table}` is outside the prefix, and the chain does not require it");
        Problem::missing(table, message, "").help(help)
    }

    /// The problem of a function of another schema that the chain does not require.
    pub(crate) fn missing_required_function(&self, schema: Name, function: Name) -> Problem {
        let help = format!("add `requires function {}.{}(types);` to `chain!`", written(schema), written(function));
        let message =
            format!("function `{schema}.{function}` is outside the prefix, and the chain does not require it");
        Problem::missing(function, message, "").help(help)
    }
}
