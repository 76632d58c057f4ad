//! Comments. Setting one twice changes nothing.

use pkmig_schema::{Name, ObjectKind, ObjectRef, View};

use super::guard::{Condition, Object};
use super::{Lowered, Place};
use crate::ddl::{Comment, On, Statement};

impl Place<'_> {
    pub(super) fn comment_on(&self, target: ObjectRef, text: Option<Name>) -> Lowered {
        let name = target.name;
        let table = target.of.unwrap_or_default();
        // Where the version goes on to rename or drop the object, it is not there the second time.
        let (statement, stays, object) = match target.kind {
            ObjectKind::Column => {
                let stays = self.column_stays(table, name);
                (self.column_comment(table, name, text), stays, Object::Column(table.to_owned(), name.to_owned()))
            }
            ObjectKind::Index => {
                (self.index_comment(name, text), self.index_stays(name), Object::Relation(name.to_owned()))
            }
            ObjectKind::Constraint => {
                let stays = self.constraint_stays(table, name);
                (
                    self.constraint_comment(table, name, text),
                    stays,
                    Object::Constraint(table.to_owned(), name.to_owned()),
                )
            }
            ObjectKind::Trigger => {
                let stays = self.trigger_stays(table, name);
                (self.trigger_comment(table, name, text), stays, Object::Trigger(table.to_owned(), name.to_owned()))
            }
            ObjectKind::View => {
                let Some(view) = self.after.view(name) else { return Lowered::always(Vec::new()) };
                let object = Object::View(name.to_owned(), view.materialized);
                (self.view_comment(view, text), self.view_at_end(name).is_some_and(|end| end.name == name), object)
            }
            ObjectKind::Function => {
                let Some(function) = self.after.function(name) else { return Lowered::always(Vec::new()) };
                let signature = self.context.signature_of(function);
                let there = Object::Function(signature.to_string());
                (comment(On::Function(signature), text), self.end.function(name).is_some(), there)
            }
            // The language has comments of no other kind.
            _ => (
                self.table_comment(name, text),
                self.name_at_end(name) == Some(name),
                Object::Relation(name.to_owned()),
            ),
        };
        match stays {
            true => Lowered::always(vec![statement]),
            false => Lowered::when(Condition::Exists(object), vec![statement]),
        }
    }

    pub(super) fn table_comment(&self, table: &str, text: Option<Name>) -> Statement {
        comment(On::Table(self.context.qualified(table)), text)
    }

    pub(super) fn column_comment(&self, table: &str, column: &str, text: Option<Name>) -> Statement {
        comment(On::Column(self.context.column(table, column)), text)
    }

    pub(super) fn index_comment(&self, index: &str, text: Option<Name>) -> Statement {
        comment(On::Index(self.context.qualified(index)), text)
    }

    pub(super) fn constraint_comment(&self, table: &str, constraint: &str, text: Option<Name>) -> Statement {
        comment(On::Constraint(self.context.ident(constraint), self.context.qualified(table)), text)
    }

    pub(super) fn trigger_comment(&self, table: &str, trigger: &str, text: Option<Name>) -> Statement {
        comment(On::Trigger(self.context.ident(trigger), self.context.qualified(table)), text)
    }

    pub(super) fn view_comment(&self, view: &View, text: Option<Name>) -> Statement {
        let name = self.context.qualified(view.name);
        comment(if view.materialized { On::MaterializedView(name) } else { On::View(name) }, text)
    }
}

fn comment(on: On, text: Option<Name>) -> Statement {
    Comment { on, text: text.map(str::to_owned) }.into()
}
