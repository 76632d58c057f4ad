//! Constraints: add, validate, drop, rename.

use pkmig_schema::{Constraint, ConstraintKind, Name, Schema};

use super::guard::{Condition, Object};
use super::shape;
use super::table::dropped;
use super::{Lowered, Place};
use crate::ddl::{Statement, TableAction};
use crate::plpgsql::{Execute, Node};

impl Place<'_> {
    /// Nothing for a constraint of a table or column that history has already without it.
    pub(super) fn add_constraint(&self, table: Name, constraint: &Constraint) -> Option<Lowered> {
        // The model has filled in the name if PostgreSQL gives it: it is the one that this step has brought.
        let brought = self.after.table(table).and_then(|after| {
            let old = self.before.table(table);
            let new = |name: &str| old.is_none_or(|old| old.constraint(name).is_none());
            let alike = |known: &&pkmig_schema::Known<Constraint>| match constraint.name {
                pkmig_schema::name::UNNAMED => known.def.kind == constraint.kind,
                name => known.def.name == name,
            };
            // With `if_not_exists`, it may be one that history has.
            after.constraints.iter().filter(alike).max_by_key(|known| new(known.def.name))
        })?;
        let id = brought.id;
        let constraint = if constraint.name == pkmig_schema::name::UNNAMED { &brought.def } else { constraint };
        let add = TableAction::AddConstraint(self.context.constraint(constraint));
        let mut statements = vec![self.alter_table(table, add)];
        if let Some(text) = constraint.comment {
            statements.push(self.constraint_comment(table, constraint.name, Some(text)));
        }
        let end = self.name_at_end(table).and_then(|name| self.end.table(name));
        let at_end = end.and_then(|end| Some((end.name, end.constraints.iter().find(|known| known.id == id)?)));
        let mut missing = vec![Condition::Missing(object(table, constraint.name))];
        missing.extend(self.not_yet_dropped_columns(table, at_end.is_some(), |column| constraint.kind.uses(column)));
        if at_end.is_none() {
            missing.extend(self.not_yet_called_otherwise(table));
            missing.extend(self.given_on(Some(constraint.name).into_iter().filter(|_| constraint.kind.has_index())));
            missing.extend(self.target_is_left(table, &constraint.kind));
            // A table has but one primary key: the second time, it may have the version's next one.
            let is_key = matches!(constraint.kind, ConstraintKind::PrimaryKey { .. });
            let next = end.filter(|_| is_key).and_then(|end| Some(object(end.name, end.primary_key()?.def.name)));
            missing.extend(next.map(Condition::Missing));
        }
        let mut expectations = Vec::new();
        if let Some((end_table, known)) = at_end {
            let holder = self.before.table(table).and_then(|table| table.constraint(known.def.name));
            let taken = holder.is_some_and(|holder| holder.id != id);
            if !taken && (known.def.name != constraint.name || end_table != table) {
                missing.push(Condition::Missing(object(end_table, known.def.name)));
            }
            // What the version leaves of one that history has already cannot be expected before it has changed it.
            let had = self.before.table(table).and_then(|table| table.constraints.iter().find(|had| had.id == id));
            if had.is_none_or(|had| (table, &had.def) == (end_table, &known.def)) {
                expectations.push(shape::constraint(self.context, end_table, &known.def));
            }
        }
        Some(Lowered::when(Condition::All(missing), statements).otherwise(expectations))
    }

    /// That the columns which a foreign key of `of` points at are there still, under the names that they have here.
    fn target_is_left(&self, of: Name, kind: &ConstraintKind) -> Vec<Condition> {
        let ConstraintKind::ForeignKey { table, references, .. } = kind else { return Vec::new() };
        if table.schema.is_some() {
            return Vec::new();
        }
        let mut left = self.not_yet_dropped_columns(table.name, false, |column| references.contains(&column));
        left.extend(self.not_yet_called_otherwise(table.name).filter(|_| table.name != of));
        left
    }

    pub(super) fn validate_constraint(&self, table: Name, constraint: Name) -> Lowered {
        let action = TableAction::ValidateConstraint(self.context.ident(constraint));
        let statements = vec![self.alter_table(table, action)];
        match self.constraint_stays(table, constraint) {
            true => Lowered::always(statements),
            false => Lowered::when(Condition::Exists(object(table, constraint)), statements),
        }
    }

    /// Whether the version ends with the constraint that this step speaks of under this very name.
    pub(super) fn constraint_stays(&self, table: &str, constraint: &str) -> bool {
        let id = |schema: &Schema| Some(schema.table(table)?.constraint(constraint)?.id);
        id(self.end).is_some() && id(self.end) == id(self.after)
    }

    pub(super) fn drop_constraint(&self, table: Name, constraint: Name, cascade: bool) -> Lowered {
        let taker = self.name_at_end(table).and_then(|name| {
            let id = self.end.table(name)?.constraint(constraint)?.id;
            let constraints = &self.before.table(table)?.constraints;
            constraints.iter().find(|known| known.id == id).map(|taker| object(table, taker.def.name))
        });
        let mut when = dropped(object(table, constraint), taker);
        if let Some(not_yet) = self.not_yet_the_next_key(table, constraint) {
            when = Condition::All(vec![when, not_yet]);
        }
        let action = TableAction::DropConstraint { constraint: self.context.ident(constraint), cascade };
        Lowered::when(when, self.moving_foreign_keys(table, self.alter_table(table, action)))
    }

    /// That the name does not stand yet for another key, which the version gives it to: the second time, foreign keys may rest on
    /// that one.
    fn not_yet_the_next_key(&self, table: Name, constraint: Name) -> Option<Condition> {
        let (before, end) = (self.before.table(table)?, self.end.table(self.name_at_end(table)?)?);
        let (dropped, next) = (before.constraint(constraint)?, end.constraint(constraint)?);
        let columns = match &next.def.kind {
            ConstraintKind::PrimaryKey { columns } | ConstraintKind::Unique { columns } if next.id != dropped.id => {
                columns
            }
            _ => return None,
        };
        // It is told by the names of its columns: with the same ones, all has to be the same.
        let same = columns.iter().all(|name| before.column(name).map(|it| it.id) == end.column(name).map(|it| it.id));
        if next.def.kind == dropped.def.kind && (next.def != dropped.def || !same) {
            return None;
        }
        let columns = columns.iter().map(|column| (*column).to_owned()).collect();
        Some(Condition::IsOfOthers(table.to_owned(), constraint.to_owned(), columns))
    }

    /// A statement that drops a key, around which the foreign keys that rest on it are made anew, on another key of the
    /// same columns. Which of the two they rest on nobody has declared: PostgreSQL took the one that was first when they were
    /// made. Other chains' and the host's own move, too.
    pub(super) fn moving_foreign_keys(&self, table: Name, drop: Statement) -> Vec<Statement> {
        let given_up = self.keys_given_up(table);
        if given_up.is_empty() {
            return vec![drop];
        }
        let keys = given_up.iter().map(|key| self.context.qualified(key)).collect();
        let execute = |what: Execute| Statement::from(Node::Execute(what));
        let [off, on] = ["pkmig_off", "pkmig_on"].map(|variable| execute(Execute::Variable(variable)));
        vec![execute(Execute::Resting(keys)), off, drop, on]
    }

    /// The primary keys, unique constraints and unique indexes that the step takes away while another key of the same
    /// columns stays.
    fn keys_given_up(&self, table: Name) -> Vec<Name> {
        let (Some(before), Some(after)) = (self.before.table(table), self.after.table(table)) else {
            return Vec::new();
        };
        let goes = |name: Name| after.keys().all(|(_, stays, _)| stays != name);
        let given_up = before.keys().filter(|(_, name, columns)| goes(name) && after.unique_by(columns));
        given_up.map(|(_, name, _)| name).collect()
    }

    pub(super) fn rename_constraint(&self, table: Name, from: Name, to: Name) -> Lowered {
        let action = TableAction::RenameConstraint { from: self.context.ident(from), to: self.context.ident(to) };
        let exists = Condition::Exists(object(table, from));
        // Where another constraint has taken the old name since, only the new one tells whether this was done.
        let when = match self.end.table(table).and_then(|end| end.constraint(from)) {
            Some(_) => Condition::All(vec![exists, Condition::Missing(object(table, to))]),
            None => exists,
        };
        let lowered = Lowered::when(when, vec![self.alter_table(table, action)]);
        let end = self.end.table(table).and_then(|end| end.constraint(to));
        lowered.otherwise(match end {
            Some(known) => vec![shape::constraint(self.context, table, &known.def)],
            None => Vec::new(),
        })
    }
}

fn object(table: &str, constraint: &str) -> Object {
    Object::Constraint(table.to_owned(), constraint.to_owned())
}
