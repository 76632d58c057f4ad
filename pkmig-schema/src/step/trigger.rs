//! Triggers: create, drop.

use super::table::check_expression;
use crate::schema::Returns;
use crate::{
    Name, ObjectKind, Piece, Problem, Report, Schema, Sql, Table, Trigger, TriggerEvent, TriggerLevel, TriggerTiming,
};

/// Adds a trigger to a table that exists.
pub(super) fn create(schema: &mut Schema, table: Name, trigger: &Trigger, report: &mut Report) {
    if schema.view(table).is_some() {
        return create_on_view(schema, table, trigger, report);
    }
    let Some(known) = schema.table(table) else {
        return report.push(schema.missing_table(table));
    };
    if let Some(existing) = known.trigger(trigger.name) {
        let message = format!("trigger `{}` of table `{table}` already exists, since {}", trigger.name, existing.since);
        return report.push(Problem::new(trigger.name, message));
    }
    if trigger.timing == TriggerTiming::InsteadOf {
        let message = format!("`{table}` is a table, but only views have `instead_of` triggers");
        report.push(Problem::new(table, message).help("use `before` or `after`"));
    }
    check_function(schema, trigger.function, report);
    check_columns(schema, known, trigger, report);
    let made = schema.known(trigger.clone());
    if let Some(table) = schema.table_mut(table) {
        table.triggers.push(made);
    }
}

fn create_on_view(schema: &mut Schema, name: Name, trigger: &Trigger, report: &mut Report) {
    let Some(known) = schema.views.get(name) else { return };
    if known.def.materialized {
        return report.push(Problem::new(name, format!("`{name}` is a materialized view, which has no triggers")));
    }
    if known.def.trigger(trigger.name).is_some() {
        let message = format!("trigger `{}` of view `{name}` already exists, since {}", trigger.name, known.since);
        return report.push(Problem::new(trigger.name, message));
    }
    let row = trigger.level == TriggerLevel::Row;
    if row && trigger.timing != TriggerTiming::InsteadOf {
        let message = format!("`{name}` is a view: its row triggers must be `instead_of`");
        report.push(Problem::new(name, message).help("use `instead_of`, or leave out `for_each row`"));
    } else if trigger.events.contains(&TriggerEvent::Truncate) {
        report.push(Problem::new(name, format!("`{name}` is a view, which cannot be truncated")));
    }
    for column in trigger.update_of().iter().filter(|column| !known.def.columns.contains(column)) {
        report.push(known.def.missing_column(column));
    }
    check_function(schema, trigger.function, report);
    if let Some(view) = schema.view_mut(name) {
        view.triggers.to_mut().push(trigger.clone());
    }
}

fn check_function(schema: &Schema, name: Name, report: &mut Report) {
    let Some(known) = schema.functions.get(name) else {
        return report.push(schema.missing_function(name));
    };
    if known.def.returns != Returns::Trigger {
        let message = format!("function `{name}` does not return `trigger`, since {}", known.since);
        report.push(Problem::new(name, message).help("use a function that `returns trigger`"));
    }
}

fn check_columns(schema: &Schema, table: &Table, trigger: &Trigger, report: &mut Report) {
    for column in trigger.update_of().iter().filter(|column| table.column(column).is_none()) {
        report.push(schema.missing_column(table, column));
    }
    let Some(condition) = &trigger.condition else { return };
    check_expression(schema, table, condition, report);
    // It is computed after the triggers (manual, CREATE TABLE, GENERATED ALWAYS AS).
    let generated = |name: &Name| table.column(name).is_some_and(|known| known.def.generated.is_some());
    if trigger.timing == TriggerTiming::Before
        && let Some(column) = new_columns(condition).find(generated)
    {
        let message = format!("`{column}` is generated: a `before` trigger cannot read its new value");
        report.push(
            Problem::new(column, message)
                .help("use the columns that it is generated from, or make the trigger `after`"),
        );
    }
}

/// The columns of the new row that a condition speaks of.
fn new_columns(condition: &Sql) -> impl Iterator<Item = Name> {
    let of_new = |text: &str| text.trim_end().to_lowercase().ends_with("new.");
    condition.pieces.windows(2).filter_map(move |pair| match pair {
        [Piece::Text(before), Piece::Ident(name)] if of_new(before) => Some(*name),
        _ => None,
    })
}

pub(super) fn drop(schema: &mut Schema, table: Name, name: Name, if_exists: bool, report: &mut Report) {
    if let Some(view) = schema.view_mut(table)
        && view.trigger(name).is_some()
    {
        view.triggers.to_mut().retain(|trigger| trigger.name != name);
        return schema.dropped(ObjectKind::Trigger, table, name);
    }
    let missing = match schema.table(table) {
        None if schema.view(table).is_some() => schema.missing_trigger(table, name),
        None => schema.missing_table(table),
        Some(known) if known.trigger(name).is_none() => schema.missing_trigger(table, name),
        Some(_) => {
            if let Some(table) = schema.table_mut(table) {
                table.triggers.retain(|known| known.def.name != name);
            }
            return schema.dropped(ObjectKind::Trigger, table, name);
        }
    };
    if !if_exists {
        report.push(missing.or_help("add `if_exists` if it exists in some installs only"));
    }
}
