//! Tables, and the steps that add a column.

use super::Writer;
use super::layout::Line;
use crate::name::UNNAMED;
use crate::{Column, Constraint, Name, ObjectKind, ObjectRef, Step, TableDef};

impl Writer {
    pub(super) fn create_table(self, def: &TableDef, if_not_exists: bool) -> Vec<Line> {
        let (valid, later): (Vec<_>, Vec<_>) = def.constraints.iter().cloned().partition(|it| it.validated);
        let table = Line::new("create_table")
            .word(self.name(def.name))
            .flag(if_not_exists, "if_not_exists")
            .flag(def.unlogged, "unlogged")
            .block(self.body(def, &valid));
        let mut lines = vec![table];
        lines.extend(later.iter().map(|it| self.add_constraint(def.name, it, false)));
        if def.row_security.forced && !def.row_security.enabled {
            lines.extend(self.step(&Step::ForceRowLevelSecurity { table: def.name }));
        }
        lines.extend(def.constraints.iter().flat_map(|it| self.comment_on_constraint(def.name, it)));
        let indexes = def.indexes.iter().map(|it| (ObjectRef::new(ObjectKind::Index, it.name), it.comment));
        let triggers =
            def.triggers.iter().map(|it| (ObjectRef::part(ObjectKind::Trigger, def.name, it.name), it.comment));
        lines.extend(indexes.chain(triggers).flat_map(|(target, text)| self.comment_if_any(target, text)));
        lines
    }

    fn body(self, def: &TableDef, constraints: &[Constraint]) -> Vec<Line> {
        let (columns, constraints, indexes) = self.attributed(&def.columns, constraints, &def.indexes);
        let mut rest: Vec<Line> = Vec::new();
        rest.extend(constraints.iter().map(|it| Line::new(it.kind.words().0).words(self.constraint(it))));
        rest.extend(indexes.iter().map(|it| {
            let name = (it.name != UNNAMED).then(|| self.name(it.name));
            Line::new(if it.unique { "unique_index" } else { "index" }).words(name).words(self.index(it))
        }));
        if def.row_security.enabled {
            rest.push(Line::new("row_level_security").flag(def.row_security.forced, "forced"));
        }
        let named = |word: &str, name: Name| Line::new(word).word(self.name(name));
        rest.extend(def.policies.iter().map(|it| named("policy", it.name).words(self.policy(it))));
        rest.extend(def.triggers.iter().map(|it| named("trigger", it.name).words(self.trigger(it))));
        rest.extend(def.comment.map(|comment| Line::new("comment").word(self.text(comment))));
        let mut lines: Vec<_> = columns.iter().map(|it| Line::of(self.column(it)).end(",")).collect();
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
        let (mut column, others, _) = self.attributed(std::slice::from_ref(column), constraints, &[]);
        let mut words = column.pop().map(|it| self.column(&it)).unwrap_or_default();
        if let Some(name) = words.first_mut() {
            *name = format!("{}.{name}", self.name(table));
        }
        let adding = Line::new("add_column").words(words).flag(if_not_exists, "if_not_exists").end(";");
        let others = others.iter().map(|it| self.add_constraint(table, it, if_not_exists));
        std::iter::once(adding).chain(others).collect()
    }

    /// `add_check t n ("…") not_valid`
    pub(super) fn add_constraint(self, table: Name, constraint: &Constraint, if_not_exists: bool) -> Line {
        Line::new(format!("add_{}", constraint.kind.words().0))
            .word(self.name(table))
            .words(self.constraint(constraint))
            .flag(!constraint.validated, "not_valid")
            .flag(if_not_exists, "if_not_exists")
            .end(";")
    }

    pub(super) fn comment_on_constraint(self, table: Name, constraint: &Constraint) -> Option<Line> {
        self.comment_if_any(ObjectRef::part(ObjectKind::Constraint, table, constraint.name), constraint.comment)
    }

    /// A step of its own for the comment of something that was made.
    pub(super) fn comment_if_any(self, target: ObjectRef, text: Option<Name>) -> Option<Line> {
        text.map(|text| self.comment_on(target, Some(text)))
    }
}
