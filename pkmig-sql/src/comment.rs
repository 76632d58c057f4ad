//! Comments. Setting one twice changes nothing.

use pkmig_schema::step::CommentTarget;
use pkmig_schema::{Name, View};

use super::guard::{Condition, Object};
use super::{Lowered, Place};
use crate::ddl::{Comment, On, Statement};

impl Place<'_> {
    pub(super) fn comment_on(&self, target: &CommentTarget, text: Option<Name>) -> Lowered {
        let owned = |name: &Name| (*name).to_owned();
        // Where the version goes on to rename or drop the object, it is not there the second time.
        let (statement, stays, object) = match target {
            CommentTarget::Table(table) => (
                self.table_comment(table, text),
                self.name_at_end(table) == Some(table),
                Object::Relation(owned(table)),
            ),
            CommentTarget::Column(table, column) => (
                self.column_comment(table, column, text),
                self.column_stays(table, column),
                Object::Column(owned(table), owned(column)),
            ),
            CommentTarget::Index(index) => {
                (self.index_comment(index, text), self.index_stays(index), Object::Relation(owned(index)))
            }
            CommentTarget::Constraint(table, constraint) => (
                self.constraint_comment(table, constraint, text),
                self.constraint_stays(table, constraint),
                Object::Constraint(owned(table), owned(constraint)),
            ),
            CommentTarget::Trigger(table, trigger) => (
                self.trigger_comment(table, trigger, text),
                self.trigger_stays(table, trigger),
                Object::Trigger(owned(table), owned(trigger)),
            ),
            CommentTarget::View(name) => {
                let Some(view) = self.after.view(name) else { return Lowered::always(Vec::new()) };
                let object = Object::View(owned(name), view.materialized);
                (self.view_comment(view, text), self.end.view(name).is_some(), object)
            }
            CommentTarget::Function(name) => {
                let Some(function) = self.after.function(name) else { return Lowered::always(Vec::new()) };
                let signature = self.context.signature_of(function);
                let there = Object::Function(signature.to_string());
                (comment(On::Function(signature), text), self.end.function(name).is_some(), there)
            }
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
