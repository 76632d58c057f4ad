//! Comments. Setting one twice changes nothing.

use pkmig_schema::Name;
use pkmig_schema::step::CommentTarget;

use super::statement::Statement;
use super::writer::literal;
use super::{Lowered, Place};

impl Place<'_> {
    pub(super) fn comment_on(&self, target: &CommentTarget, text: Option<Name>) -> Lowered {
        Lowered::always(vec![match target {
            CommentTarget::Table(table) => self.comment(&format!("TABLE {}", self.context.qualified(table)), text),
            CommentTarget::Column(table, column) => self.column_comment(table, column, text),
            CommentTarget::Index(index) => self.index_comment(index, text),
            CommentTarget::Constraint(table, constraint) => self.constraint_comment(table, constraint, text),
            CommentTarget::Function(function) => {
                let args = self.after.function(function).map(|function| {
                    function.args.iter().map(|arg| self.context.ty(&arg.ty)).collect::<Vec<_>>().join(", ")
                });
                let name = self.context.qualified(function);
                self.comment(&format!("FUNCTION {name}({})", args.unwrap_or_default()), text)
            }
        }])
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

    pub(super) fn comment(&self, object: &str, text: Option<Name>) -> Statement {
        let text = text.map_or_else(|| "NULL".to_owned(), literal);
        Statement::Written(format!("COMMENT ON {object} IS {text}"))
    }
}
