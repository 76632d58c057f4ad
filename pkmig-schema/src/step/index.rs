//! Indexes that back no constraint: create, drop, rename.

use super::table::check_expression;
use super::value::needs_extension;
use crate::name::{MAX_BYTES, UNNAMED, clip, default_name, intern};
use crate::schema::Kind;
use crate::{Index, IndexColumn, IndexKey, Known, Name, Problem, Report, Schema, Table};

pub(super) fn create_step(schema: &mut Schema, table: Name, index: &Index, if_not_exists: bool, report: &mut Report) {
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
    check_keys(schema, index.method, index.columns.iter(), report);
    for column in keys.chain(index.include.iter().copied()).filter(|column| known.column(column).is_none()) {
        report.push(schema.missing_column(known, column));
    }
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
        if let Some(extension) = crate::ty::opclass_extension(opclass)
            && !schema.extensions.contains_key(extension)
        {
            report.push(needs_extension(opclass, &format!("operator class `{opclass}`"), extension));
        }
    }
    let known = crate::ty::METHODS.iter().find(|(known, _)| *known == method);
    if let Some((known, Some(extension))) = known
        && !schema.extensions.contains_key(extension)
    {
        report.push(needs_extension(method, &format!("index method `{known}`"), extension));
    }
}

pub(super) fn drop(schema: &mut Schema, name: Name, if_exists: bool, report: &mut Report) {
    let Some(table) = find(schema, name, if_exists, report) else { return };
    let Some(id) = table.index(name).map(|index| index.id) else { return };
    if let Some((other, constraint)) = schema.resting_on(table, id).first() {
        let message = format!("index `{name}` is what `{constraint}` of table `{other}` references");
        report.push(Problem::new(name, message).help("drop that foreign key first"));
    }
    let table = table.name;
    if let Some(table) = schema.table_mut(table) {
        table.indexes.retain(|index| index.id != id);
    }
    schema.dropped(Kind::Index, name, name);
}

pub(super) fn rename(schema: &mut Schema, from: Name, to: Name, if_exists: bool, report: &mut Report) {
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
            .push(Problem::new(to, format!("cannot rename `{from}` to `{to}`: {what} exists already, since {since}")));
    }
    if let Some(table) = schema.table_mut(table) {
        // A check or a foreign key of the same name is something else.
        match of_constraint {
            Some(_) => table.constraints.iter_mut().filter(|c| c.def.name == from).for_each(|c| c.def.name = to),
            None => table.indexes.iter_mut().filter(|index| index.def.name == from).for_each(|i| i.def.name = to),
        }
    }
    schema.renamed(Kind::Index, from, from, to);
    if of_constraint.is_some() {
        schema.renamed(Kind::Constraint, table, from, to);
    }
}

fn find<'s>(schema: &'s Schema, name: Name, if_exists: bool, report: &mut Report) -> Option<&'s Table> {
    let table = schema.table_of_index(name);
    if table.is_none() && !if_exists {
        let backing = schema
            .tables()
            .find(|table| table.constraint(name).is_some_and(|constraint| constraint.def.kind.has_index()));
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
    let columns = key_names(index.columns.iter(), &index.include);
    default_name(table.name, &columns, "idx", |name| schema.relation(name).is_some())
}

/// The parts of the name that PostgreSQL makes for an index over these.
pub(super) fn key_names<'a>(keys: impl Iterator<Item = &'a IndexColumn>, include: &[Name]) -> Vec<Name> {
    let mut columns: Vec<Name> = Vec::new();
    let keys = keys.map(|column| match &column.key {
        IndexKey::Column(name) => *name,
        IndexKey::Expression(sql) => sql.figure_name().unwrap_or("expr"),
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
