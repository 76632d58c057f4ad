//! Indexes that back no constraint: create, drop, rename.

use super::constraint::orphaned;
use super::table::check_expression;
use super::value::needs_extension;
use crate::name::{UNNAMED, default_name};
use crate::schema::Kind;
use crate::{Index, IndexKey, Name, Problem, Report, Schema, Table};

pub(super) fn create_step(schema: &mut Schema, table: Name, index: &Index, if_not_exists: bool, report: &mut Report) {
    if schema.table(table).is_none() {
        return report.push(schema.missing_table(table));
    }
    if if_not_exists && schema.table_of_index(index.name).is_some() {
        return;
    }
    create(schema, table, index, report);
}

/// Adds an index to a table that exists.
pub(super) fn create(schema: &mut Schema, table: Name, index: &Index, report: &mut Report) {
    let Some(known) = schema.table(table) else { return };
    let name = named(schema, known, index);
    if let Some((what, since)) = schema.relation(name) {
        let at = if index.name == UNNAMED { table } else { index.name };
        let problem = Problem::new(at, format!("{what} exists already, since {since}"));
        return report.push(match schema.table_of_index(name) {
            Some(_) => problem.help("say `if_not_exists` if history may or may not have it"),
            None => problem,
        });
    }
    let keys = index.columns.iter().filter_map(|column| match column.key {
        IndexKey::Column(name) => Some(name),
        IndexKey::Expression(_) => None,
    });
    for column in keys.chain(index.include.iter().copied()).filter(|column| known.column(column).is_none()) {
        report.push(schema.missing_column(known, column));
    }
    for sql in index.expressions() {
        check_expression(schema, known, sql, report);
    }
    for opclass in index.columns.iter().filter_map(|column| column.opclass) {
        if let Some(extension) = crate::ty::opclass_extension(opclass)
            && !schema.extensions.contains_key(extension)
        {
            report.push(needs_extension(opclass, &format!("operator class `{opclass}`"), extension));
        }
    }
    let method = crate::ty::METHODS.iter().find(|(method, _)| *method == index.method);
    if let Some((method, Some(extension))) = method
        && !schema.extensions.contains_key(extension)
    {
        report.push(needs_extension(index.method, &format!("index method `{method}`"), extension));
    }
    let made = Index { name, ..index.clone() };
    let made = schema.known(made);
    if let Some(table) = schema.table_mut(table) {
        table.indexes.push(made);
    }
}

pub(super) fn drop(schema: &mut Schema, name: Name, if_exists: bool, report: &mut Report) {
    let Some(table) = find(schema, name, if_exists, report) else { return };
    let key = table.index(name).and_then(|index| index.def.unique_key()).unwrap_or_default();
    let mut rest = table.clone();
    rest.indexes.retain(|index| index.def.name != name);
    if let Some((other, constraint)) = orphaned(schema, &rest, &key).first() {
        let message = format!("index `{name}` is what `{constraint}` of table `{other}` references");
        report.push(Problem::new(name, message).help("drop that foreign key first"));
    }
    if let Some(table) = schema.table_mut(rest.name) {
        *table = rest;
    }
    schema.dropped(Kind::Index, name, name);
}

pub(super) fn rename(schema: &mut Schema, from: Name, to: Name, if_exists: bool, report: &mut Report) {
    let backed = |table: &&Table| table.constraint(from).is_some_and(|constraint| constraint.def.kind.key().is_some());
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
    if let Some((what, since)) = schema.relation(to) {
        return report
            .push(Problem::new(to, format!("cannot rename `{from}` to `{to}`: {what} exists already, since {since}")));
    }
    if let Some(table) = schema.table_mut(table) {
        table.indexes.iter_mut().filter(|index| index.def.name == from).for_each(|index| index.def.name = to);
        table.constraints.iter_mut().filter(|c| c.def.name == from).for_each(|c| c.def.name = to);
    }
    schema.renamed(Kind::Index, from, from, to);
}

fn find<'s>(schema: &'s Schema, name: Name, if_exists: bool, report: &mut Report) -> Option<&'s Table> {
    let table = schema.table_of_index(name);
    if table.is_none() && !if_exists {
        let backing = schema
            .tables()
            .find(|table| table.constraint(name).is_some_and(|constraint| constraint.def.kind.key().is_some()));
        report.push(match backing {
            Some(table) => {
                Problem::new(name, format!("index `{name}` belongs to a constraint of table `{}`", table.name))
                    .help(format!("say `drop_constraint {} {name};`", table.name))
            }
            None => schema.missing_index(name).or_help("say `if_exists` if history may or may not have it"),
        });
    }
    table
}

fn named(schema: &Schema, table: &Table, index: &Index) -> Name {
    if index.name != UNNAMED {
        return index.name;
    }
    let columns: Vec<Name> = index
        .columns
        .iter()
        .map(|column| match &column.key {
            IndexKey::Column(name) => *name,
            // PostgreSQL calls an expression `expr`, or after the function that it calls (`FigureIndexColname`).
            IndexKey::Expression(_) => "expr",
        })
        .collect();
    default_name(table.name, &columns, "idx", |name| schema.relation(name).is_some())
}
