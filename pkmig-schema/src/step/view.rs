//! Views and materialized views: create, replace, rename, refresh, drop.

use super::policy::check_query;
use crate::{Index, IndexKey, Known, Name, ObjectKind, Problem, Report, Schema, View};

pub(super) fn create(schema: &mut Schema, def: &View, replace: bool, report: &mut Report) {
    let existing = schema.views.get(def.name).filter(|known| replace && !known.def.materialized);
    let taken = schema.relation(def.name).or_else(|| schema.type_of_name(def.name));
    if existing.is_none()
        && let Some((what, since)) = taken
    {
        let problem = Problem::new(def.name, format!("{what} already exists, since {since}"));
        let replaceable = schema.view(def.name).is_some_and(|view| !view.materialized && !def.materialized);
        return report.push(if replaceable { problem.help("use `create_or_replace_view`") } else { problem });
    }
    if let Some(known) = existing
        && !def.columns.starts_with(&known.def.columns)
    {
        let columns = known.def.columns.join(", ");
        let message = format!("view `{}` has the columns ({columns}), since {}", def.name, known.since);
        let help = "keep them in this order and add others after them, or drop the view first";
        return report.push(Problem::new(def.name, message).help(help));
    }
    check_columns(def, report);
    check_query(schema, &def.query, report);
    if schema.views_below(def, |_| true).contains(&def.name) {
        let message = format!("view `{}` depends on itself", def.name);
        return report
            .push(Problem::new(def.name, message).help("drop the view in between first, or change the query"));
    }
    if def.materialized && def.with_data {
        check_filled(schema, def, report);
    }
    let made = match existing.cloned() {
        // It keeps its triggers and its comment.
        Some(Known { id, since, def: View { triggers, comment, .. } }) => {
            Known { id, since, def: View { triggers, comment, ..def.clone() } }
        }
        None => schema.known(def.clone()),
    };
    schema.views.insert(def.name, made);
}

/// Reports that a materialized view is to be filled from one that nobody has filled yet. What a filled one stands on is not
/// read again.
fn check_filled(schema: &Schema, def: &View, report: &mut Report) {
    let empty = |name: &Name| schema.view(name).is_some_and(|view| view.materialized && !view.with_data);
    if let Some(name) = schema.views_below(def, |view| !view.materialized).into_iter().find(empty) {
        let message = format!("materialized view `{}` reads `{name}`, which has not been filled yet", def.name);
        let help = format!("add `refresh_materialized_view {name};` before it");
        report.push(Problem::new(def.name, message).help(help));
    }
}

fn check_columns(def: &View, report: &mut Report) {
    for (place, column) in def.columns.iter().enumerate() {
        if def.columns[..place].contains(column) {
            report.push(Problem::new(column, format!("duplicate column `{column}` in view `{}`", def.name)));
        }
    }
}

pub(super) fn drop(
    schema: &mut Schema,
    name: Name,
    materialized: bool,
    if_exists: bool,
    cascade: bool,
    report: &mut Report,
) {
    let kind = if materialized { "materialized view" } else { "view" };
    if schema.view(name).is_none_or(|view| view.materialized != materialized) {
        if !if_exists || schema.view(name).is_some() {
            let missing = schema.missing_view(name, kind);
            report.push(missing.or_help("add `if_exists` if it exists in some installs only"));
        }
        return;
    }
    let views = schema.views_on(name, None);
    if let Some(what) = schema.shown_by(&views)
        && !cascade
    {
        let help = "drop that first, or add `cascade`";
        report.push(Problem::new(name, format!("{kind} `{name}` {what}")).help(help));
    } else if let Some(user) = schema.user_of(name).filter(|_| views.is_empty()) {
        report.push(Problem::new(name, format!("{kind} `{name}` {user}")).help("drop or change that first"));
    }
    schema.drop_views(views.into_iter().chain([name]));
}

pub(super) fn rename(schema: &mut Schema, from: Name, to: Name, if_exists: bool, report: &mut Report) {
    if schema.view(from).is_none() {
        if !if_exists || schema.has_relation(from) {
            report.lost(to);
            let missing = schema.missing_view(from, "view");
            report.push(match schema.table(from) {
                Some(_) => missing.help("use `rename_table`"),
                None => missing.or_help("add `if_exists` if it exists in some installs only"),
            });
        }
        return;
    }
    if let Some((what, since)) = schema.relation(to).or_else(|| schema.type_of_name(to)) {
        let message = format!("cannot rename `{from}` to `{to}`: {what} already exists, since {since}");
        return report.push(Problem::new(to, message));
    }
    if let Some(mut view) = schema.views.remove(from) {
        view.def.name = to;
        schema.views.insert(to, view);
    }
    schema.follow_relation(from, to);
    schema.renamed(ObjectKind::View, from, from, to);
}

pub(super) fn refresh(schema: &mut Schema, name: Name, concurrently: bool, report: &mut Report) {
    let Some(view) = schema.view(name).filter(|view| view.materialized) else {
        return report.push(match schema.view(name) {
            Some(_) => Problem::new(name, format!("`{name}` is not a materialized view")),
            None => schema.missing_view(name, "materialized view"),
        });
    };
    check_filled(schema, view, report);
    let plain = |index: &Index| index.columns.iter().all(|column| matches!(column.key, IndexKey::Column(_)));
    if concurrently && !view.indexes.iter().any(|index| index.unique && index.predicate.is_none() && plain(index)) {
        let message = format!("materialized view `{name}` has no unique index on plain columns that covers all rows");
        let help = "create one, or leave out `concurrently`";
        report.push(Problem::new(name, message).help(help));
    }
    // From now on it has rows, and comes back with them.
    if let Some(view) = schema.view_mut(name) {
        view.with_data = true;
    }
}

impl Schema {
    pub(crate) fn drop_views(&mut self, views: impl IntoIterator<Item = Name>) {
        for name in views {
            self.views.remove(name);
            self.dropped(ObjectKind::View, name, name);
        }
    }
}
