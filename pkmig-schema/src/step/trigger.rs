//! Triggers: create, drop.

use super::table::check_expression;
use crate::schema::{Kind, Returns};
use crate::{Name, Problem, Report, Schema, Table, Trigger, TriggerTiming};

/// Adds a trigger to a table that exists.
pub(super) fn create(schema: &mut Schema, table: Name, trigger: &Trigger, report: &mut Report) {
    let Some(known) = schema.table(table) else {
        return report.push(schema.missing_table(table));
    };
    if let Some(existing) = known.trigger(trigger.name) {
        let message = format!("trigger `{}` of table `{table}` exists already, since {}", trigger.name, existing.since);
        return report.push(Problem::new(trigger.name, message));
    }
    if trigger.timing == TriggerTiming::InsteadOf {
        let message = format!("`{table}` is a table, and only a view has `instead_of` triggers");
        report.push(Problem::new(table, message).help("say `before` or `after`"));
    }
    check_function(schema, trigger.function, report);
    check_columns(schema, known, trigger, report);
    let made = schema.known(trigger.clone());
    if let Some(table) = schema.table_mut(table) {
        table.triggers.push(made);
    }
}

fn check_function(schema: &Schema, name: Name, report: &mut Report) {
    let Some(known) = schema.functions.get(name) else {
        return report.push(schema.missing_function(name));
    };
    if known.def.returns != Returns::Trigger {
        let message = format!("function `{name}` does not return `trigger`, since {}", known.since);
        report.push(Problem::new(name, message).help("a trigger executes a function that `returns trigger`"));
    }
}

fn check_columns(schema: &Schema, table: &Table, trigger: &Trigger, report: &mut Report) {
    for column in trigger.update_of().iter().filter(|column| table.column(column).is_none()) {
        report.push(schema.missing_column(table, column));
    }
    if let Some(condition) = &trigger.condition {
        check_expression(schema, table, condition, report);
    }
}

pub(super) fn drop(schema: &mut Schema, table: Name, name: Name, if_exists: bool, report: &mut Report) {
    let missing = match schema.table(table) {
        None => schema.missing_table(table),
        Some(known) if known.trigger(name).is_none() => schema.missing_trigger(known, name),
        Some(_) => {
            if let Some(table) = schema.table_mut(table) {
                table.triggers.retain(|known| known.def.name != name);
            }
            return schema.dropped(Kind::Trigger, table, name);
        }
    };
    if !if_exists {
        report.push(missing.or_help("say `if_exists` if history may or may not have it"));
    }
}
