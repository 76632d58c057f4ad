//! Statements as types: one for each kind of SQL statement, printed once, at the end.
//!
//! sea-query's builders say what they have the words for; the others look like them. None holds a statement as a text: what
//! a chain gives as SQL is an [`Expression`], or the text of an `execute`.

mod index;
mod name;
mod object;
mod privilege;
mod rows;
mod statement;
mod table;

pub use index::{CreateIndex, IndexMethod, Key, KeyOf, RenameIndex};
pub use name::{Expression, Ident, Idents, Qualified, Signature, TypeName};
pub(crate) use object::view_kind;
pub use object::{
    AlterSequence, Argument, ColumnRef, CreateExtension, CreateFunction, CreatePolicy, CreateSchema, CreateSequence,
    CreateTrigger, CreateView, Drop, DropFunction, DropPolicy, DropTrigger, Droppable, Fires, Parameter,
    ParameterValue, RefreshView, RenamePolicy, Reset, Result, Role,
};
pub use privilege::{Comment, Grant, GrantAction, On, Privileges, Roles};
pub use rows::{Delete, Insert, InsertMissing, Seed, Update, Values};
pub use statement::Statement;
pub use table::{
    AlterTable, ColumnAction, CopyTable, CreateTable, LockMode, LockTable, RowSecurityAction, Rule, TableAction,
    TableConstraint,
};
