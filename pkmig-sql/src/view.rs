//! Views and materialized views: create, replace, rename, refresh, drop.

use pkmig_schema::{Name, Piece, View};

use super::guard::{Condition, Object};
use super::shape::{Expectation, PROBE};
use super::table::dropped;
use super::writer::Context;
use super::{Lowered, Place};
use crate::ddl::{CreateView, Drop, RefreshView, RenameView, Statement, view_kind};

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
        let at_end = self.view_at_end(def.name);
        let mut missing = vec![Condition::Missing(Object::Relation(def.name.to_owned()))];
        match at_end {
            Some(end) => missing.extend(self.not_yet_renamed_to_end(def.name, end)),
            // The version takes it away again, maybe with what it shows.
            None => missing.extend(self.shown_is_there(def)),
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
        let at_end = self.view_at_end(def.name);
        if at_end.is_some_and(|end| end.query == def.query && end.name == def.name) {
            return Lowered::always(vec![statement]);
        }
        let mut there: Vec<_> = at_end.and_then(|end| self.not_yet_renamed_to_end(def.name, end)).into_iter().collect();
        // Replaced again later in the version by one with more columns, it must not lose them.
        let more = at_end.filter(|end| end.columns.len() > def.columns.len());
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
                    there.push(self.not_yet_another(name));
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

    /// That a table or view is there which the version may drop, or rename and give its name to something else.
    fn not_yet_another(&self, name: Name) -> Condition {
        let end = self.name_at_end(name).or_else(|| self.view_at_end(name).map(|view| view.name));
        match end.filter(|end| *end != name && self.end.has_relation(name) && !self.before.has_relation(end)) {
            Some(end) => Condition::Missing(Object::Relation(end.to_owned())),
            None => Condition::Exists(Object::Relation(name.to_owned())),
        }
    }

    pub(super) fn drop_view(&self, name: Name, materialized: bool, cascade: bool) -> Lowered {
        let drop = |materialized: bool, name: &str| Drop::plain(view_kind(materialized), self.context.qualified(name));
        let mut statements: Vec<Statement> = Vec::new();
        let taker = self.end.view(name).and_then(|_| self.before.same_view(self.end, name));
        let taker = taker.map(|taker| Object::Relation(taker.name.to_owned()));
        let mut when = vec![dropped(Object::View(name.to_owned(), materialized), taker)];
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
                let is_renamed = match self.end.table(name) {
                    Some(table) => is_down || self.before.table_by_id(table.id).is_some(),
                    None => self.before.same_view(self.end, name).is_some(),
                };
                is_renamed.then(|| Object::Relation((*name).to_owned()))
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

    /// Where history may lack it, it may be of either kind.
    pub(super) fn rename_view(&self, from: Name, to: Name, if_exists: bool) -> Vec<Lowered> {
        let known = self.before.view(from);
        // The version may go on to rename it.
        let last =
            self.view_at_end(from).map(|end| end.name).filter(|end| !self.before.has_relation(end)).unwrap_or(to);
        let kinds = known.map_or_else(|| vec![false, true], |view| vec![view.materialized]);
        let rename = |materialized: bool| {
            let rename = RenameView { view: self.context.qualified(from), materialized, to: self.context.ident(to) };
            let exists = Condition::Exists(Object::View(from.to_owned(), materialized));
            // Where another one takes the old name, only the new one tells whether this was done. Where history has the new
            // name already, an install that has both keeps both.
            let kept = if_exists && self.before.has_relation(to) || self.end.view(from).is_some();
            let when = match kept {
                true => Condition::All(vec![exists, Condition::Missing(Object::Relation(last.to_owned()))]),
                false => exists,
            };
            let end = self.view_at_end(from).filter(|end| end.name == to && !if_exists);
            Lowered::when(when, vec![rename.into()])
                .otherwise(end.map(|end| expectation(self.context, end)).into_iter().collect())
        };
        kinds.into_iter().map(rename).collect()
    }

    /// The view that this step calls `name`, as the version ends with it.
    pub(super) fn view_at_end(&self, name: Name) -> Option<&View> {
        self.end.same_view(self.after, name).or_else(|| self.end.same_view(self.before, name))
    }

    /// What must hold for a view not to have the name yet that the version ends with. Something else may have it so far.
    fn not_yet_renamed_to_end(&self, name: Name, end: &View) -> Option<Condition> {
        match (end.name != name, self.before.has_relation(end.name)) {
            (false, _) => None,
            (true, false) => Some(Condition::Missing(Object::View(end.name.to_owned(), end.materialized))),
            (true, true) => {
                self.before.view(name).map(|it| Condition::Exists(Object::View(name.to_owned(), it.materialized)))
            }
        }
    }

    /// What must hold for a step on a view to be run where the view is dropped or renamed later in the version.
    pub(super) fn not_yet_gone(&self, view: &View) -> Option<Condition> {
        let end = self.view_at_end(view.name);
        match end {
            Some(end) if end.name == view.name => None,
            Some(end) if self.end.has_relation(view.name) => self.not_yet_renamed_to_end(view.name, end),
            _ => Some(Condition::Exists(Object::View(view.name.to_owned(), view.materialized))),
        }
    }

    /// Twice is no harm.
    pub(super) fn refresh_view(&self, name: Name, concurrently: bool) -> Lowered {
        let statements = vec![RefreshView { view: self.context.qualified(name), concurrently }.into()];
        match self.view_at_end(name).filter(|end| end.name == name) {
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
