//! Privileges: grant and revoke.

use super::function::check_signature;
use crate::{Grant, ObjectKind, ObjectRef, PUBLIC, Privileges, Problem, Report, Schema};

pub(super) fn grant(schema: &mut Schema, grant: &Grant, report: &mut Report) {
    check(schema, grant, report);
    if let Some(privileges) = privileges_mut(schema, grant.on) {
        privileges.extend(grant.pairs());
    }
}

pub(super) fn revoke(schema: &mut Schema, grant: &Grant, report: &mut Report) {
    check(schema, grant, report);
    let Some(privileges) = privileges_mut(schema, grant.on) else { return };
    let mut problems = Vec::new();
    for (privilege, role) in grant.pairs() {
        if !privileges.remove(&(privilege, role)) {
            let message = format!("`{privilege}` on {} is not granted to `{role}`", grant.on);
            let help = match privileges.contains(&(privilege, PUBLIC)) {
                true => "it is granted to `public`, which includes every role",
                false => "the chain has not granted it, or has already revoked it: remove this step",
            };
            problems.push(Problem::new(role, message).help(help));
        }
    }
    problems.into_iter().for_each(|problem| report.push(problem));
}

fn check(schema: &Schema, grant: &Grant, report: &mut Report) {
    let name = grant.on.name;
    match grant.on.kind {
        ObjectKind::Table if schema.table(name).is_none() => report.push(schema.missing_table(name)),
        ObjectKind::Function => match schema.functions.get(name) {
            Some(known) => check_signature(known, name, &grant.args, report),
            None => report.push(schema.missing_function(name)),
        },
        _ => {}
    }
    for role in grant.roles.iter().filter(|role| !schema.has_role(role)) {
        report.push(schema.missing_role(role));
    }
}

fn privileges_mut(schema: &mut Schema, on: ObjectRef) -> Option<&mut Privileges> {
    match on.kind {
        ObjectKind::Table => schema.table_mut(on.name).map(|table| &mut table.privileges),
        ObjectKind::Function => schema.function_privileges.get_mut(on.name),
        ObjectKind::Schema => Some(&mut schema.privileges),
        _ => None,
    }
}
