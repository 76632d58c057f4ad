//! Tables: create, drop, rename.

use std::sync::Arc;

use super::{column, constraint, index};
use crate::schema::Kind;
use crate::{ConstraintKind, Name, Problem, Report, Schema, Sql, Table, TableDef};

pub(super) fn create(schema: &mut Schema, def: &TableDef, if_not_exists: bool, report: &mut Report) {
    if let Some((what, since)) = schema.relation(def.name) {
        if !(if_not_exists && schema.table(def.name).is_some()) {
            let problem = Problem::new(def.name, format!("{what} exists already, since {since}"));
            report.push(match schema.table(def.name) {
                Some(_) => problem.help("say `if_not_exists` if history may or may not have it"),
                None => problem,
            });
        }
        return;
    }
    if schema.dropped_in_this_version(Kind::Table, def.name, def.name) {
        let problem = format!(
            "table `{}` is dropped and created in one version: run twice, it would lose the new rows",
            def.name
        );
        report.push(Problem::new(def.name, problem).help("create it in the next version"));
    }
    let id = schema.new_id();
    let table = Table {
        id,
        since: schema.version,
        name: def.name,
        unlogged: def.unlogged,
        comment: def.comment,
        columns: Vec::new(),
        constraints: Vec::new(),
        indexes: Vec::new(),
    };
    schema.tables.insert(def.name, Arc::new(table));
    for column in def.columns.iter() {
        column::insert(schema, def.name, column, report);
    }
    // Keys come first, so that a foreign key of the table to itself finds its target.
    let (keys, others): (Vec<_>, Vec<_>) = def.constraints.iter().partition(|c| c.kind.key().is_some());
    for constraint in keys.into_iter().chain(others) {
        constraint::add(schema, def.name, constraint, report);
    }
    for index in def.indexes.iter() {
        index::create(schema, def.name, index, report);
    }
}

pub(super) fn drop(schema: &mut Schema, name: Name, if_exists: bool, cascade: bool, report: &mut Report) {
    if schema.table(name).is_none() {
        if !if_exists {
            report.push(schema.missing_table(name).or_help("say `if_exists` if history may or may not have it"));
        }
        return;
    }
    let references = |kind: &ConstraintKind| matches!(kind, ConstraintKind::ForeignKey { table, .. } if *table == name);
    let dependent = schema
        .tables()
        .filter(|table| table.name != name)
        .flat_map(|table| table.constraints.iter().map(move |constraint| (table, constraint)))
        .find(|(_, constraint)| references(&constraint.def.kind));
    if let Some((table, constraint)) = dependent
        && !cascade
    {
        let message = format!(
            "table `{name}` is referenced by `{}` of table `{}`, since {}",
            constraint.def.name, table.name, constraint.since
        );
        report.push(Problem::new(name, message).help("drop that foreign key first, or say `cascade`"));
    }
    for table in schema.all_tables_mut() {
        if table.constraints.iter().any(|constraint| references(&constraint.def.kind)) {
            Arc::make_mut(table).constraints.retain(|constraint| !references(&constraint.def.kind));
        }
    }
    if let Some(table) = schema.tables.remove(name) {
        for index in &table.indexes {
            schema.gone_along(Kind::Index, index.def.name, index.def.name);
        }
    }
    schema.sequences.retain(|_, sequence| sequence.def.owned_by.is_none_or(|(table, _)| table != name));
    schema.dropped(Kind::Table, name, name);
}

pub(super) fn rename(schema: &mut Schema, from: Name, to: Name, if_exists: bool, report: &mut Report) {
    if schema.table(from).is_none() {
        if !if_exists {
            report.lost(to);
            report.push(schema.missing_table(from).or_help("say `if_exists` if history may or may not have it"));
        }
        return;
    }
    if let Some((what, since)) = schema.relation(to) {
        report
            .push(Problem::new(to, format!("cannot rename `{from}` to `{to}`: {what} exists already, since {since}")));
        return;
    }
    if let Some(mut table) = schema.tables.remove(from) {
        Arc::make_mut(&mut table).name = to;
        schema.tables.insert(to, table);
    }
    for table in schema.all_tables_mut() {
        let points = |kind: &ConstraintKind| matches!(kind, ConstraintKind::ForeignKey { table, .. } if *table == from);
        if table.constraints.iter().any(|constraint| points(&constraint.def.kind)) {
            for constraint in &mut Arc::make_mut(table).constraints {
                if let ConstraintKind::ForeignKey { table, .. } = &mut constraint.def.kind
                    && *table == from
                {
                    *table = to;
                }
            }
        }
    }
    for sequence in schema.sequences.values_mut() {
        if let Some((table, _)) = &mut sequence.def.owned_by
            && *table == from
        {
            *table = to;
        }
    }
    schema.renamed(Kind::Table, from, from, to);
}

/// Reports the objects of the prefix that a text names and the schema does not have.
pub(super) fn check_objects(schema: &Schema, sql: &Sql, report: &mut Report) {
    for name in sql.objects().filter(|name| !schema.has_object(name)) {
        report.push(schema.missing_object(name));
    }
}

/// The columns that every table has (manual section 5.6).
const SYSTEM_COLUMNS: [Name; 6] = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// Reports the columns and objects that an expression over `table` names and that are not there.
pub(super) fn check_expression(schema: &Schema, table: &Table, sql: &Sql, report: &mut Report) {
    check_objects(schema, sql, report);
    let known = |ident: &Name| table.column(ident).is_some() || SYSTEM_COLUMNS.contains(ident);
    for ident in sql.idents().filter(|ident| !known(ident)) {
        report.push(schema.missing_column(table, ident));
    }
}
