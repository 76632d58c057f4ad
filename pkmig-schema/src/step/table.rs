//! Tables: create, drop, rename.

use std::sync::Arc;

use super::{column, constraint, index, policy, trigger};
use crate::name::UNNAMED;
use crate::schema::Losses;
use crate::{
    Constraint, ConstraintKind, Name, ObjectKind, Piece, Privileges, Problem, Report, Schema, Sql, Table, TableDef,
};

pub(super) fn create(schema: &mut Schema, def: &TableDef, if_not_exists: bool, report: &mut Report) {
    if let Some((what, since)) = schema.relation(def.name) {
        if !(if_not_exists && schema.table(def.name).is_some()) {
            let problem = Problem::new(def.name, format!("{what} already exists, since {since}"));
            report.push(match schema.table(def.name) {
                Some(_) => problem.help("add `if_not_exists` if it exists in some installs only"),
                None => problem,
            });
        }
        return;
    }
    if let Some((what, since)) = schema.type_of_name(def.name) {
        return report.push(Problem::new(def.name, format!("{what} already exists, since {since}")));
    }
    if schema.dropped_in_this_version(ObjectKind::Table, def.name, def.name) {
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
        row_security: def.row_security,
        policies: Vec::new(),
        privileges: Privileges::new(),
        triggers: Vec::new(),
    };
    schema.tables_mut().insert(def.name, Arc::new(table));
    for column in def.columns.iter() {
        column::insert(schema, def.name, column, report);
    }
    // An expression may name a column that stands behind it.
    for column in def.columns.iter() {
        column::check_generated(schema, def.name, column, report);
    }
    // The primary key comes first, then the other keys (`transformIndexConstraints` in PostgreSQL's
    // `parse_utilcmd.c`), so that a foreign key of the table to itself finds its target.
    let mut constraints: Vec<_> = def.constraints.iter().collect();
    constraints.sort_by_key(|constraint| match constraint.kind {
        ConstraintKind::PrimaryKey { .. } => 0,
        ConstraintKind::Unique { .. } | ConstraintKind::Exclude(_) => 1,
        ConstraintKind::Check { .. } | ConstraintKind::ForeignKey { .. } => 2,
    });
    for constraint in constraints {
        check_same_key(schema, def.name, constraint, report);
        constraint::add(schema, def.name, constraint, report);
    }
    for index in def.indexes.iter() {
        index::create(schema, def.name, index, report);
    }
    for policy in def.policies.iter() {
        policy::create(schema, def.name, policy, report);
    }
    for trigger in def.triggers.iter() {
        trigger::create(schema, def.name, trigger, report);
    }
}

/// `CREATE TABLE` leaves out a key on the very columns of another one, without a word (`transformIndexConstraints`).
fn check_same_key(schema: &Schema, table: Name, constraint: &Constraint, report: &mut Report) {
    let Some(known) = schema.table(table) else { return };
    if let Some(other) = known.constraints.iter().find(|other| constraint.kind.has_same_index(&other.def.kind)) {
        let message =
            format!("two keys of table `{table}` have the same columns: `{}` already has them", other.def.name);
        let at = if constraint.name == UNNAMED { table } else { constraint.name };
        report.push(Problem::new(at, message).help("remove one of them"));
    }
}

pub(super) fn drop(schema: &mut Schema, name: Name, if_exists: bool, cascade: bool, report: &mut Report) {
    let Some(known) = schema.table(name) else {
        if !if_exists || schema.has_relation(name) {
            report.push(schema.missing_table(name).or_help("add `if_exists` if it exists in some installs only"));
        }
        return schema.gave_up(ObjectKind::Table, name, name);
    };
    let losses = Losses::of_table(schema, known);
    if let Some(what) = losses.elsewhere(schema)
        && !cascade
    {
        let help = "drop that first, or add `cascade`";
        report.push(Problem::new(name, format!("table `{name}` {what}")).help(help));
    }
    let renamed = schema.renamed_here.iter().filter(|(id, _)| *id == known.id);
    let former: Vec<Name> = renamed.map(|(_, name)| *name).collect();
    if let Some(taken) = former.iter().find(|former| schema.table(former).is_some()) {
        let message = format!(
            "`{name}` was `{taken}` earlier in this version, and another table has that name now: run twice, it would lose \
             its rows"
        );
        report.push(Problem::new(name, message).help("drop it in the next version"));
    }
    losses.apply(schema);
    schema.tables_mut().remove(name);
    schema.dropped(ObjectKind::Table, name, name);
    // Run twice, the rename would take along what has the name then.
    former.into_iter().for_each(|former| schema.gave_up(ObjectKind::Table, former, former));
}

