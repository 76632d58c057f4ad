//! Triggers: create, drop.

use pkmig_schema::{Name, Trigger, TriggerEvent, TriggerLevel};

use super::guard::{Condition, Object};
use super::shape::{self, Expectation};
use super::statement::Statement;
use super::writer::{Context, literal};
use super::{Lowered, Place};

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
            None => missing.extend(self.not_yet_called_otherwise(table)),
        }
        let mut statements = vec![Statement::Written(create(self.context, trigger, &self.context.qualified(table)))];
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
        let (name, of) = (self.context.ident(trigger), self.context.qualified(table));
        let drop = Statement::Written(format!("DROP TRIGGER {name} ON {of}"));
        Lowered::when(Condition::Exists(object(table, trigger)), vec![drop])
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

/// `CREATE TRIGGER`, whole; `table` is quoted already.
pub(super) fn create(context: &Context, trigger: &Trigger, table: &str) -> String {
    let events = trigger.events.iter().map(|event| match event {
        TriggerEvent::Update(columns) if !columns.is_empty() => format!("UPDATE OF {}", context.list(columns)),
        event => event.word().to_uppercase(),
    });
    let events = events.collect::<Vec<_>>().join(" OR ");
    let level = match trigger.level {
        TriggerLevel::Row => "ROW",
        TriggerLevel::Statement => "STATEMENT",
    };
    let when = trigger.condition.iter().map(|sql| format!(" WHEN ({})", context.sql(sql))).collect::<String>();
    let arguments = trigger.arguments.iter().map(|text| literal(text)).collect::<Vec<_>>().join(", ");
    format!(
        "CREATE TRIGGER {} {} {events} ON {table} FOR EACH {level}{when} EXECUTE FUNCTION {}({arguments})",
        context.ident(trigger.name),
        trigger.timing.words().1,
        context.qualified(trigger.function)
    )
}
