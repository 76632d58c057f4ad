//! Row level security, and the policies that it asks.

use super::table::{SYSTEM_COLUMNS, check_objects};
use crate::sql::object;
use crate::{Name, ObjectKind, Piece, Policy, Problem, Report, RowSecurity, Schema, Sql, Table};

pub(super) fn set_security(
    schema: &mut Schema,
    table: Name,
    change: impl FnOnce(&mut RowSecurity),
    report: &mut Report,
) {
    match schema.table_mut(table) {
        Some(table) => change(&mut table.row_security),
        None => report.push(schema.missing_table(table)),
    }
}

pub(super) fn create_step(schema: &mut Schema, table: Name, policy: &Policy, replace: bool, report: &mut Report) {
    match schema.table(table) {
        None => report.push(schema.missing_table(table)),
        Some(_) if replace => self::replace(schema, table, policy, report),
        Some(_) => create(schema, table, policy, report),
    }
}

/// Adds a policy to a table that exists.
pub(super) fn create(schema: &mut Schema, table: Name, policy: &Policy, report: &mut Report) {
    let Some(known) = schema.table(table) else { return };
    if let Some(existing) = known.policy(policy.name) {
        let message = format!("policy `{}` of table `{table}` already exists, since {}", policy.name, existing.since);
        return report.push(Problem::new(policy.name, message).help("use `replace_policy`"));
    }
    check(schema, known, policy, report);
    let made = schema.known(policy.clone());
    if let Some(table) = schema.table_mut(table) {
        table.policies.push(made);
    }
}

fn replace(schema: &mut Schema, table: Name, policy: &Policy, report: &mut Report) {
    let Some(known) = find(schema, table, policy.name, false, report) else { return };
    check(schema, known, policy, report);
    let policies = schema.table_mut(table).into_iter().flat_map(|table| &mut table.policies);
    policies.filter(|known| known.def.name == policy.name).for_each(|known| known.def = policy.clone());
}

fn check(schema: &Schema, table: &Table, policy: &Policy, report: &mut Report) {
    if !table.row_security.enabled {
        let message =
            format!("row level security is not enabled for table `{}`: the policy would have no effect", table.name);
        let help = format!("add `enable_row_level_security {};` before it", table.name);
        report.push(Problem::new(policy.name, message).help(help));
    }
    for role in policy.roles.iter().filter(|role| !schema.has_role(role)) {
        report.push(schema.missing_role(role));
    }
    for sql in policy.expressions() {
        check_query(schema, sql, report);
    }
}

/// Reports the objects, columns and functions that a text with queries names and that are not there.
pub(super) fn check_query(schema: &Schema, sql: &Sql, report: &mut Report) {
    check_objects(schema, sql, report);
    for piece in sql.pieces.iter() {
        if let Piece::Column { name, tables, open: false } = piece
            && schema.owner(name, tables).is_none()
            && tables.iter().any(|table| schema.table(table).is_some() || schema.view(table).is_some())
            && !SYSTEM_COLUMNS.contains(name)
        {
            report.push(schema.missing_in(tables, name));
        }
    }
    for call in sql.calls().filter(|call| schema.function(call).is_some()) {
        let message = format!("function `{call}` belongs to the chain, but is called without its schema");
        report.push(Problem::new(call, message).help(format!("write `{}`", object(call))));
    }
}

pub(super) fn drop(schema: &mut Schema, table: Name, name: Name, if_exists: bool, report: &mut Report) {
    if find(schema, table, name, if_exists, report).is_some() {
        schema.drop_policy(table, name);
    }
}

pub(super) fn rename(schema: &mut Schema, table: Name, from: Name, to: Name, report: &mut Report) {
    let Some(known) = find(schema, table, from, false, report) else { return report.lost(to) };
    if let Some(existing) = known.policy(to) {
        let message =
            format!("cannot rename `{from}` to `{to}`: policy `{to}` already exists, since {}", existing.since);
        return report.push(Problem::new(to, message));
    }
    let policies = schema.table_mut(table).into_iter().flat_map(|table| &mut table.policies);
    policies.filter(|known| known.def.name == from).for_each(|known| known.def.name = to);
    schema.renamed(ObjectKind::Policy, table, from, to);
}

fn find<'s>(schema: &'s Schema, table: Name, name: Name, if_exists: bool, report: &mut Report) -> Option<&'s Table> {
    let missing = match schema.table(table) {
        Some(known) if known.policy(name).is_some() => return Some(known),
        Some(known) => schema.missing_policy(known, name),
        None => schema.missing_table(table),
    };
    if !if_exists {
        report.push(missing.or_help("add `if_exists` if it exists in some installs only"));
    }
    None
}
