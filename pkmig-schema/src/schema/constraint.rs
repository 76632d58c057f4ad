//! Constraints of tables.

use super::{IndexColumn, IndexKey};
use crate::{List, Name, Sql};

/// A constraint of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Constraint {
    /// Its name; [`UNNAMED`](crate::name::UNNAMED) for PostgreSQL's default.
    pub name: Name,
    /// What it demands.
    pub kind: ConstraintKind,
    /// Whether the rows that were there before have been checked too: false for `not_valid`.
    pub validated: bool,
    /// Its comment.
    pub comment: Option<Name>,
}

/// What a constraint demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConstraintKind {
    /// `primary_key (columns)`.
    PrimaryKey {
        /// The key's columns.
        columns: List<Name>,
    },
    /// `unique (columns)`.
    Unique {
        /// The key's columns.
        columns: List<Name>,
    },
    /// `check ("expression")`.
    Check {
        /// What must not be false.
        expression: Sql,
    },
    /// `foreign_key (columns) references table (references)`.
    ForeignKey {
        /// The referencing columns.
        columns: List<Name>,
        /// The referenced table.
        table: TableRef,
        /// The referenced columns.
        references: List<Name>,
        /// What a deleted parent does.
        on_delete: ReferentialAction,
        /// What a changed parent key does.
        on_update: ReferentialAction,
    },
    /// `exclude using gist (a with "=", …)`.
    Exclude(Exclusion),
}

/// That no two rows compare to each other with all of the operators (manual section 5.4.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// The access method of its index.
    pub method: Name,
    /// What is compared.
    pub elements: List<ExclusionElement>,
    /// The rows that it is about.
    pub predicate: Option<Sql>,
}

/// One of the things that an exclusion constraint compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExclusionElement {
    /// The column or expression.
    pub column: IndexColumn,
    /// The operator: `=`, `&&`, …
    pub operator: Name,
}

impl Exclusion {
    /// The expressions that it holds, its predicate last.
    pub fn expressions(&self) -> impl Iterator<Item = &Sql> {
        let keys = self.elements.iter().filter_map(|element| match &element.column.key {
            IndexKey::Expression(sql) => Some(sql),
            IndexKey::Column(_) => None,
        });
        keys.chain(&self.predicate)
    }

    /// The plain columns that it compares.
    pub fn columns(&self) -> impl Iterator<Item = Name> {
        self.elements.iter().filter_map(|element| match element.column.key {
            IndexKey::Column(name) => Some(name),
            IndexKey::Expression(_) => None,
        })
    }

    /// Follows a column's rename.
    pub(crate) fn rename(&mut self, from: &str, to: Name) {
        self.elements.to_mut().iter_mut().for_each(|element| element.column.rename(from, to));
        self.predicate.iter_mut().for_each(|sql| sql.rename_ident(from, to));
    }
}

impl ConstraintKind {
    /// The keyword of the language, and the label at the end of PostgreSQL's default name.
    pub fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::PrimaryKey { .. } => ("primary_key", "pkey"),
            Self::Unique { .. } => ("unique", "key"),
            Self::Check { .. } => ("check", "check"),
            Self::ForeignKey { .. } => ("foreign_key", "fkey"),
            Self::Exclude(_) => ("exclude", "excl"),
        }
    }

    /// Whether an index backs it, which has its name.
    pub fn has_index(&self) -> bool {
        self.key().is_some() || matches!(self, Self::Exclude(_))
    }

    /// The columns that it makes unique.
    pub fn key(&self) -> Option<&[Name]> {
        match self {
            Self::PrimaryKey { columns } | Self::Unique { columns } => Some(columns),
            Self::Check { .. } | Self::ForeignKey { .. } | Self::Exclude(_) => None,
        }
    }

    /// Whether one index would do for both of them.
    pub(crate) fn has_same_index(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Exclude(one), Self::Exclude(two)) => one == two,
            _ => self.key().is_some() && self.key() == other.key(),
        }
    }

    /// Whether it depends on `column` of its own table.
    pub fn uses(&self, column: &str) -> bool {
        match self {
            Self::PrimaryKey { columns } | Self::Unique { columns } | Self::ForeignKey { columns, .. } => {
                columns.contains(&column)
            }
            Self::Check { expression } => expression.idents().any(|ident| ident == column),
            Self::Exclude(exclusion) => {
                let named = exclusion.expressions().flat_map(Sql::idents);
                exclusion.columns().chain(named).any(|name| name == column)
            }
        }
    }
}

/// The table that a foreign key points to: one of the prefix, or one of another schema that the chain requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableRef {
    /// The schema, where it is another than the prefix.
    pub schema: Option<Name>,
    /// The table's name.
    pub name: Name,
}

impl TableRef {
    /// A table of the prefix.
    pub fn own(name: Name) -> Self {
        Self { schema: None, name }
    }

    /// Whether it is the prefix's table of that name.
    pub fn is(&self, table: &str) -> bool {
        self.schema.is_none() && self.name == table
    }
}

/// What happens to referencing rows (manual section 5.4.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReferentialAction {
    /// PostgreSQL's default: an error at the end of the statement.
    #[default]
    NoAction,
    /// An error at once.
    Restrict,
    /// They go, or change, too.
    Cascade,
    /// Their columns become null.
    SetNull,
    /// Their columns get their defaults.
    SetDefault,
}

impl ReferentialAction {
    /// All of them, with the words of the language and of SQL.
    pub const ALL: [(Self, &'static str, &'static str); 5] = [
        (Self::NoAction, "no_action", "NO ACTION"),
        (Self::Restrict, "restrict", "RESTRICT"),
        (Self::Cascade, "cascade", "CASCADE"),
        (Self::SetNull, "set_null", "SET NULL"),
        (Self::SetDefault, "set_default", "SET DEFAULT"),
    ];

    /// The words of SQL.
    pub fn sql(self) -> &'static str {
        Self::ALL.iter().find(|(action, ..)| *action == self).map_or("NO ACTION", |(.., sql)| sql)
    }
}
