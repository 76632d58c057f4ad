//! The steps of pkmig's migration language as plain data, and the model of the schema that they make.
//!
//! A [`Migration`] is one version: a list of [`Step`]s. A chain of migrations is replayed on a [`Schema`], which
//! behaves as PostgreSQL does (a dropped column takes its indexes along, a rename follows into foreign keys and
//! leaves names alone) and remembers what happened to every name. From that model come the errors of a chain
//! ([`Problem`]), the inverse of every structural step ([`down::inverse`]) and the schema expected at any version.
//!
//! This crate knows no tokens, no SQL text and no database: `pkmig-macros` parses into it, `pkmig-sql` lowers it
//! to SQL.

pub mod baseline;
pub mod down;
mod expression_name;
mod keyword;
mod migration;
pub mod name;
mod object;
pub mod own;
mod problem;
pub mod repair;
pub mod replay;
mod requirement;
mod schema;
pub mod seeds;
pub mod source;
pub mod sql;
pub mod step;
pub mod types;
mod word;

pub use migration::{Class, Down, Migration, Version};
pub use name::Name;
pub use object::{ObjectKind, ObjectRef};
pub use problem::{Problem, Report};
pub use requirement::Requirement;
pub use schema::{
    Column, Constraint, ConstraintKind, Domain, DomainCheck, Enum, Exclusion, ExclusionElement, Function, FunctionArg,
    Generator, GeneratorKind, Grant, Index, IndexColumn, IndexKey, Known, Literal, ModelObject, NullsOrder, PUBLIC,
    Policy, PolicyCommand, Privilege, Privileges, ReferentialAction, Returns, RowSecurity, Schema, Sequence, Table,
    TableDef, TableRef, Touched, Trigger, TriggerEvent, TriggerLevel, TriggerTiming, Value, View,
};
pub use sql::{Piece, Sql};
pub use step::Step;
pub use types::Type;

/// A list that is a borrowed slice in a migration's static data and a vector in the model.
pub type List<T> = std::borrow::Cow<'static, [T]>;
