//! The kinds of object.

crate::worded! {
    /// A kind of object: all that steps make and change, and what may stand in its place in a database.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum ObjectKind {
        /// An extension of the database.
        Extension = "extension",
        /// An enum type.
        Enum = "enum",
        /// A domain.
        Domain = "domain",
        /// A function; in a database also a procedure.
        Function = "function",
        /// A table.
        Table = "table",
        /// A partitioned table: in a database only.
        PartitionedTable = "partitioned table",
        /// A foreign table: in a database only.
        ForeignTable = "foreign table",
        /// A view. Where a step or the model speaks of one, it may be materialized.
        View = "view",
        /// A materialized view of a database.
        MaterializedView = "materialized view",
        /// A column of a table.
        Column = "column",
        /// A constraint of a table.
        Constraint = "constraint",
        /// An index that backs no constraint.
        Index = "index",
        /// A trigger of a table or view.
        Trigger = "trigger",
        /// A policy of a table.
        Policy = "policy",
        /// A sequence.
        Sequence = "sequence",
        /// The schema that the chain is installed in.
        Schema = "schema",
    }
}

impl ObjectKind {
    /// The kinds that have a name space of their own, and may be meant by `@.name`.
    pub(crate) const OF_THE_SCHEMA: [Self; 7] =
        [Self::Table, Self::View, Self::Function, Self::Enum, Self::Domain, Self::Sequence, Self::Index];

    /// The kinds whose names are a table's own.
    pub(crate) const OF_A_TABLE: [Self; 4] = [Self::Column, Self::Constraint, Self::Policy, Self::Trigger];

    /// Whether it is a type that columns can have.
    pub fn is_type(self) -> bool {
        matches!(self, Self::Enum | Self::Domain)
    }

    /// Whether two tables can each have one of the same name.
    pub fn is_of_a_table(self) -> bool {
        Self::OF_A_TABLE.contains(&self)
    }

    /// Whether other objects stand on it.
    pub fn has_parts(self) -> bool {
        use ObjectKind::{ForeignTable, MaterializedView, PartitionedTable, Table, View};
        matches!(self, Table | PartitionedTable | ForeignTable | View | MaterializedView)
    }

    /// What the model knows it as, where it knows that: a table may be partitioned.
    #[must_use]
    pub fn unpartitioned(self) -> Self {
        if self == Self::PartitionedTable { Self::Table } else { self }
    }

    /// Whether it is a relation that other objects stand on, or a sequence: PostgreSQL keeps their names in one name space.
    pub fn is_relation(self) -> bool {
        self.has_parts() || self == Self::Sequence
    }
}
