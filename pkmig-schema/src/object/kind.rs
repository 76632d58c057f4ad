//! The kinds of object.

/// A kind of object that steps make and change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectKind {
    /// A table.
    Table,
    /// A column of a table.
    Column,
    /// A constraint of a table.
    Constraint,
    /// A policy of a table.
    Policy,
    /// An index.
    Index,
    /// An enum type.
    Enum,
    /// A domain.
    Domain,
    /// A sequence.
    Sequence,
    /// A function.
    Function,
    /// A view, materialized or not.
    View,
    /// A trigger of a table or view.
    Trigger,
    /// An extension of the database.
    Extension,
    /// The schema that the chain is installed in.
    Schema,
}

impl ObjectKind {
    /// The kinds that have a name space of their own, and may be meant by `@.name`.
    pub(crate) const OF_THE_SCHEMA: [Self; 7] =
        [Self::Table, Self::View, Self::Function, Self::Enum, Self::Domain, Self::Sequence, Self::Index];

    /// The kinds whose names are a table's own.
    pub(crate) const OF_A_TABLE: [Self; 4] = [Self::Column, Self::Constraint, Self::Policy, Self::Trigger];

    /// PostgreSQL's word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Column => "column",
            Self::Constraint => "constraint",
            Self::Policy => "policy",
            Self::Index => "index",
            Self::Enum => "enum",
            Self::Domain => "domain",
            Self::Sequence => "sequence",
            Self::Function => "function",
            Self::View => "view",
            Self::Trigger => "trigger",
            Self::Extension => "extension",
            Self::Schema => "schema",
        }
    }

    /// Whether it is a type that columns can have.
    pub fn is_type(self) -> bool {
        matches!(self, Self::Enum | Self::Domain)
    }

    /// Whether two tables can each have one of the same name.
    pub fn is_of_a_table(self) -> bool {
        Self::OF_A_TABLE.contains(&self)
    }

    /// Whether other objects have their names in it.
    pub(crate) fn has_parts(self) -> bool {
        matches!(self, Self::Table | Self::View)
    }

    /// Whether it is a relation that other objects stand on, or a sequence: PostgreSQL keeps their names in one name space.
    pub fn is_relation(self) -> bool {
        matches!(self, Self::Table | Self::View | Self::Sequence)
    }
}
