//! Indexes: create, drop, rename.

use pkmig_schema::{Index, Name, Schema};

use super::guard::{Condition, Object};
use super::script::Transaction;
use super::shape::{self, Expectation};
use super::table::dropped;
use super::{Lowered, Place};
use crate::ddl::{CreateIndex, Drop, Droppable, RenameIndex, Statement};

impl Place<'_> {
    /// Nothing for an index of a table that history has already without it.
    pub(super) fn create_index(&self, table: Name, index: &Index, concurrently: bool) -> Option<Lowered> {
        let (known, at_end) = self.brought_index(table, index)?;
        // The model has filled in the name if PostgreSQL gives it.
        let index = if index.name == pkmig_schema::name::UNNAMED { known } else { index };
        let mut missing = vec![Condition::Missing(Object::Relation(index.name.to_owned()))];
        missing.extend(self.not_yet_dropped_columns(table, at_end.is_some(), |column| index.uses(column)));
        if at_end.is_none() {
            missing.extend(self.not_yet_called_otherwise(table));
        }
        let mut expectations = Vec::new();
        if let Some((end_table, end)) = at_end {
            if end.name != index.name {
                missing.extend(self.not_yet_called(end_table, end.name));
            }
            // An index that is made outside of the version's transaction is looked at both before the version renames
            // its columns and after: only an index whose shape stays can be told.
            let stays = known == end && end_table == table;
            let had = self.before.table(table).is_some_and(|table| table.index(known.name).is_some());
            if stays || !concurrently && !had {
                let expected = shape::index(self.context, end);
                expectations.push(Expectation::Index(end.name.to_owned(), end_table.to_owned(), expected));
            }
        }
        let create = CreateIndex { concurrently, ..self.context.index(table, index) };
        let mut statements: Vec<Statement> = vec![create.into()];
        if let Some(text) = index.comment {
            statements.push(self.index_comment(index.name, Some(text)));
        }
        let mut lowered = Lowered::when(Condition::All(missing), statements).otherwise(expectations);
        if concurrently {
            let expression = |it: &pkmig_schema::IndexColumn| matches!(it.key, pkmig_schema::IndexKey::Expression(_));
            let reads = index.predicate.is_some() || index.columns.iter().any(expression);
            let (table, index) = (table.to_owned(), index.name.to_owned());
            lowered.transaction = Transaction::Outside { table, index, reads };
        }
        Some(lowered)
    }

    /// What must hold for an index not to be there yet under the name that the version ends with. Another table's may have
    /// it still, or its own table, and give it up later.
    fn not_yet_called(&self, end_table: Name, end: Name) -> Option<Condition> {
        match (self.before.table_of_index(end), self.before.has_relation(end) || self.after.has_relation(end)) {
            (Some(_), _) => None,
            (None, true) => Some(Condition::Missing(Object::Index(end_table.to_owned(), end.to_owned()))),
            (None, false) => Some(Condition::Missing(Object::Relation(end.to_owned()))),
        }
    }

    /// The index that a step brings, and the one that the version ends with, with its table's name then.
    fn brought_index(&self, table: Name, index: &Index) -> Option<(&Index, Option<(Name, &Index)>)> {
        let alike = |known: &Index| match index.name {
            pkmig_schema::name::UNNAMED => index.is_like(known),
            name => known.name == name,
        };
        if let Some(view) = self.after.view(table) {
            let new = |name: &str| self.before.view(table).is_none_or(|old| old.index(name).is_none());
            let known = view.indexes.iter().filter(|known| alike(known)).max_by_key(|known| new(known.name))?;
            let of_the_version = |end: &&Index| {
                known.is_like(end) && self.before.view(table).is_none_or(|old| old.index(end.name).is_none())
            };
            let end = self.view_at_end(table);
            let index = end.and_then(|end| end.index(known.name).or_else(|| end.indexes.iter().find(of_the_version)));
            return Some((known, end.and_then(|end| Some((end.name, index?)))));
        }
        let new = |name: &str| self.before.table(table).is_none_or(|old| old.index(name).is_none());
        let indexes = self.after.table(table)?.indexes.iter();
        let known = indexes.filter(|known| alike(&known.def)).max_by_key(|known| new(known.def.name))?;
        let end = self.name_at_end(table).and_then(|name| self.end.table(name));
        let end = end.and_then(|end| Some((end.name, &end.indexes.iter().find(|index| index.id == known.id)?.def)));
        Some((&known.def, end))
    }

    pub(super) fn drop_index(&self, index: Name) -> Lowered {
        let relation = |name: Name| Object::Relation(name.to_owned());
        let taker = self.end.table_of_index(index).and_then(|table| {
            let id = table.index(index)?.id;
            let mut indexes = self.before.tables().flat_map(|table| &table.indexes);
            indexes.find(|known| known.id == id).map(|taker| relation(taker.def.name))
        });
        let drop: Statement = Drop::plain(Droppable::Index, self.context.qualified(index)).into();
        let statements = match self.before.table_of_index(index) {
            Some(table) => self.moving_foreign_keys(table.name, drop),
            None => vec![drop],
        };
        let there = match self.before.table_of_index(index) {
            _ if !self.end.has_relation(index) || self.end.table_of_index(index).is_some() => relation(index),
            // The version gives its name to something else, which may be the index of a constraint.
            Some(table) => Object::Index(table.name.to_owned(), index.to_owned()),
            None => Object::AnyIndex(index.to_owned()),
        };
        let when = dropped(there, taker);
        // A new one has its name at the end, and its table another name: only that tells the two apart.
        let table = self.before.table_of_index(index).filter(|_| self.end.table_of_index(index).is_some());
        let mut lowered = Lowered::when(when, statements);
        if let Some(not_yet) = table.and_then(|table| self.not_yet_called_otherwise(table.name)) {
            lowered.only_when(not_yet);
        }
        lowered
    }

    pub(super) fn rename_index(&self, from: Name, to: Name) -> Lowered {
        let statement = RenameIndex { index: self.context.qualified(from), to: self.context.ident(to) }.into();
        let known = self.end.table_of_index(to).and_then(|table| Some((table.name, &table.index(to)?.def)));
        // Where history may lack it, what has the new name at the end came otherwise.
        let known = known.filter(|_| self.after.table_of_index(to).is_some());
        let otherwise = known.map(|(table, index)| {
            let expected = shape::index(self.context, index);
            Expectation::Index(to.to_owned(), table.to_owned(), expected)
        });
        // At the end something else may have the name: the index of a constraint.
        let table = self.before.table_of_index(from).filter(|_| self.end.has_relation(from));
        let exists = Condition::Exists(match table {
            Some(table) => Object::Index(table.name.to_owned(), from.to_owned()),
            None => Object::Relation(from.to_owned()),
        });
        // Where another index has taken the old name since, only the new one tells whether this was done.
        let taken = self.end.table_of_index(from).is_some() || self.end.view_of_index(from).is_some();
        let id = self.before.table_of_index(from).and_then(|table| Some(table.index(from)?.id));
        let last = self.end.tables().flat_map(|table| &table.indexes).find(|index| Some(index.id) == id);
        let last = last.map_or(to, |index| index.def.name);
        let last = if self.before.has_relation(last) { to } else { last };
        let when = match taken {
            true => Condition::All(vec![exists, Condition::Missing(Object::Relation(last.to_owned()))]),
            false => exists,
        };
        Lowered::when(when, vec![statement]).otherwise(otherwise.into_iter().collect())
    }

    /// Whether the version ends with the index that this step speaks of under this very name.
    pub(super) fn index_stays(&self, index: &str) -> bool {
        let id = |schema: &Schema| Some(schema.table_of_index(index)?.index(index)?.id);
        id(self.end).is_some() && id(self.end) == id(self.after)
    }
}
