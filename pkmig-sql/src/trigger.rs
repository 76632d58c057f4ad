//! Triggers: create, drop.

use pkmig_schema::{Name, Trigger, TriggerEvent, TriggerLevel};

use super::guard::{Condition, Object};
use super::shape::{self, Expectation};
use super::writer::Context;
use super::{Lowered, Place};
use crate::ddl::{CreateTrigger, DropTrigger, Fires, Statement};

impl Place<'_> {
    /// `CREATE OR REPLACE TRIGGER` is younger than the oldest PostgreSQL that we serve, and would hide a trigger that is
    /// not as declared.
    pub(super) fn create_trigger(&self, table: Name, trigger: &Trigger) -> Option<Lowered> {
        if !self.has_trigger(table, trigger.name) {
            return None;
        }
        let mut missing = vec![Condition::Missing(object(table, trigger.name))];
        missing.extend(self.not_yet_dropped_columns(
            table,
            self.trigger_at_end(table, trigger.name).is_some(),
            |column| trigger.uses(column),
        ));
        let mut expectations = Vec::new();
        match self.trigger_at_end(table, trigger.name) {
            Some((end_table, at_end)) => {
                if end_table != table {
                    missing.push(Condition::Missing(object(end_table, trigger.name)));
                }
                expectations.push(expectation(self.context, end_table, at_end));
            }
            None => {
                missing.extend(self.not_yet_called_otherwise(table));
                // The version takes its function away, too.
                let gone = self.end.function(trigger.function).is_none();
                let function = gone.then(|| self.context.signature(trigger.function, std::iter::empty()).to_string());
                missing.extend(function.map(|function| Condition::Exists(Object::Function(function))));
            }
        }
        let mut statements: Vec<Statement> = vec![create(self.context, table, trigger).into()];
        if let Some(text) = trigger.comment {
            statements.push(self.trigger_comment(table, trigger.name, Some(text)));
        }
        Some(Lowered::when(Condition::All(missing), statements).otherwise(expectations))
    }

    /// Whether there is one of the name after the step: a table that history has already gets none.
    fn has_trigger(&self, relation: Name, trigger: &str) -> bool {
        let on_table = self.after.table(relation).is_some_and(|table| table.trigger(trigger).is_some());
        on_table || self.after.view(relation).is_some_and(|view| view.trigger(trigger).is_some())
    }

    pub(super) fn drop_trigger(&self, table: Name, trigger: Name) -> Lowered {
        let drop = DropTrigger { name: self.context.ident(trigger), table: self.context.qualified(table) };
        Lowered::when(Condition::Exists(object(table, trigger)), vec![drop.into()])
    }

    /// The trigger that the version ends with, and what its table or view is called then.
    fn trigger_at_end(&self, table: Name, trigger: &str) -> Option<(Name, &Trigger)> {
        if let Some(view) = self.view_at_end(table) {
            return view.trigger(trigger).map(|trigger| (view.name, trigger));
        }
        let id = self.after.table(table)?.trigger(trigger)?.id;
        let end = self.end.table(self.name_at_end(table)?)?;
        end.triggers.iter().find(|known| known.id == id).map(|known| (end.name, &known.def))
    }

    /// Whether the version ends with the trigger that this step speaks of, on a table of this very name.
    pub(super) fn trigger_stays(&self, table: Name, trigger: &str) -> bool {
        self.trigger_at_end(table, trigger).is_some_and(|(end, _)| end == table)
    }
}

/// That the table or view has the trigger as it is declared.
pub(super) fn expectation(context: &Context, table: &str, trigger: &Trigger) -> Expectation {
    Expectation::Trigger(table.to_owned(), trigger.name.to_owned(), shape::trigger(context, trigger))
}

fn object(table: &str, trigger: &str) -> Object {
    Object::Trigger(table.to_owned(), trigger.to_owned())
}

/// The statement that makes a trigger.
pub(super) fn create(context: &Context, table: &str, trigger: &Trigger) -> CreateTrigger {
    CreateTrigger {
        name: context.ident(trigger.name),
        table: context.qualified(table),
        timing: trigger.timing.words().1,
        events: trigger.events.iter().map(|event| fires(context, event)).collect(),
        each: each(trigger.level),
        when: trigger.condition.as_ref().map(|sql| context.sql(sql)),
        function: context.qualified(trigger.function),
        arguments: trigger.arguments.iter().map(|text| (*text).to_owned()).collect(),
    }
}

fn fires(context: &Context, event: &TriggerEvent) -> Fires {
    match event {
        TriggerEvent::Update(columns) if !columns.is_empty() => Fires::OnUpdateOf(context.list(columns)),
        event => Fires::On(event.word()),
    }
}

/// How often it runs, in PostgreSQL's word.
pub(super) fn each(level: TriggerLevel) -> &'static str {
    match level {
        TriggerLevel::Row => "ROW",
        TriggerLevel::Statement => "STATEMENT",
    }
}
