//! The objects of a schema: what the steps declare and what the model keeps, in one set of types.

use super::{Constraint, Policy, Privileges, RowSecurity, Trigger};
use crate::name::UNNAMED;
use crate::{List, Name, Piece, Sql, Type, Version};

/// A literal, with the text that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Literal {
    /// `null`.
    Null(Name),
    /// `true` or `false`.
    Bool(Name),
    /// A number, with its sign.
    Number(Name),
    /// A string.
    Text(Name),
}

impl Literal {
    /// The text that was written: `null`, `true`, `-1`, or what stands between the quotes.
    pub fn text(&self) -> Name {
        match self {
            Self::Null(text) | Self::Bool(text) | Self::Number(text) | Self::Text(text) => text,
        }
    }
}

/// A default, or a value of a seed's row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A literal, checked against the column's type.
    Literal(Literal),
    /// An expression: `now()`, `@.f()`, `sql("…")`.
    Sql(Sql),
}

impl Value {
    /// Whether it is a default of a column of that type. A null is none; one in SQL, though, PostgreSQL keeps if it is cut
    /// to the type's length or precision, which is an expression (`AddRelationNewConstraints` in `heap.c`).
    pub fn is_kept_by(&self, ty: &Type) -> bool {
        match self {
            Self::Literal(_) => !self.is_null(),
            Self::Sql(_) => !self.is_null() || !ty.modifiers.is_empty() || matches!(ty.name, "char" | "bit"),
        }
    }

    /// Whether it is a mere null.
    pub(crate) fn is_null(&self) -> bool {
        match self {
            Self::Literal(literal) => matches!(literal, Literal::Null(_)),
            Self::Sql(sql) => matches!(&*sql.pieces, [Piece::Text(text)] if text.trim().eq_ignore_ascii_case("null")),
        }
    }
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Type,
    /// Whether it refuses nulls.
    pub not_null: bool,
    /// Its default.
    pub default: Option<Value>,
    /// The expression of a stored generated column.
    pub generated: Option<Sql>,
    /// The sequence that fills it.
    pub generator: Option<Generator>,
    /// Its collation, where it is not the type's.
    pub collation: Option<Name>,
    /// Its comment.
    pub comment: Option<Name>,
}

impl Column {
    /// Whether PostgreSQL's `GENERATED … AS IDENTITY` fills it.
    pub(crate) fn is_identity(&self) -> bool {
        self.generator.as_ref().is_some_and(|generator| generator.kind != GeneratorKind::Serial)
    }
}

/// What fills a column with numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Generator {
    /// How it is declared.
    pub kind: GeneratorKind,
    /// The sequence that the column owns; [`UNNAMED`](crate::name::UNNAMED) for PostgreSQL's default.
    pub sequence: Name,
}

/// How a column that owns a sequence is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GeneratorKind {
    /// `bigserial` and its brothers: a default that calls `nextval`.
    Serial,
    /// `identity(always)`.
    Always,
    /// `identity(by_default)`.
    ByDefault,
}

/// An index that backs no constraint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    /// Its name; [`UNNAMED`](crate::name::UNNAMED) for PostgreSQL's default. A leading `@` stands for the prefix.
    pub name: Name,
    /// Whether it refuses equal keys.
    pub unique: bool,
    /// The access method: `btree`, `gin`, …
    pub method: Name,
    /// What it is over.
    pub columns: List<IndexColumn>,
    /// Columns that it carries along.
    pub include: List<Name>,
    /// The rows that it holds.
    pub predicate: Option<Sql>,
    /// Whether nulls are equal to each other.
    pub nulls_not_distinct: bool,
    /// Its comment.
    pub comment: Option<Name>,
}

impl Index {
    /// Whether it differs from another one in its name and comment at most.
    pub fn is_like(&self, other: &Self) -> bool {
        let bare = |index: &Self| Self { name: UNNAMED, comment: None, ..index.clone() };
        bare(self) == bare(other)
    }

    /// Whether it depends on `column`.
    pub fn uses(&self, column: &str) -> bool {
        self.include.contains(&column)
            || self.expressions().flat_map(Sql::idents).any(|ident| ident == column)
            || self.columns.iter().any(|key| matches!(key.key, IndexKey::Column(name) if name == column))
    }

    /// The expressions that it holds, its predicate last.
    pub fn expressions(&self) -> impl Iterator<Item = &Sql> {
        self.columns
            .iter()
            .filter_map(|column| match &column.key {
                IndexKey::Expression(sql) => Some(sql),
                IndexKey::Column(_) => None,
            })
            .chain(&self.predicate)
    }

    /// The columns of a unique index over plain columns and all rows: one that a foreign key or a seed can rely on.
    pub fn unique_key(&self) -> Option<Vec<Name>> {
        let plain = |column: &IndexColumn| match column.key {
            IndexKey::Column(name) => Some(name),
            IndexKey::Expression(_) => None,
        };
        match self.unique && self.predicate.is_none() {
            true => self.columns.iter().map(plain).collect(),
            false => None,
        }
    }
}

/// One key of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexColumn {
    /// The column or expression.
    pub key: IndexKey,
    /// Its operator class, where it is not the type's default.
    pub opclass: Option<Name>,
    /// Whether it is sorted downwards.
    pub descending: bool,
    /// Where nulls stand, if not where PostgreSQL puts them.
    pub nulls: Option<NullsOrder>,
}

impl IndexColumn {
    /// Follows a column's rename.
    pub(crate) fn rename(&mut self, from: &str, to: Name) {
        match &mut self.key {
            IndexKey::Column(name) if *name == from => *name = to,
            IndexKey::Column(_) => {}
            IndexKey::Expression(sql) => sql.rename_ident(from, to),
        }
    }
}

