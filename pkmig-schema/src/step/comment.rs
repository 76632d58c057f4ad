//! Comments on tables and what belongs to them, on views and on functions.

use super::column;
use crate::{Name, ObjectKind, ObjectRef, Report, Schema};

pub(super) fn on(schema: &mut Schema, target: ObjectRef, text: Option<Name>, report: &mut Report) {
    let ObjectRef { kind, of, name } = target;
    let table = of.unwrap_or_default();
    match kind {
        ObjectKind::Table => match schema.table_mut(name) {
            Some(table) => table.comment = text,
            None => report.push(schema.missing_table(name)),
        },
        ObjectKind::Column => {
            if column::find(schema, table, name, false, report).is_some()
                && let Some(column) = schema.table_mut(table).and_then(|table| table.column_mut(name))
            {
                column.def.comment = text;
            }
        }
        ObjectKind::Index => match schema.table_of_index(name).map(|table| table.name) {
            Some(table) => {
                let indexes = schema.table_mut(table).map(|table| table.indexes.iter_mut());
                indexes.into_iter().flatten().filter(|i| i.def.name == name).for_each(|i| i.def.comment = text);
            }
            None => match schema.view_index_mut(name) {
                Some(index) => index.comment = text,
                None => report.push(schema.missing_index(name)),
            },
        },
        ObjectKind::Constraint => {
            let Some(known) = schema.table(table) else {
                return report.push(schema.missing_table(table));
            };
            if known.constraint(name).is_none() {
                return report.push(schema.missing_constraint(known, name));
            }
            let constraints = schema.table_mut(table).map(|table| table.constraints.iter_mut());
            constraints.into_iter().flatten().filter(|c| c.def.name == name).for_each(|c| c.def.comment = text);
        }
        ObjectKind::Trigger => {
            if schema.table(table).is_none() && schema.view(table).is_none() {
                return report.push(schema.missing_table(table));
            }
            match schema.trigger_mut(table, name) {
                Some(trigger) => trigger.comment = text,
                None => report.push(schema.missing_trigger(table, name)),
            }
        }
        ObjectKind::View | ObjectKind::MaterializedView => match schema.view_mut(name) {
            Some(view) => view.comment = text,
            None => report.push(schema.missing_view(name, "view")),
        },
        ObjectKind::Function => {
            if schema.function(name).is_none() {
                return report.push(schema.missing_function(name));
            }
            match text {
                Some(text) => schema.function_comments.insert(name, text),
                None => schema.function_comments.remove(name),
            };
        }
        // The language has no comments on these.
        ObjectKind::Extension
        | ObjectKind::Enum
        | ObjectKind::Domain
        | ObjectKind::Sequence
        | ObjectKind::Policy
        | ObjectKind::Schema => {}
        ObjectKind::PartitionedTable | ObjectKind::ForeignTable => {}
    }
}

impl Schema {
    /// The comment on an object.
    pub fn comment(&self, object: ObjectRef) -> Option<Name> {
        let ObjectRef { kind, of, name } = object;
        let (table, view) = (of.and_then(|of| self.table(of)), of.and_then(|of| self.view(of)));
        match kind {
            ObjectKind::Table => self.table(name)?.comment,
            ObjectKind::View | ObjectKind::MaterializedView => self.view(name)?.comment,
            ObjectKind::Function => self.function_comment(name),
            ObjectKind::Column => table?.column(name)?.def.comment,
            ObjectKind::Constraint => table?.constraint(name)?.def.comment,
            ObjectKind::Index => {
                let of_table = table.or_else(|| self.table_of_index(name)).and_then(|it| Some(&it.index(name)?.def));
                of_table.or_else(|| view.or_else(|| self.view_of_index(name))?.index(name))?.comment
            }
            ObjectKind::Trigger => {
                let of_table = table.and_then(|it| Some(&it.trigger(name)?.def));
                of_table.or_else(|| view?.trigger(name))?.comment
            }
            ObjectKind::Extension
            | ObjectKind::Enum
            | ObjectKind::Domain
            | ObjectKind::Sequence
            | ObjectKind::Policy
            | ObjectKind::Schema => None,
            ObjectKind::PartitionedTable | ObjectKind::ForeignTable => None,
        }
    }
}
