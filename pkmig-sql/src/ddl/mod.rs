//! Statements as types: one for each kind of SQL statement, printed once, at the end.
//!
//! sea-query's builders say what they have the words for; the others look like them. None holds a statement as a text: what
//! a chain gives as SQL is an [`Expression`], or the text of an `execute`.

mod database;
mod domain;
mod drop;
mod function;
mod index;
mod name;
mod policy;
mod privilege;
mod rows;
mod sequence;
mod statement;
mod table;
mod trigger;
mod view;

pub use database::{CreateExtension, CreateSchema, Reset};
pub use domain::CreateDomain;
pub use drop::{Drop, Droppable};
pub use function::{Argument, CreateFunction, DropFunction, Parameter, ParameterValue, Result};
pub use index::{CreateIndex, IndexMethod, Key, KeyOf, RenameIndex};
pub use name::{Expression, Ident, Idents, Qualified, Signature, TypeName};
pub use policy::{CreatePolicy, DropPolicy, RenamePolicy, Role};
pub use privilege::{Comment, Grant, GrantAction, On, Privileges, Roles};
pub use rows::{Delete, Insert, InsertMissing, Seed, Update, Values};
pub use sequence::{AlterSequence, ColumnRef, CreateSequence};
pub use statement::Statement;
pub use table::{
    AlterTable, ColumnAction, CopyTable, CreateTable, LockMode, LockTable, RowSecurityAction, Rule, TableAction,
    TableConstraint,
};
pub use trigger::{CreateTrigger, DropTrigger, Fires};
pub(crate) use view::view_kind;
pub use view::{CreateView, RefreshView, RenameView};
