//! Comments. Setting one twice changes nothing.

use pkmig_schema::{Function, Name, ObjectKind, ObjectRef};

use super::guard::{Condition, Object};
use super::statement::Statement;
use super::writer::literal;
use super::{Lowered, Place};

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
                (self.view_comment(view, text), self.end.view(name).is_some(), object)
            }
            ObjectKind::Function => {
                let Some(function) = self.after.function(name) else { return Lowered::always(Vec::new()) };
                let signature = self.signature(function);
                (self.function_comment(function, text), self.end.function(name).is_some(), Object::Function(signature))
            }
            _ => (
                self.comment(&format!("TABLE {}", self.context.qualified(name)), text),
                self.name_at_end(name) == Some(name),
                Object::Relation(name.to_owned()),
            ),
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
