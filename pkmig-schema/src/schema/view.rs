//! Views and materialized views: what they are, and what stands on what.

use super::{Index, Known, Schema, Trigger};
use crate::{List, Name, Problem, Sql};

/// A view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its name.
    pub name: Name,
    /// Whether it keeps its rows until it is refreshed.
    pub materialized: bool,
    /// Whether a materialized view is filled when it is made.
    pub with_data: bool,
    /// The names of its columns, in order. They stay where those that they show are renamed.
    pub columns: List<Name>,
    /// What it shows.
    pub query: Sql,
    /// The indexes of a materialized view.
    pub indexes: List<Index>,
    /// The triggers of a view.
    pub triggers: List<Trigger>,
    /// Its comment.
    pub comment: Option<Name>,
}

impl View {
    /// What PostgreSQL calls it.
    pub fn kind(&self) -> &'static str {
        if self.materialized { "materialized view" } else { "view" }
    }

    /// The trigger of that name.
    pub fn trigger(&self, name: &str) -> Option<&Trigger> {
        self.triggers.iter().find(|trigger| trigger.name == name)
    }

    /// The index of that name.
    pub fn index(&self, name: &str) -> Option<&Index> {
        self.indexes.iter().find(|index| index.name == name)
    }

    /// The problem of a column that it does not have.
    pub(crate) fn missing_column(&self, name: Name) -> Problem {
        Problem::missing(name, format!("no column `{name}` in {} `{}`", self.kind(), self.name), "")
            .nearest(self.columns.iter().copied())
    }

    /// Whether its query names a table, view, function or type.
    pub(crate) fn names(&self, object: &str) -> bool {
        self.query.objects().any(|name| name == object)
    }
}

impl Schema {
    /// The views, by name.
    pub fn views(&self) -> impl Iterator<Item = &View> {
        self.views.values().map(|known| &known.def)
    }

    /// The view of that name.
    pub fn view(&self, name: &str) -> Option<&View> {
        self.views.get(name).map(|known| &known.def)
    }

    /// The view that is the same as one of another moment, whatever its name is now.
    pub fn view_by_id(&self, id: u32) -> Option<&View> {
        self.views.values().find(|known| known.id == id).map(|known| &known.def)
    }

    /// What tells a view from others, whatever its name is.
    pub fn view_id(&self, name: &str) -> Option<u32> {
        self.views.get(name).map(|known| known.id)
    }

    /// The view that is called `name` at another moment, as it is at this one.
    pub fn same_view(&self, then: &Self, name: &str) -> Option<&View> {
        self.view_by_id(then.views.get(name)?.id)
    }

    pub(crate) fn view_mut(&mut self, name: &str) -> Option<&mut View> {
        self.views.get_mut(name).map(|known| &mut known.def)
    }

    /// The trigger of a table or view.
    pub(crate) fn trigger_mut(&mut self, relation: &str, name: &str) -> Option<&mut Trigger> {
        if self.view(relation).is_some() {
            return self.view_mut(relation)?.triggers.to_mut().iter_mut().find(|trigger| trigger.name == name);
        }
        let mut triggers = self.table_mut(relation)?.triggers.iter_mut();
        triggers.find(|known| known.def.name == name).map(|known| &mut known.def)
    }

    /// The materialized view that has an index of that name.
    pub fn view_of_index(&self, index: &str) -> Option<&View> {
        self.views().find(|view| view.index(index).is_some())
    }

    /// The index of a materialized view.
    pub(crate) fn view_index_mut(&mut self, index: &str) -> Option<&mut Index> {
        let view = self.view_of_index(index)?.name;
        self.view_mut(view)?.indexes.to_mut().iter_mut().find(|known| known.name == index)
    }

    /// Whether a table or view has the column.
    pub(crate) fn has_column(&self, relation: &str, column: &str) -> bool {
        let of_table = self.table(relation).is_some_and(|table| table.column(column).is_some());
        of_table || self.view(relation).is_some_and(|view| view.columns.contains(&column))
    }

    /// The views that show a table or view, and those that show them in turn; only what stands on `columns`, if some
    /// are given. One that stands on another comes after it.
    pub fn views_on(&self, relation: Name, columns: Option<&[Name]>) -> Vec<Name> {
        let shows = |view: &View| match columns {
            Some(columns) => columns.iter().any(|column| self.names_column(&view.query, relation, column)),
            None => view.names(relation),
        };
        let mut found: Vec<Name> = self.views().filter(|view| shows(view)).map(|view| view.name).collect();
        let mut next = 0;
        while let Some(lower) = found.get(next).copied() {
            let upper: Vec<_> = self.views().filter(|view| view.names(lower)).map(|view| view.name).collect();
            found.extend(upper.into_iter().filter(|name| !found.contains(name)).collect::<Vec<_>>());
            next += 1;
        }
        found.sort_by_key(|name| self.view(name).map(|view| self.height(view)));
        found
    }

    /// The views that a view stands on, directly or through those that are gone `through`.
    pub(crate) fn views_below(&self, view: &View, through: impl Fn(&View) -> bool) -> Vec<Name> {
        let mut below: Vec<Name> = view.query.objects().filter(|name| self.view(name).is_some()).collect();
        let mut next = 0;
        while let Some(view) = below.get(next).and_then(|name| self.view(name)) {
            next += 1;
            if through(view) {
                let further = view.query.objects().filter(|name| self.view(name).is_some() && !below.contains(name));
                below.extend(further.collect::<Vec<_>>());
            }
        }
        below
    }

    /// How many views a view stands on, one upon the other: in this order they can be made.
    pub(crate) fn height(&self, view: &View) -> usize {
        let below = view.query.objects().filter_map(|name| self.view(name));
        below.map(|below| self.height(below) + 1).max().unwrap_or(0)
    }

    /// Follows a column's rename in all views. The column has its old name still.
    pub(crate) fn rename_in_views(&mut self, table: Name, from: Name, to: Name) {
        let before = self.clone();
        for known in self.views.values_mut() {
            if before.names_column(&known.def.query, table, from) {
                before.rename_in(&mut known.def.query, table, from, to);
            }
        }
    }

    /// What a view is used by, as the end of a sentence.
    pub(crate) fn shown_by(&self, views: &[Name]) -> Option<String> {
        let known: &Known<View> = self.views.get(*views.first()?)?;
        Some(format!("is used by {} `{}`, since {}", known.def.kind(), known.def.name, known.since))
    }

    /// The problem of a view that is not there, with what became of it.
    pub(crate) fn missing_view(&self, name: Name, kind: &str) -> Problem {
        if let Some(view) = self.view(name) {
            let help = format!("use `{}`", if view.materialized { "drop_materialized_view" } else { "drop_view" });
            return Problem::new(name, format!("`{name}` is a {}", view.kind())).help(help);
        }
        if let Some((what, _)) = self.relation(name) {
            return Problem::new(name, format!("`{name}` is not a view, but {what}"));
        }
        let fate = self.history.fate(crate::ObjectKind::View, name, name);
        Problem::missing(name, format!("no {kind} `{name}`"), &fate).nearest(self.views.keys().copied())
    }
}
