//! Views and materialized views: create, replace, rename, refresh, drop.

use pkmig_schema::{Name, Piece, View};

use super::guard::{Condition, Object};
use super::shape::{Expectation, PROBE};
use super::statement::Statement;
use super::table::dropped;
use super::writer::Context;
use super::{Lowered, Place};

impl Place<'_> {
    pub(super) fn create_view(&self, def: &View, replace: bool) -> Vec<Lowered> {
        let statement = Statement::Written(create(self.context, def, &self.context.qualified(def.name), replace));
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
        let drop = |materialized: bool, name: &str, exists: &str, cascade: &str| {
            let kind = if materialized { "MATERIALIZED VIEW" } else { "VIEW" };
            Statement::Written(format!("DROP {kind}{exists} {}{cascade}", self.context.qualified(name)))
        };
        let mut statements = Vec::new();
        let taker = self.end.view(name).and_then(|_| self.before.same_view(self.end, name)).map(|view| view.name);
        if self.end.view(name).is_some() {
            // The version makes it again. Run twice, it has put views of its own on the new one, which are in the way.
            let upper = self.end.views_on(name, None).into_iter().rev().filter_map(|upper| self.end.view(upper));
            let made_here = upper.filter(|upper| self.before.view(upper.name).is_none());
            statements.extend(made_here.map(|upper| drop(upper.materialized, upper.name, " IF EXISTS", "")));
        }
        statements.push(drop(materialized, name, "", if cascade { " CASCADE" } else { "" }));
        let taker = taker.map(|taker| Object::Relation(taker.to_owned()));
        Lowered::when(dropped(Object::View(name.to_owned(), materialized), taker), statements)
    }

    /// Where history may lack it, it may be of either kind.
    pub(super) fn rename_view(&self, from: Name, to: Name, if_exists: bool) -> Vec<Lowered> {
        let known = self.before.view(from);
        let kinds = known.map_or_else(|| vec![false, true], |view| vec![view.materialized]);
        let rename = |materialized: bool| {
            let kind = if materialized { "MATERIALIZED VIEW" } else { "VIEW" };
            let (qualified, to_name) = (self.context.qualified(from), self.context.ident(to));
            let statement = Statement::Written(format!("ALTER {kind} {qualified} RENAME TO {to_name}"));
            let exists = Condition::Exists(Object::View(from.to_owned(), materialized));
            // Where another one takes the old name, only the new one tells whether this was done. Where history has the new
            // name already, an install that has both keeps both.
            let kept = if_exists && self.before.has_relation(to) || self.end.view(from).is_some();
            let when = match kept {
                true => Condition::All(vec![exists, Condition::Missing(Object::Relation(to.to_owned()))]),
                false => exists,
            };
            let end = self.view_at_end(from).filter(|end| end.name == to && !if_exists);
            Lowered::when(when, vec![statement])
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
        let modes = if concurrently { "CONCURRENTLY " } else { "" };
        let refresh = format!("REFRESH MATERIALIZED VIEW {modes}{}", self.context.qualified(name));
        let statements = vec![Statement::Written(refresh)];
        match self.view_at_end(name).filter(|end| end.name == name) {
            Some(_) => Lowered::always(statements),
            None => Lowered::when(Condition::Exists(Object::View(name.to_owned(), true)), statements),
        }
    }

    pub(super) fn view_comment(&self, view: &View, text: Option<Name>) -> Statement {
        self.comment(&format!("{} {}", view.kind().to_uppercase(), self.context.qualified(view.name)), text)
    }
}

/// That the view shows what it is declared to show.
pub(super) fn expectation(context: &Context, view: &View) -> Expectation {
    // The query as a plain view has it: PostgreSQL prints both kinds alike.
    let probe = View { materialized: false, ..view.clone() };
    Expectation::View(
        view.name.to_owned(),
        view.materialized,
        create(context, &probe, &context.qualified(PROBE), false),
    )
}

/// `CREATE VIEW`, whole; `name` is quoted already. The columns are named: a view keeps them where those of its tables are
/// renamed. The query stands in parentheses, because it may end in a comment.
fn create(context: &Context, view: &View, name: &str, replace: bool) -> String {
    let or_replace = if replace { " OR REPLACE" } else { "" };
    let data = if view.materialized && !view.with_data { "\nWITH NO DATA" } else { "" };
    let (columns, query) = (context.list(&view.columns), context.sql(&view.query).trim().to_owned());
    format!("CREATE{or_replace} {} {name} ({columns}) AS (\n{query}\n){data}", view.kind().to_uppercase())
}
