//! Comments on tables and what belongs to them, and on functions.

use super::column;
use crate::{Name, Report, Schema};

/// What a comment is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CommentTarget {
    /// A table.
    Table(Name),
    /// A column of a table.
    Column(Name, Name),
    /// An index that backs no constraint.
    Index(Name),
    /// A constraint of a table.
    Constraint(Name, Name),
    /// A trigger of a table.
    Trigger(Name, Name),
    /// A view, materialized or not.
    View(Name),
    /// A function.
    Function(Name),
}

pub(super) fn on(schema: &mut Schema, target: &CommentTarget, text: Option<Name>, report: &mut Report) {
    match target {
        CommentTarget::Table(name) => match schema.table_mut(name) {
            Some(table) => table.comment = text,
            None => report.push(schema.missing_table(name)),
        },
        CommentTarget::Column(table, name) => {
            if column::find(schema, table, name, false, report).is_some()
                && let Some(column) = schema.table_mut(table).and_then(|table| table.column_mut(name))
            {
                column.def.comment = text;
            }
        }
        CommentTarget::Index(name) => match schema.table_of_index(name).map(|table| table.name) {
            Some(table) => {
                let indexes = schema.table_mut(table).map(|table| table.indexes.iter_mut());
                indexes.into_iter().flatten().filter(|i| i.def.name == *name).for_each(|i| i.def.comment = text);
            }
            None => match schema.view_index_mut(name) {
                Some(index) => index.comment = text,
                None => report.push(schema.missing_index(name)),
            },
        },
        CommentTarget::Constraint(table, name) => {
            let Some(known) = schema.table(table) else {
                return report.push(schema.missing_table(table));
            };
            if known.constraint(name).is_none() {
                return report.push(schema.missing_constraint(known, name));
            }
            let constraints = schema.table_mut(table).map(|table| table.constraints.iter_mut());
            constraints.into_iter().flatten().filter(|c| c.def.name == *name).for_each(|c| c.def.comment = text);
        }
        CommentTarget::Trigger(table, name) => {
            if schema.table(table).is_none() && schema.view(table).is_none() {
                return report.push(schema.missing_table(table));
            }
            match schema.trigger_mut(table, name) {
                Some(trigger) => trigger.comment = text,
                None => report.push(schema.missing_trigger(table, name)),
            }
        }
        CommentTarget::View(name) => match schema.view_mut(name) {
            Some(view) => view.comment = text,
            None => report.push(schema.missing_view(name, "view")),
        },
        CommentTarget::Function(name) => {
            if schema.function(name).is_none() {
                return report.push(schema.missing_function(name));
            }
            match text {
                Some(text) => schema.function_comments.insert(name, text),
                None => schema.function_comments.remove(name),
            };
        }
    }
}
