//! Tables, and the steps that add a column.

use super::Writer;
use super::column::{Attributed, constraints_at, indexes_at};
use super::layout::Line;
use crate::name::{UNNAMED, literal, written};
use crate::step::CommentTarget;
use crate::{Column, Constraint, Name, Step, TableDef};

impl Writer {
    pub(super) fn create_table(self, def: &TableDef, if_not_exists: bool) -> Vec<Line> {
        let (valid, later): (Vec<_>, Vec<_>) = def.constraints.iter().cloned().partition(|it| it.validated);
        let table = Line::new("create_table")
            .word(written(def.name))
            .flag(if_not_exists, "if_not_exists")
            .flag(def.unlogged, "unlogged")
            .block(self.body(def, &valid));
        let mut lines = vec![table];
        lines.extend(later.iter().map(|it| self.add_constraint(def.name, it, false)));
        if def.row_security.forced && !def.row_security.enabled {
            lines.extend(self.step(&Step::ForceRowLevelSecurity { table: def.name }));
        }
        lines.extend(def.constraints.iter().flat_map(|it| self.comment_on_constraint(def.name, it)));
        let indexes = def.indexes.iter().map(|it| (CommentTarget::Index(it.name), it.comment));
        let triggers = def.triggers.iter().map(|it| (CommentTarget::Trigger(def.name, it.name), it.comment));
        lines.extend(indexes.chain(triggers).flat_map(|(target, text)| self.comment_if_any(target, text)));
        lines
    }

    fn body(self, def: &TableDef, constraints: &[Constraint]) -> Vec<Line> {
        let (constraints_at, constraints) = constraints_at(&def.columns, constraints);
        let (indexes_at, indexes) = indexes_at(&def.columns, &def.indexes);
        let at = constraints_at.into_iter().zip(indexes_at);
        let columns = def.columns.iter().zip(at).map(|(column, (constraints, indexes))| {
            Line::of(self.column(&Attributed { column, constraints, indexes }))
        });
        let mut rest: Vec<Line> = Vec::new();
        rest.extend(constraints.iter().map(|it| Line::new(it.kind.words().0).words(self.constraint(it))));
        rest.extend(indexes.iter().map(|it| {
            let name = (it.name != UNNAMED).then(|| written(it.name));
            Line::new(if it.unique { "unique_index" } else { "index" }).words(name).words(self.index(it))
        }));
        if def.row_security.enabled {
            rest.push(Line::new("row_level_security").flag(def.row_security.forced, "forced"));
        }
        let named = |word: &str, name: Name| Line::new(word).word(written(name));
        rest.extend(def.policies.iter().map(|it| named("policy", it.name).words(self.policy(it))));
        rest.extend(def.triggers.iter().map(|it| named("trigger", it.name).words(self.trigger(it))));
        rest.extend(def.comment.map(|comment| Line::new("comment").word(literal(comment))));
        let mut lines: Vec<_> = columns.map(|line| line.end(",")).collect();
        if !lines.is_empty() && !rest.is_empty() {
            lines.push(Line::blank());
        }
        lines.extend(rest.into_iter().map(|line| line.end(",")));
        lines
    }

    pub(super) fn add_column(
        self,
        table: Name,
        column: &Column,
        constraints: &[Constraint],
        if_not_exists: bool,
    ) -> Vec<Line> {
        let (mut at, others) = constraints_at(std::slice::from_ref(column), constraints);
        let constraints = at.pop().unwrap_or_default();
        let mut words = self.column(&Attributed { column, constraints, indexes: Vec::new() });
        if let Some(name) = words.first_mut() {
            *name = format!("{}.{name}", written(table));
        }
        let adding = Line::new("add_column").words(words).flag(if_not_exists, "if_not_exists").end(";");
        let others = others.iter().map(|it| self.add_constraint(table, it, if_not_exists));
        std::iter::once(adding).chain(others).collect()
    }

    /// `add_check t n ("…") not_valid`
    pub(super) fn add_constraint(self, table: Name, constraint: &Constraint, if_not_exists: bool) -> Line {
        Line::new(format!("add_{}", constraint.kind.words().0))
            .word(written(table))
            .words(self.constraint(constraint))
            .flag(!constraint.validated, "not_valid")
            .flag(if_not_exists, "if_not_exists")
            .end(";")
    }

    pub(super) fn comment_on_constraint(self, table: Name, constraint: &Constraint) -> Option<Line> {
        self.comment_if_any(CommentTarget::Constraint(table, constraint.name), constraint.comment)
    }

    /// A step of its own for the comment of something that was made.
    pub(super) fn comment_if_any(self, target: CommentTarget, text: Option<Name>) -> Option<Line> {
        text.map(|text| self.comment_on(&target, Some(text)))
    }
}
