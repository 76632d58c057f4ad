//! Indexes that back no constraint: create, drop, rename.

use super::table::{check_expression, check_objects};
use super::value::needs_extension;
use crate::name::{MAX_BYTES, UNNAMED, clip, default_name, intern};
use crate::{Index, IndexColumn, IndexKey, Known, Name, ObjectKind, Problem, Report, Schema, Table, Type};

pub(super) fn create_step(schema: &mut Schema, table: Name, index: &Index, if_not_exists: bool, report: &mut Report) {
    if schema.view(table).is_some() {
        return create_on_view(schema, table, index, report);
    }
    let Some(known) = schema.table(table) else {
        return report.push(schema.missing_table(table));
    };
    // One without a name is there already if one like it is.
    let same = |other: &Known<Index>| match index.name {
        UNNAMED => index.is_like(&other.def),
        name => other.def.name == name,
    };
    if if_not_exists && known.indexes.iter().any(same) {
        return;
    }
    create(schema, table, index, report);
}

/// Adds an index to a table that exists.
pub(super) fn create(schema: &mut Schema, table: Name, index: &Index, report: &mut Report) {
    let Some(known) = schema.table(table) else { return };
    let name = named(schema, known.name, index);
    if let Some((what, since)) = schema.relation(name) {
        let at = if index.name == UNNAMED { table } else { index.name };
        let problem = Problem::new(at, format!("{what} already exists, since {since}"));
        return report.push(match schema.table_of_index(name) {
            Some(_) => problem.help("add `if_not_exists` if it exists in some installs only"),
            None => problem,
        });
    }
    let keys = index.columns.iter().filter_map(|column| match column.key {
        IndexKey::Column(name) => Some(name),
        IndexKey::Expression(_) => None,
    });
    check_keys(schema, index.method, index.columns.iter(), report);
    for column in keys.chain(index.include.iter().copied()).filter(|column| known.column(column).is_none()) {
        report.push(schema.missing_column(known, column));
    }
    check_types(schema, known, index.method, index.columns.iter(), report);
    for sql in index.expressions() {
        check_expression(schema, known, sql, report);
    }
    let made = Index { name, ..index.clone() };
    let made = schema.known(made);
    if let Some(table) = schema.table_mut(table) {
        table.indexes.push(made);
    }
}

/// Reports the extensions that an index wants and that are not there.
pub(super) fn check_keys<'a>(
    schema: &Schema,
    method: Name,
    keys: impl Iterator<Item = &'a IndexColumn>,
    report: &mut Report,
) {
    for opclass in keys.filter_map(|column| column.opclass) {
        if let Some(extension) = crate::types::opclass_extension(opclass)
            && !schema.extensions.contains_key(extension)
        {
            report.push(needs_extension(opclass, &format!("operator class `{opclass}`"), extension));
        }
    }
    let known = crate::types::METHODS.iter().find(|(known, _)| *known == method);
    if let Some((known, Some(extension))) = known
        && !schema.extensions.contains_key(extension)
    {
        report.push(needs_extension(method, &format!("index method `{known}`"), extension));
    }
}

/// Reports the columns that an index method can do nothing with, unless an operator class says what.
pub(super) fn check_types<'a>(
    schema: &Schema,
    table: &Table,
    method: Name,
    keys: impl Iterator<Item = &'a IndexColumn>,
    report: &mut Report,
) {
    for key in keys.filter(|key| key.opclass.is_none()) {
        if let IndexKey::Column(name) = key.key
            && let Some(column) = table.column(name)
        {
            check_type(schema, name, &column.def.ty, method, report);
        }
    }
}

/// The same of one type. A problem stands at the name `at`.
pub(super) fn check_type(schema: &Schema, at: Name, ty: &Type, method: Name, report: &mut Report) {
    let shown = ty.formatted();
    match schema.base(ty).opclass_sources(method) {
        Some(sources) if sources.is_empty() || sources.iter().any(|name| schema.extensions.contains_key(name)) => {}
        Some([extension, ..]) => {
            report.push(needs_extension(at, &format!("an operator class of {method} for {shown}"), extension));
        }
        _ => {
            let message = format!("a {method} index has no operator class for {shown}, which `{at}` is");
            report.push(Problem::new(at, message).help("use another method, or index an expression"));
        }
    }
}

fn create_on_view(schema: &mut Schema, name: Name, index: &Index, report: &mut Report) {
    let Some(view) = schema.view(name) else { return };
    if !view.materialized {
        let message = format!("`{name}` is not a materialized view, so it cannot have indexes");
        return report.push(Problem::new(name, message));
    }
    let own = named(schema, name, index);
    if let Some((what, since)) = schema.relation(own) {
        let at = if index.name == UNNAMED { name } else { index.name };
        return report.push(Problem::new(at, format!("{what} already exists, since {since}")));
    }
    let keys = index.columns.iter().filter_map(|column| match column.key {
        IndexKey::Column(name) => Some(name),
        IndexKey::Expression(_) => None,
    });
    let idents = index.expressions().flat_map(|sql| sql.idents());
    for column in keys.chain(index.include.iter().copied()).chain(idents) {
        if !view.columns.contains(&column) {
            report.push(view.missing_column(column));
        }
    }
    index.expressions().for_each(|sql| check_objects(schema, sql, report));
    check_keys(schema, index.method, index.columns.iter(), report);
    if let Some(view) = schema.view_mut(name) {
        view.indexes.to_mut().push(Index { name: own, ..index.clone() });
    }
}

