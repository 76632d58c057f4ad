//! Views and materialized views: create, replace, refresh, drop.

use pkmig_schema::{Name, Piece, View};

use super::guard::{Condition, Object};
use super::shape::{Expectation, PROBE};
use super::writer::Context;
use super::{Lowered, Place};
use crate::ddl::{CreateView, Drop, RefreshView, Statement, view_kind};

impl Place<'_> {
    pub(super) fn create_view(&self, def: &View, replace: bool) -> Vec<Lowered> {
        let statement: Statement = create(self.context, def, replace).into();
        if replace {
            return vec![self.replace_view(def, statement)];
        }
        let mut statements = vec![statement];
        if let Some(text) = def.comment {
            statements.push(self.view_comment(def, Some(text)));
        }
        let at_end = self.end.view(def.name).filter(|end| end.materialized == def.materialized);
        let mut missing = vec![Condition::Missing(Object::Relation(def.name.to_owned()))];
        if at_end.is_none() {
            // The version takes it away again, maybe with what it shows.
            missing.extend(self.shown_is_there(def));
        }
        let expected = at_end.map(|end| expectation(self.context, end));
        let mut lowered =
            vec![Lowered::when(Condition::All(missing), statements).otherwise(expected.into_iter().collect())];
        lowered.extend(def.indexes.iter().filter_map(|index| self.create_index(def.name, index, false)));
        lowered.extend(def.triggers.iter().filter_map(|trigger| self.create_trigger(def.name, trigger)));
        lowered
    }

    /// Every time, as a function is; but where the version goes on to rename what the query names, only before that.
    fn replace_view(&self, def: &View, statement: Statement) -> Lowered {
        if self.end.view(def.name).is_some_and(|end| end.query == def.query) {
            return Lowered::always(vec![statement]);
        }
        let mut there = Vec::new();
        // Replaced again later in the version by one with more columns, it must not lose them.
        let more = self.end.view(def.name).filter(|end| end.columns.len() > def.columns.len());
        if let Some(last) = more.and_then(|end| end.columns.last()) {
            there.push(Condition::Missing(Object::Column(def.name.to_owned(), (*last).to_owned())));
        }
        // The version takes it away again, and gives its name to something else.
        let taken = match self.end.view(def.name) {
            Some(view) if view.materialized => Some(Object::View(def.name.to_owned(), true)),
            Some(_) => None,
            None if self.end.table(def.name).is_some() => Some(Object::Table(def.name.to_owned())),
            None => self.end.sequence(def.name).map(|_| Object::Sequence(def.name.to_owned())),
        };
        there.extend(taken.map(Condition::Missing));
        there.extend(self.shown_is_there(def));
        there.dedup();
        match there.is_empty() {
            true => Lowered::always(vec![statement]),
            false => Lowered::when(Condition::All(there), vec![statement]),
        }
    }

    /// That the tables, views and columns which a query names are there still.
    fn shown_is_there(&self, def: &View) -> Vec<Condition> {
        let mut there = Vec::new();
        for piece in def.query.pieces.iter() {
            match piece {
                Piece::Object { name, depth: 0 }
                    if self.before.table(name).is_some() || self.before.view(name).is_some() =>
                {
                    there.push(Condition::Exists(Object::Relation((*name).to_owned())));
                }
                Piece::Column { name, tables, .. } => {
                    let owner =
                        tables.iter().find(|table| self.before.table(table).is_some_and(|t| t.column(name).is_some()));
                    let object = |table: &Name| Object::Column((*table).to_owned(), (*name).to_owned());
                    there.extend(owner.map(|table| Condition::Exists(object(table))));
                }
                _ => {}
            }
        }
        there
    }

    pub(super) fn drop_view(&self, name: Name, materialized: bool, cascade: bool) -> Lowered {
        let drop = |materialized: bool, name: &str| Drop::plain(view_kind(materialized), self.context.qualified(name));
        let mut statements: Vec<Statement> = Vec::new();
        let mut when = vec![Condition::Exists(Object::View(name.to_owned(), materialized))];
        if let Some(again) = self.end.view(name) {
            when.extend(self.shown_is_not_yet_there(again));
            // The version makes it again. Run twice, it has put views of its own on the new one, which are in the way.
            let upper = self.end.views_on(name, None).into_iter().rev().filter_map(|upper| self.end.view(upper));
            let made_here = upper.filter(|upper| self.before.view(upper.name).is_none());
            let drops = made_here.map(|upper| Drop { if_exists: true, ..drop(upper.materialized, upper.name) });
            statements.extend(drops.map(Statement::from));
        }
        statements.push(Drop { cascade, ..drop(materialized, name) }.into());
        Lowered::when(Condition::All(when), statements)
    }

    /// That what a view shows at the end of the version has not been renamed yet: the second time, the view could not be made with the
    /// names that it has before.
    fn shown_is_not_yet_there(&self, end: &View) -> Vec<Condition> {
        // What a down brings back may be renamed, too; on the way up, early installs may have it already.
        let is_down = self.own.is_some();
        let renamed = end.query.pieces.iter().filter_map(|piece| match piece {
            Piece::Object { name, depth: 0 } if !self.before.has_relation(name) => {
                let was = self.before.table_by_id(self.end.table(name)?.id);
                (is_down || was.is_some()).then(|| Object::Relation((*name).to_owned()))
            }
            Piece::Column { name, tables, .. } => {
                let (of, id) = tables.iter().find_map(|of| Some((*of, self.end.table(of)?.column(name)?.id)))?;
                let mut columns = self.before.table(of).into_iter().flat_map(|table| &table.columns);
                let was = columns.find(|column| column.id == id).map(|column| column.def.name);
                was.map_or(is_down, |was| was != *name).then(|| Object::Column(of.to_owned(), (*name).to_owned()))
            }
            _ => None,
        });
        renamed.map(Condition::Missing).collect()
    }

    /// Twice is no harm.
    pub(super) fn refresh_view(&self, name: Name, concurrently: bool) -> Lowered {
        let statements = vec![RefreshView { view: self.context.qualified(name), concurrently }.into()];
        match self.end.view(name) {
            Some(_) => Lowered::always(statements),
            None => Lowered::when(Condition::Exists(Object::View(name.to_owned(), true)), statements),
        }
    }
}

/// That the view shows what it is declared to show.
pub(super) fn expectation(context: &Context, view: &View) -> Expectation {
    // The query as a plain view has it: PostgreSQL prints both kinds alike.
    let probe = CreateView { name: context.qualified(PROBE), materialized: false, ..create(context, view, false) };
    Expectation::View(view.name.to_owned(), view.materialized, Box::new(probe))
}

/// The statement that makes a view.
fn create(context: &Context, view: &View, or_replace: bool) -> CreateView {
    CreateView {
        name: context.qualified(view.name),
        materialized: view.materialized,
        or_replace,
        columns: context.list(&view.columns),
        query: context.sql(&view.query),
        with_data: view.with_data,
    }
}
