//! Raw SQL.

use pkmig_schema::step;

use super::guard::{Condition, Object};
use super::{Lowered, Place};
use crate::plpgsql::{Execute, Node};

impl Place<'_> {
    /// The text is handed to EXECUTE: it may hold several statements, and a SELECT whose result nobody wants.
    pub(super) fn execute(&self, execute: &step::Execute) -> Lowered {
        let text = self.context.sql(&execute.sql);
        let statements = vec![Node::Execute(Execute::Text(text)).into()];
        match &execute.condition {
            step::Condition::Idempotent => Lowered::always(statements),
            step::Condition::Unless(query) => {
                Lowered::when(Condition::ReturnsNothing(self.context.sql(query)), statements)
            }
            step::Condition::When(query) => Lowered::when(Condition::Returns(self.context.sql(query)), statements),
            step::Condition::WhenColumn(table, column) => {
                let column = Object::Column((*table).to_owned(), (*column).to_owned());
                Lowered::when(Condition::Exists(column), statements)
            }
        }
    }
}
