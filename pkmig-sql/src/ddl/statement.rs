//! The list of statements, and the one place where they are printed.

use std::fmt;

use sea_query::extension::postgres::{TypeAlterStatement, TypeCreateStatement, TypeDropStatement};
use sea_query::{PostgresQueryBuilder, SchemaBuilder, SchemaStatementBuilder};

use super::{
    AlterSequence, AlterTable, Comment, CopyTable, CreateDomain, CreateExtension, CreateFunction, CreateIndex,
    CreatePolicy, CreateSchema, CreateSequence, CreateTable, CreateTrigger, CreateView, Delete, Drop, DropFunction,
    DropPolicy, DropTrigger, Grant, Insert, InsertMissing, LockTable, RefreshView, RenameIndex, RenamePolicy,
    RenameView, Reset, Update,
};
use crate::plpgsql::{self, Node};

/// Makes the enum, and how each of its statements is printed where that takes no indent.
macro_rules! statements {
    ($($(#[$doc:meta])* $kind:ident($ty:ty) $print:ident;)+) => {
        /// One SQL statement.
        #[derive(Debug, Clone)]
        #[non_exhaustive]
        #[allow(clippy::large_enum_variant, missing_docs)] // A version has a few dozen at most; the builders are documented.
        pub enum Statement {
            $($(#[$doc])* $kind($ty),)+
        }

        impl Statement {
            /// The text, without a semicolon. What takes several lines has `indent` before each but the first.
            pub fn to_sql(&self, indent: &str) -> String {
                match self {
                    $(Self::$kind(statement) => $print(statement, indent),)+
                }
            }
        }

        $(impl From<$ty> for Statement {
            fn from(statement: $ty) -> Self {
                Self::$kind(statement)
            }
        })+
    };
}

statements! {
    CreateTable(CreateTable) lines;
    CopyTable(CopyTable) line;
    AlterTable(AlterTable) line;
    LockTable(LockTable) line;
    CreateIndex(CreateIndex) line;
    RenameIndex(RenameIndex) line;
    /// `CREATE TYPE … AS ENUM`
    CreateType(TypeCreateStatement) typed;
    /// `ALTER TYPE`
    AlterType(TypeAlterStatement) typed;
    /// `DROP TYPE`
    DropType(TypeDropStatement) typed;
    CreateDomain(CreateDomain) line;
    CreateSequence(CreateSequence) line;
    AlterSequence(AlterSequence) line;
    CreateView(CreateView) line;
    RefreshView(RefreshView) line;
    RenameView(RenameView) line;
    CreatePolicy(CreatePolicy) line;
    DropPolicy(DropPolicy) line;
    RenamePolicy(RenamePolicy) line;
    CreateTrigger(CreateTrigger) line;
    DropTrigger(DropTrigger) line;
    CreateFunction(CreateFunction) line;
    DropFunction(DropFunction) line;
    CreateExtension(CreateExtension) line;
    CreateSchema(CreateSchema) line;
    Drop(Drop) line;
    Reset(Reset) line;
    Comment(Comment) line;
    Grant(Grant) line;
    Insert(Insert) line;
    InsertMissing(InsertMissing) line;
    Update(Update) line;
    Delete(Delete) line;
    /// `DO`: a block that runs by itself.
    Do(plpgsql::Block) block;
    /// What only a block of PL/pgSQL can say.
    Plpgsql(Box<Node>) node;
}

impl Statement {
    /// Whether only PL/pgSQL can say it.
    pub(crate) fn needs_a_block(&self) -> bool {
        matches!(self, Self::Plpgsql(_))
    }
}

/// As sea-query's own statements are printed.
impl SchemaStatementBuilder for Statement {
    fn build<T: SchemaBuilder>(&self, _: T) -> String {
        self.to_sql("")
    }
}

impl From<Node> for Statement {
    fn from(node: Node) -> Self {
        Self::Plpgsql(Box::new(node))
    }
}

fn line(statement: &impl fmt::Display, _: &str) -> String {
    statement.to_string()
}

fn lines(table: &CreateTable, indent: &str) -> String {
    table.print(indent)
}

fn block(block: &plpgsql::Block, indent: &str) -> String {
    block.print(indent).sql
}

fn node(node: &Node, indent: &str) -> String {
    plpgsql::one(node, indent)
}

trait Typed {
    fn sql(&self) -> String;
}

impl Typed for TypeCreateStatement {
    fn sql(&self) -> String {
        self.to_string(PostgresQueryBuilder)
    }
}

impl Typed for TypeAlterStatement {
    fn sql(&self) -> String {
        self.to_string(PostgresQueryBuilder)
    }
}

impl Typed for TypeDropStatement {
    fn sql(&self) -> String {
        self.to_string(PostgresQueryBuilder)
    }
}

fn typed(statement: &impl Typed, _: &str) -> String {
    statement.sql()
}