/// What an index is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IndexKey {
    /// A column.
    Column(Name),
    /// An expression.
    Expression(Sql),
}

/// Where nulls stand in an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NullsOrder {
    /// `nulls_first`.
    First,
    /// `nulls_last`.
    Last,
}

/// A table as a step declares it, and as an inverse restores it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableDef {
    /// Its name.
    pub name: Name,
    /// Whether it is left out of the write-ahead log.
    pub unlogged: bool,
    /// Its columns, in order.
    pub columns: List<Column>,
    /// Its constraints, those of single columns included.
    pub constraints: List<Constraint>,
    /// Its indexes that back no constraint.
    pub indexes: List<Index>,
    /// Whether it asks its policies.
    pub row_security: RowSecurity,
    /// Its policies.
    pub policies: List<Policy>,
    /// Its triggers.
    pub triggers: List<Trigger>,
    /// Its comment.
    pub comment: Option<Name>,
}

/// An enum type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enum {
    /// Its name.
    pub name: Name,
    /// Its values, in order.
    pub labels: List<Name>,
}

/// A sequence that was created by a step of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sequence {
    /// Its name.
    pub name: Name,
    /// Its type: `bigint` unless said otherwise.
    pub ty: Type,
    /// Its first number.
    pub start: i64,
    /// Its increment.
    pub increment: i64,
    /// The table and column that it goes away with.
    pub owned_by: Option<(Name, Name)>,
}

/// An object of the model: its definition, when it came and who it is through all renames.
#[derive(Debug, Clone)]
pub struct Known<T> {
    /// Stays with the object whatever its name becomes.
    pub id: u32,
    /// The version that created it.
    pub since: Version,
    /// What it is now.
    pub def: T,
}

/// A table of the model.
#[derive(Debug, Clone)]
pub struct Table {
    /// Stays with the table whatever its name becomes.
    pub id: u32,
    /// The version that created it.
    pub since: Version,
    /// Its name.
    pub name: Name,
    /// Whether it is left out of the write-ahead log.
    pub unlogged: bool,
    /// Its comment.
    pub comment: Option<Name>,
    /// Its columns, in order.
    pub columns: Vec<Known<Column>>,
    /// Its constraints.
    pub constraints: Vec<Known<Constraint>>,
    /// Its indexes that back no constraint.
    pub indexes: Vec<Known<Index>>,
    /// Whether it asks its policies.
    pub row_security: RowSecurity,
    /// Its policies.
    pub policies: Vec<Known<Policy>>,
    /// The privileges that have been granted on it.
    pub privileges: Privileges,
    /// Its triggers.
    pub triggers: Vec<Known<Trigger>>,
}

impl Table {
    /// The column of that name.
    pub fn column(&self, name: &str) -> Option<&Known<Column>> {
        self.columns.iter().find(|column| column.def.name == name)
    }

    pub(crate) fn column_mut(&mut self, name: &str) -> Option<&mut Known<Column>> {
        self.columns.iter_mut().find(|column| column.def.name == name)
    }

    /// The constraint of that name.
    pub fn constraint(&self, name: &str) -> Option<&Known<Constraint>> {
        self.constraints.iter().find(|constraint| constraint.def.name == name)
    }

    /// The index of that name.
    pub fn index(&self, name: &str) -> Option<&Known<Index>> {
        self.indexes.iter().find(|index| index.def.name == name)
    }

    /// The policy of that name.
    pub fn policy(&self, name: &str) -> Option<&Known<Policy>> {
        self.policies.iter().find(|policy| policy.def.name == name)
    }

    /// The trigger of that name.
    pub fn trigger(&self, name: &str) -> Option<&Known<Trigger>> {
        self.triggers.iter().find(|trigger| trigger.def.name == name)
    }

    /// The names of its columns, in order.
    pub fn column_names(&self) -> impl Iterator<Item = Name> {
        self.columns.iter().map(|column| column.def.name)
    }

    /// What rows are unique by and foreign keys can rest on, by id and name: primary keys, unique constraints and full
    /// unique indexes, with their columns.
    pub fn keys(&self) -> impl Iterator<Item = (u32, Name, Vec<Name>)> {
        let constraints =
            self.constraints.iter().filter_map(|it| Some((it.id, it.def.name, it.def.kind.key()?.to_vec())));
        constraints.chain(self.indexes.iter().filter_map(|it| Some((it.id, it.def.name, it.def.unique_key()?))))
    }

    /// The keys over exactly these columns, in any order.
    pub(crate) fn keys_over(&self, columns: &[Name]) -> impl Iterator<Item = u32> {
        let same = |key: &[Name]| key.len() == columns.len() && key.iter().all(|name| columns.contains(name));
        self.keys().filter(move |(.., key)| same(key)).map(|(id, ..)| id)
    }

    /// Its primary key.
    pub fn primary_key(&self) -> Option<&Known<Constraint>> {
        self.constraints.iter().find(|known| matches!(known.def.kind, crate::ConstraintKind::PrimaryKey { .. }))
    }

    /// Whether rows are unique by exactly these columns, in any order, through a constraint or a full unique index.
    pub fn unique_by(&self, columns: &[Name]) -> bool {
        self.keys_over(columns).next().is_some()
    }

    /// Its full definition, as a step could declare it.
    pub fn definition(&self) -> TableDef {
        fn defs<T: Clone>(known: &[Known<T>]) -> List<T> {
            known.iter().map(|known| known.def.clone()).collect()
        }
        TableDef {
            name: self.name,
            unlogged: self.unlogged,
            columns: defs(&self.columns),
            constraints: defs(&self.constraints),
            indexes: defs(&self.indexes),
            row_security: self.row_security,
            policies: defs(&self.policies),
            triggers: defs(&self.triggers),
            comment: self.comment,
        }
    }
}
