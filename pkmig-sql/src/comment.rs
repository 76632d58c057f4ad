//! Comments. Setting one twice changes nothing.

use pkmig_schema::step::CommentTarget;
use pkmig_schema::{Function, Name};

use super::guard::{Condition, Object};
use super::statement::Statement;
use super::writer::literal;
use super::{Lowered, Place};

impl Place<'_> {
    pub(super) fn comment_on(&self, target: &CommentTarget, text: Option<Name>) -> Lowered {
        let owned = |name: &Name| (*name).to_owned();
        // Where the version goes on to rename or drop the object, it is not there the second time.
        let (statement, stays, object) = match target {
            CommentTarget::Table(table) => (
                self.comment(&format!("TABLE {}", self.context.qualified(table)), text),
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
                (self.view_comment(view, text), self.view_at_end(name).is_some_and(|end| end.name == *name), object)
            }
            CommentTarget::Function(name) => {
                let Some(function) = self.after.function(name) else { return Lowered::always(Vec::new()) };
                let signature = self.signature(function);
                (self.function_comment(function, text), self.end.function(name).is_some(), Object::Function(signature))
            }
        };
        match stays {
            true => Lowered::always(vec![statement]),
            false => Lowered::when(Condition::Exists(object), vec![statement]),
        }
    }

    pub(super) fn function_comment(&self, function: &Function, text: Option<Name>) -> Statement {
        self.comment(&format!("FUNCTION {}", self.signature(function)), text)
    }

    /// `"prefix"."f"(text, integer)`
    fn signature(&self, function: &Function) -> String {
        let types = function.args.iter().map(|arg| self.context.ty(&arg.ty)).collect::<Vec<_>>();
        format!("{}({})", self.context.qualified(function.name), types.join(", "))
    }

    pub(super) fn column_comment(&self, table: &str, column: &str, text: Option<Name>) -> Statement {
        self.comment(&format!("COLUMN {}.{}", self.context.qualified(table), self.context.ident(column)), text)
    }

    pub(super) fn index_comment(&self, index: &str, text: Option<Name>) -> Statement {
        self.comment(&format!("INDEX {}", self.context.qualified(index)), text)
    }

    pub(super) fn constraint_comment(&self, table: &str, constraint: &str, text: Option<Name>) -> Statement {
        let object = format!("CONSTRAINT {} ON {}", self.context.ident(constraint), self.context.qualified(table));
        self.comment(&object, text)
    }

    pub(super) fn trigger_comment(&self, table: &str, trigger: &str, text: Option<Name>) -> Statement {
        let object = format!("TRIGGER {} ON {}", self.context.ident(trigger), self.context.qualified(table));
        self.comment(&object, text)
    }

    pub(super) fn comment(&self, object: &str, text: Option<Name>) -> Statement {
        let text = text.map_or_else(|| "NULL".to_owned(), literal);
        Statement::Written(format!("COMMENT ON {object} IS {text}"))
    }
}
