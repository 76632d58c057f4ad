//! Tables: create, drop, rename.

use std::collections::BTreeSet;

use pkmig_schema::{Constraint, ConstraintKind, GeneratorKind, Name, Schema, Step, Table, TableDef, Type};

use super::guard::{Condition, Object};
use super::shape::{self, Expectation};
use super::{Lowered, Place, column};
use crate::ddl::{CreateTable, Drop, Droppable, RowSecurityAction, Statement, TableAction};

impl Place<'_> {
    pub(super) fn create_table(&self, def: &TableDef) -> Vec<Lowered> {
        // History may have the table already: then what the step declares is named as if it had not.
        let made = match self.before.table(def.name) {
            None => self.after.clone(),
            Some(_) => {
                let mut alone = self.before.without_table(def.name);
                let step = Step::CreateTable { def: def.clone(), if_not_exists: false };
                step.apply(&mut alone, &mut pkmig_schema::Report::default());
                alone
            }
        };
        let Some(table) = made.table(def.name) else { return Vec::new() };
        let mut statements: Vec<Statement> = column::sequences(self.context, table);
        statements.push(self.create_table_statement(table).into());
        statements.extend(column::owned_sequences(self.context, table));
        statements.extend(self.table_comments(table));
        let mut missing = vec![Condition::Missing(Object::Relation(def.name.to_owned()))];
        missing.extend(self.not_yet_renamed_to(def.name));
        // A table's name is that of a type, too, which the version may give on.
        missing.extend(self.end.has_type(def.name).then(|| Condition::Missing(Object::Type(def.name.to_owned()))));
        if self.name_at_end(def.name).is_none() {
            let keys = table.constraints.iter().map(|known| &known.def).filter(|key| key.kind.has_index());
            let sequences = table.columns.iter().filter_map(|known| Some(known.def.generator.as_ref()?.sequence));
            missing.extend(self.given_on(keys.map(|key| key.name).chain(sequences)));
            missing.extend(self.types_are_left(table.columns.iter().map(|known| &known.def.ty)));
        }
        let create = Lowered::when(Condition::All(missing), statements);
        let mut lowered = vec![create.otherwise(self.table_expectations(table))];
        let indexes = table.indexes.iter().filter_map(|index| self.create_index(def.name, &index.def, false));
        lowered.extend(indexes);
        // What history has already keeps the policies and exclusion constraints that it has.
        if self.before.table(def.name).is_none() {
            let exclusions = table.constraints.iter().filter(|known| is_exclusion(&known.def));
            lowered.extend(exclusions.filter_map(|known| self.add_constraint(def.name, &known.def)));
            let (enable, force) = (RowSecurityAction::Enable, RowSecurityAction::Force);
            let security = [(def.row_security.enabled, enable), (def.row_security.forced, force)];
            let wanted = security.into_iter().filter(|(wanted, _)| *wanted);
            lowered.extend(wanted.map(|(_, action)| self.row_security(def.name, action)));
            lowered.extend(def.policies.iter().map(|policy| self.create_policy(def.name, policy)));
        }
        lowered.extend(table.triggers.iter().filter_map(|trigger| self.create_trigger(def.name, &trigger.def)));
        if let Some(not_yet) = self.not_yet_given_up(def.name) {
            lowered[1..].iter_mut().for_each(|part| part.only_when(not_yet.clone()));
        }
        lowered
    }

    fn create_table_statement(&self, table: &Table) -> CreateTable {
        let columns = table.columns.iter().map(|known| column::definition(self.context, table.name, &known.def));
        // Keys first, as the tools of PostgreSQL print them; exclusion constraints are steps of their own.
        let place = |constraint: &Constraint| match constraint.kind {
            ConstraintKind::PrimaryKey { .. } | ConstraintKind::Unique { .. } => Some(0),
            ConstraintKind::ForeignKey { .. } => Some(1),
            ConstraintKind::Check { .. } => Some(2),
            ConstraintKind::Exclude(_) => None,
        };
        let mut constraints: Vec<_> =
            table.constraints.iter().filter_map(|known| Some((place(&known.def)?, &known.def))).collect();
        constraints.sort_by_key(|(place, _)| *place);
        CreateTable {
            name: self.context.qualified(table.name),
            unlogged: table.unlogged,
            columns: columns.collect(),
            constraints: constraints.into_iter().map(|(_, constraint)| self.context.constraint(constraint)).collect(),
        }
    }

    /// The comments of a new table.
    fn table_comments(&self, table: &Table) -> Vec<Statement> {
        let mut statements = Vec::new();
        if let Some(text) = table.comment {
            statements.push(self.table_comment(table.name, Some(text)));
        }
        for column in &table.columns {
            if let Some(text) = column.def.comment {
                statements.push(self.column_comment(table.name, column.def.name, Some(text)));
            }
        }
        for constraint in table.constraints.iter().filter(|known| !is_exclusion(&known.def)) {
            if let Some(text) = constraint.def.comment {
                statements.push(self.constraint_comment(table.name, constraint.def.name, Some(text)));
            }
        }
        statements
    }

    /// What the version leaves of the columns and constraints that a step declares.
    fn table_expectations(&self, declared: &Table) -> Vec<Expectation> {
        let Some(now) = self.after.table(declared.name) else { return Vec::new() };
        let Some(end) = self.end.table_by_id(now.id) else { return Vec::new() };
        let ids: Vec<u32> = declared.columns.iter().filter_map(|c| now.column(c.def.name)).map(|c| c.id).collect();
        let shapes = end.columns.iter().filter(|column| {
            ids.contains(&column.id) && !self.changes_later(declared.name, Some(column.id), end.name, &column.def)
        });
        let shapes: Vec<_> =
            shapes.map(|column| (self.context.name(column.def.name), shape::column(&column.def))).collect();
        let mut expectations = Vec::new();
        if !shapes.is_empty() {
            expectations.push(Expectation::Columns(end.name.to_owned(), shapes));
        }
        let ids: Vec<u32> =
            declared.constraints.iter().filter_map(|c| now.constraint(c.def.name)).map(|c| c.id).collect();
        for known in end.constraints.iter().filter(|known| ids.contains(&known.id) && !is_exclusion(&known.def)) {
            expectations.push(shape::constraint(self.context, end.name, &known.def));
        }
        expectations
    }

    /// What the version calls, at its end, the table that this step calls `name`.
    pub(super) fn name_at_end(&self, name: &str) -> Option<Name> {
        let id = self.after.table(name).or_else(|| self.before.table(name))?.id;
        self.end.table_by_id(id).map(|table| table.name)
    }

    /// What must hold for a new table not to be there yet under the name that the version ends with. Another table may have
    /// it still, and give it up later.
    fn not_yet_renamed_to(&self, name: Name) -> Option<Condition> {
        let end = self.name_at_end(name).filter(|end| *end != name)?;
        let missing = |name: Name| Condition::Missing(Object::Table(name.to_owned()));
        // A view or an index that has the name so far is none.
        let Some(holder) = self.before.table(end) else { return Some(missing(end)) };
        let holder = self.end.table_by_id(holder.id)?.name;
        (holder != end).then(|| missing(holder))
    }

    /// What must hold for a step to be run where its table is renamed later in the version, and another one takes its
    /// name: the second time, that one must be left alone.
    pub(super) fn not_yet_renamed(&self, step: &Step) -> Option<Condition> {
        self.not_yet_given_up(step.table()?)
    }

    fn not_yet_given_up(&self, table: Name) -> Option<Condition> {
        let name = self.name_at_end(table).filter(|name| *name != table)?;
        let taken = self.end.has_relation(table) && self.before.table(name).is_none();
        taken.then(|| Condition::Missing(Object::Table(name.to_owned())))
    }

    /// What must hold for something to be made that the version takes away again, where it goes on to rename the table: the
    /// second time, the table has its new name.
    pub(super) fn not_yet_called_otherwise(&self, table: &str) -> Option<Condition> {
        let renamed = self.name_at_end(table).is_some_and(|name| name != table);
        renamed.then(|| Condition::Exists(Object::Table(table.to_owned())))
    }

    /// What must hold for something to be made that the version takes away again, and whose names it gives to others.
    pub(super) fn given_on(&self, names: impl Iterator<Item = Name>) -> Vec<Condition> {
        let taken = names.filter(|name| self.end.has_relation(name));
        taken.map(|name| Condition::Missing(Object::Relation(name.to_owned()))).collect()
    }

    /// That the types of something that the version takes away again are there still.
    pub(super) fn types_are_left<'t>(&self, types: impl Iterator<Item = &'t Type>) -> Vec<Condition> {
        let names: BTreeSet<Name> = types.map(|ty| ty.name).collect();
        let is_gone = |name: &Name| self.after.has_type(name) && !self.end.has_type(name);
        names.into_iter().filter(is_gone).map(|name| Condition::Exists(Object::Type(name.to_owned()))).collect()
    }

    /// What must hold for a step to be run where its table is dropped later in the version: the second time, it is gone.
    pub(super) fn not_yet_dropped(&self, step: &Step) -> Option<Condition> {
        let table = step.table()?;
        if let Some(view) = self.before.view(table) {
            return self.not_yet_gone(view);
        }
        let known = self.before.table(table).or_else(|| self.after.table(table))?;
        if self.end.table_by_id(known.id).is_some() {
            return None;
        }
        let there = Object::Table(table.to_owned());
        let taker = self.end.table(table).and_then(|end| self.before.table_by_id(end.id));
        Some(dropped(there, taker.map(|taker| Object::Relation(taker.name.to_owned()))))
    }

    pub(super) fn drop_table(&self, table: Name, cascade: bool) -> Lowered {
        let drop = Drop { cascade, ..Drop::plain(Droppable::Table, self.context.qualified(table)) };
        let relation = |name: Name| Object::Relation(name.to_owned());
        let taker = self.end.table(table).and_then(|end| self.before.table_by_id(end.id)).map(|taker| taker.name);
        let table = if self.is_no_table_at_end(table) { Object::Table(table.to_owned()) } else { relation(table) };
        Lowered::when(dropped(table, taker.map(relation)), vec![drop.into()])
    }

    pub(super) fn rename_table(&self, from: Name, to: Name, if_exists: bool) -> Lowered {
        let rename = self.alter_table(from, TableAction::RenameTo(self.context.ident(to)));
        let exists = Condition::Exists(match self.is_no_table_at_end(from) {
            true => Object::Table(from.to_owned()),
            false => Object::Relation(from.to_owned()),
        });
        // Where another table has taken the old name since, only the new one tells whether this was done. Where history
        // has the new name already, an install that has both keeps both.
        let kept = if_exists && self.before.table(to).is_some();
        let when = match kept || taken_again(self.before, self.end, from) {
            true => Condition::All(vec![exists, Condition::Missing(Object::Relation(to.to_owned()))]),
            false => exists,
        };
        let otherwise = match (if_exists, self.end.table(to)) {
            (false, Some(end)) if !end.columns.is_empty() => {
                vec![Expectation::Columns(to.to_owned(), self.some_column(to))]
            }
            _ => Vec::new(),
        };
        Lowered::when(when, vec![rename]).otherwise(otherwise)
    }

    /// Whether the version ends with a view or something else under the name of a table that it drops or renames.
    fn is_no_table_at_end(&self, name: &str) -> bool {
        self.end.table(name).is_none() && self.end.has_relation(name)
    }

    /// A column that shows that a table is there.
    fn some_column(&self, table: &str) -> Vec<(String, String)> {
        let columns = self.end.table(table).into_iter().flat_map(|table| table.columns.first());
        columns.map(|column| (column.def.name.to_owned(), shape::column(&column.def))).collect()
    }
}

