//! Raw SQL, for what the language has no word for.

use super::column::find;
use super::table::check_objects;
use crate::{Class, Name, Report, Schema, Sql};

/// `execute "…" …`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Execute {
    /// The statements.
    pub sql: Sql,
    /// When they are run.
    pub condition: Condition,
    /// The way back.
    pub tail: Tail,
}

/// What makes raw SQL safe to run twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Condition {
    /// `idempotent`: it is so by itself.
    Idempotent,
    /// `unless("SELECT …")`: it is run if the query returns no row.
    Unless(Sql),
    /// `when("SELECT …")`: it is run if the query returns a row.
    When(Sql),
    /// `when(column t.c)`: it is run if the column is there.
    WhenColumn(Name, Name),
}

/// How raw SQL, or deleted rows, come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tail {
    /// `down "…"`: all is as it was.
    Down(Sql),
    /// `lossy_down "…"`: the schema is as it was, some data is not.
    LossyDown(Sql),
    /// `down_noop("why")`: there is nothing to bring back.
    Noop(Name),
    /// `irreversible("why")`.
    Irreversible(Name),
}

impl Tail {
    /// What a step of a down has, which has no down of its own.
    pub const OF_A_DOWN: Self = Self::Noop("a step of a down");

    /// The statements of the down, if there are any.
    pub fn sql(&self) -> Option<&Sql> {
        match self {
            Self::Down(sql) | Self::LossyDown(sql) => Some(sql),
            Self::Noop(_) | Self::Irreversible(_) => None,
        }
    }

    /// What it brings back.
    pub fn class(&self) -> Class {
        match self {
            Self::Down(_) | Self::Noop(_) => Class::Lossless,
            Self::LossyDown(_) => Class::Lossy,
            Self::Irreversible(_) => Class::Irreversible,
        }
    }
}

pub(super) fn execute(schema: &Schema, execute: &Execute, report: &mut Report) {
    check_objects(schema, &execute.sql, report);
    match &execute.condition {
        Condition::Idempotent => {}
        Condition::Unless(query) | Condition::When(query) => check_objects(schema, query, report),
        Condition::WhenColumn(table, column) => {
            find(schema, table, column, false, report);
        }
    }
    if let Some(down) = execute.tail.sql() {
        check_objects(schema, down, report);
    }
}