/// Whether the version has renamed a table of that name, and dropped it then.
fn was_of_a_dropped_table(schema: &Schema, name: Name) -> bool {
    schema.renamed_here.iter().any(|(id, former)| *former == name && schema.table_by_id(*id).is_none())
}

pub(super) fn rename(schema: &mut Schema, from: Name, to: Name, if_exists: bool, report: &mut Report) {
    if schema.table(from).is_none() {
        if !if_exists || schema.has_relation(from) {
            report.lost(to);
            report.push(schema.missing_table(from).or_help("add `if_exists` if it exists in some installs only"));
        }
        return schema.gave_up(ObjectKind::Table, from, from);
    }
    if let Some((what, since)) = schema.relation(to).or_else(|| schema.type_of_name(to)) {
        report
            .push(Problem::new(to, format!("cannot rename `{from}` to `{to}`: {what} already exists, since {since}")));
        return;
    }
    if schema.dropped_in_this_version(ObjectKind::Table, to, to)
        && (schema.table(from).is_some_and(|table| table.since == schema.version) || was_of_a_dropped_table(schema, to))
    {
        let problem = format!(
            "another table takes the name of `{to}`, which is dropped in this version: run twice, it would lose its rows"
        );
        report.push(Problem::new(to, problem).help("rename it in the next version"));
    }
    if let Some(mut table) = schema.tables_mut().remove(from) {
        Arc::make_mut(&mut schema.renamed_here).push((table.id, from));
        Arc::make_mut(&mut table).name = to;
        schema.tables_mut().insert(to, table);
    }
    for table in schema.tables_mut().values_mut() {
        let points = |kind: &ConstraintKind| matches!(kind, ConstraintKind::ForeignKey { table, .. } if table.is(from));
        if table.constraints.iter().any(|constraint| points(&constraint.def.kind)) {
            for constraint in &mut Arc::make_mut(table).constraints {
                if let ConstraintKind::ForeignKey { table, .. } = &mut constraint.def.kind
                    && table.is(from)
                {
                    table.name = to;
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
    schema.follow_relation(from, to);
    schema.renamed(ObjectKind::Table, from, from, to);
}

/// Reports the objects that a text names and that are neither in the schema nor required by the chain.
pub(super) fn check_objects(schema: &Schema, sql: &Sql, report: &mut Report) {
    for name in sql.objects().filter(|name| !schema.has_object(name)) {
        report.push(schema.missing_object(name));
    }
    for piece in sql.pieces.iter() {
        match *piece {
            Piece::Outside { schema: other, name, function: true } if !schema.has_required_function(other, name) => {
                report.push(schema.missing_required_function(other, name));
            }
            Piece::Outside { schema: other, name, function: false } if schema.required_table(other, name).is_none() => {
                report.push(schema.missing_required_table(other, name));
            }
            _ => {}
        }
    }
}

/// The columns that every table has (manual section 5.6).
pub(super) const SYSTEM_COLUMNS: [Name; 6] = ["tableoid", "xmin", "cmin", "xmax", "cmax", "ctid"];

/// Reports the columns and objects that an expression over `table` names and that are not there.
pub(super) fn check_expression(schema: &Schema, table: &Table, sql: &Sql, report: &mut Report) {
    check_objects(schema, sql, report);
    let known = |ident: &Name| table.column(ident).is_some() || SYSTEM_COLUMNS.contains(ident);
    for ident in sql.idents().filter(|ident| !known(ident)) {
        report.push(schema.missing_column(table, ident));
    }
}