/// Whether it is made in a statement of its own, behind the table: sea-query has no word for it.
fn is_exclusion(constraint: &Constraint) -> bool {
    matches!(constraint.kind, ConstraintKind::Exclude(_))
}

/// When to drop: where the object is there, and so is the one that takes its name later in the version, under the name
/// that it has had so far. The second time, the name stands for that one, which must stay.
pub(super) fn dropped(object: Object, taker: Option<Object>) -> Condition {
    match taker.filter(|taker| *taker != object) {
        Some(taker) => Condition::All(vec![Condition::Exists(object), Condition::Exists(taker)]),
        None => Condition::Exists(object),
    }
}

/// Whether the version ends with another table under the name that one has given up.
fn taken_again(before: &Schema, end: &Schema, name: &str) -> bool {
    let id = |schema: &Schema| schema.table(name).map(|table| table.id);
    id(end).is_some() && id(end) != id(before)
}

/// Whether the column's sequence has the name that PostgreSQL gives it by itself.
pub(super) fn default_sequence(table: &str, column: &pkmig_schema::Column) -> bool {
    column.generator.as_ref().is_some_and(|generator| {
        generator.kind != GeneratorKind::Serial
            || generator.sequence == pkmig_schema::name::default_name(table, &[column.name], "seq", |_| false)
    })
}
