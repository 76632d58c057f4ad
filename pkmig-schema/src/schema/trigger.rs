//! Triggers, as a step declares them and as the model keeps them.

use crate::{List, Name, Sql};

/// A trigger of a table or view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trigger {
    /// Its name: two triggers of one table have two names.
    pub name: Name,
    /// Whether it runs before or after the event, or in its place.
    pub timing: TriggerTiming,
    /// What fires it, in the order in which it was written.
    pub events: List<TriggerEvent>,
    /// How often it runs.
    pub level: TriggerLevel,
    /// What must be true of `NEW` and `OLD` for it to run.
    pub condition: Option<Sql>,
    /// The function that it executes.
    pub function: Name,
    /// What the function finds in `TG_ARGV`.
    pub arguments: List<Name>,
    /// Its comment.
    pub comment: Option<Name>,
}

impl Trigger {
    /// The columns of `update of (…)`, in order; none if every update fires it.
    pub fn update_of(&self) -> &[Name] {
        let columns = |event: &'_ TriggerEvent| matches!(event, TriggerEvent::Update(_));
        match self.events.iter().find(|event| columns(event)) {
            Some(TriggerEvent::Update(columns)) => columns,
            _ => &[],
        }
    }

    /// Whether it depends on `column`.
    pub fn uses(&self, column: &str) -> bool {
        let tested = |sql: &Sql| sql.idents().any(|ident| ident == column);
        self.update_of().contains(&column) || self.condition.as_ref().is_some_and(tested)
    }

    /// Follows a column's rename.
    pub(crate) fn rename_column(&mut self, from: &str, to: Name) {
        if self.update_of().contains(&from) {
            for event in self.events.to_mut() {
                if let TriggerEvent::Update(columns) = event {
                    columns.to_mut().iter_mut().filter(|name| **name == from).for_each(|name| *name = to);
                }
            }
        }
        if let Some(condition) = &mut self.condition {
            condition.rename_ident(from, to);
        }
    }
}

/// When a trigger runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TriggerTiming {
    /// Before the event, which it can change or prevent.
    Before,
    /// After the event.
    After,
    /// In place of the event, on a view.
    InsteadOf,
}

impl TriggerTiming {
    /// All of them, with the words of the language and of SQL.
    pub const ALL: [(Self, &'static str, &'static str); 3] = [
        (Self::Before, "before", "BEFORE"),
        (Self::After, "after", "AFTER"),
        (Self::InsteadOf, "instead_of", "INSTEAD OF"),
    ];

    /// The words of the language and of SQL.
    pub fn words(self) -> (&'static str, &'static str) {
        Self::ALL.iter().find(|(timing, ..)| *timing == self).map_or(("", ""), |(_, word, sql)| (word, sql))
    }
}

/// How often a trigger runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TriggerLevel {
    /// Once for each row that the statement touches.
    Row,
    /// Once for the statement: PostgreSQL's default.
    Statement,
}

/// What fires a trigger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TriggerEvent {
    /// `insert`
    Insert,
    /// `update`, or `update of (columns)`.
    Update(List<Name>),
    /// `delete`
    Delete,
    /// `truncate`
    Truncate,
}

impl TriggerEvent {
    /// The word of the language, which is SQL's in lower case.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Update(_) => "update",
            Self::Delete => "delete",
            Self::Truncate => "truncate",
        }
    }
}