pub(super) fn drop(schema: &mut Schema, name: Name, if_exists: bool, report: &mut Report) {
    if let Some(view) = schema.view_of_index(name).map(|view| view.name) {
        if let Some(view) = schema.view_mut(view) {
            view.indexes.to_mut().retain(|index| index.name != name);
        }
        return schema.dropped(ObjectKind::Index, name, name);
    }
    let Some(table) = find(schema, name, if_exists, report) else { return };
    let Some(id) = table.index(name).map(|index| index.id) else { return };
    if let Some((other, constraint)) = schema.resting_on(table, id).first() {
        let message = format!("index `{name}` is referenced by `{constraint}` of table `{other}`");
        report.push(Problem::new(name, message).help("drop that foreign key first"));
    }
    let table = table.name;
    if let Some(table) = schema.table_mut(table) {
        table.indexes.retain(|index| index.id != id);
    }
    schema.dropped(ObjectKind::Index, name, name);
}

pub(super) fn rename(schema: &mut Schema, from: Name, to: Name, if_exists: bool, report: &mut Report) {
    if let Some(view) = schema.view_of_index(from).map(|view| view.name) {
        return rename_on_view(schema, view, from, to, report);
    }
    let backed = |table: &&Table| table.constraint(from).is_some_and(|constraint| constraint.def.kind.has_index());
    // The index of a constraint may be renamed as well; the constraint's name follows (manual, ALTER INDEX).
    let of_constraint = schema.tables().find(backed).map(|table| table.name);
    let table = match of_constraint {
        Some(table) => table,
        None => match find(schema, from, if_exists, report) {
            Some(table) => table.name,
            None if if_exists => return,
            None => return report.lost(to),
        },
    };
    let constraint = of_constraint.and_then(|table| schema.table(table)?.constraint(to));
    let taken = schema.relation(to).or_else(|| Some((format!("constraint `{to}`"), constraint?.since)));
    if let Some((what, since)) = taken {
        return report
            .push(Problem::new(to, format!("cannot rename `{from}` to `{to}`: {what} already exists, since {since}")));
    }
    if let Some(table) = schema.table_mut(table) {
        // A check or a foreign key of the same name is something else.
        match of_constraint {
            Some(_) => table.constraints.iter_mut().filter(|c| c.def.name == from).for_each(|c| c.def.name = to),
            None => table.indexes.iter_mut().filter(|index| index.def.name == from).for_each(|i| i.def.name = to),
        }
    }
    schema.renamed(ObjectKind::Index, from, from, to);
    if of_constraint.is_some() {
        schema.renamed(ObjectKind::Constraint, table, from, to);
    }
}

fn rename_on_view(schema: &mut Schema, view: Name, from: Name, to: Name, report: &mut Report) {
    if let Some((what, since)) = schema.relation(to) {
        let message = format!("cannot rename `{from}` to `{to}`: {what} already exists, since {since}");
        return report.push(Problem::new(to, message));
    }
    let indexes = schema.view_mut(view).into_iter().flat_map(|view| view.indexes.to_mut());
    indexes.filter(|index| index.name == from).for_each(|index| index.name = to);
    schema.renamed(ObjectKind::Index, from, from, to);
}

fn find<'s>(schema: &'s Schema, name: Name, if_exists: bool, report: &mut Report) -> Option<&'s Table> {
    let table = schema.table_of_index(name);
    if table.is_none() && (!if_exists || schema.has_relation(name)) {
        if let Some((what, _)) = schema.relation(name).filter(|(what, _)| !what.starts_with("index")) {
            report.push(Problem::new(name, format!("`{name}` is not an index, but {what}")));
            return None;
        }
        let backing = schema
            .tables()
            .find(|table| table.constraint(name).is_some_and(|constraint| constraint.def.kind.has_index()));
        report.push(match backing {
            Some(table) => {
                Problem::new(name, format!("index `{name}` belongs to a constraint of table `{}`", table.name))
                    .help(format!("use `drop_constraint {} {name};`", table.name))
            }
            None => schema.missing_index(name).or_help("add `if_exists` if it exists in some installs only"),
        });
    }
    table
}

fn named(schema: &Schema, table: Name, index: &Index) -> Name {
    if index.name != UNNAMED {
        return index.name;
    }
    let columns = key_names(index.columns.iter(), &index.include);
    default_name(table, &columns, "idx", |name| schema.relation(name).is_some())
}

/// The parts of the name that PostgreSQL makes for an index over these, between the table's name and the end.
pub(super) fn key_names<'a>(keys: impl Iterator<Item = &'a IndexColumn>, include: &[Name]) -> Vec<Name> {
    let mut columns: Vec<Name> = Vec::new();
    let keys = keys.map(|column| match &column.key {
        IndexKey::Column(name) => *name,
        IndexKey::Expression(sql) => sql.expression_name().unwrap_or("expr"),
    });
    for name in keys.chain(include.iter().copied()) {
        // A name that stands in it already gets a number (`ChooseIndexColumnNames` in `indexcmds.c`).
        let numbered = (1..).map(|number| intern(&clip_numbered(name, number)));
        let free = [name].into_iter().chain(numbered).find(|name| !columns.contains(name));
        columns.extend(free);
    }
    columns
}

fn clip_numbered(name: &str, number: usize) -> String {
    let number = number.to_string();
    format!("{}{number}", clip(name, MAX_BYTES - number.len()))
}
