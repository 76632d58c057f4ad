//! Privileges: grant and revoke.

use super::function::check_signature;
use crate::name::written;
use crate::{Grant, GrantTarget, PUBLIC, Privileges, Problem, Report, Schema};

pub(super) fn grant(schema: &mut Schema, grant: &Grant, report: &mut Report) {
    check(schema, grant, report);
    if let Some(privileges) = privileges_mut(schema, &grant.on) {
        privileges.extend(grant.pairs());
    }
}

pub(super) fn revoke(schema: &mut Schema, grant: &Grant, report: &mut Report) {
    check(schema, grant, report);
    let Some(privileges) = privileges_mut(schema, &grant.on) else { return };
    let mut problems = Vec::new();
    for (privilege, role) in grant.pairs() {
        if !privileges.remove(&(privilege, role)) {
            let message = format!("`{}` on {} is not granted to `{role}`", privilege.word(), described(&grant.on));
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
    match &grant.on {
        GrantTarget::Table(table) if schema.table(table).is_none() => report.push(schema.missing_table(table)),
        GrantTarget::Function(name, args) => match schema.functions.get(name) {
            Some(known) => check_signature(known, name, args, report),
            None => report.push(schema.missing_function(name)),
        },
        GrantTarget::Table(_) | GrantTarget::Schema => {}
    }
    for role in grant.roles.iter().filter(|role| !schema.has_role(role)) {
        report.push(schema.missing_role(role));
    }
}

fn described(on: &GrantTarget) -> String {
    match on {
        GrantTarget::Table(table) => format!("table `{table}`"),
        GrantTarget::Function(function, _) => format!("function `{function}`"),
        GrantTarget::Schema => "the schema".to_owned(),
    }
}

fn privileges_mut<'s>(schema: &'s mut Schema, on: &GrantTarget) -> Option<&'s mut Privileges> {
    match on {
        GrantTarget::Table(table) => schema.table_mut(table).map(|table| &mut table.privileges),
        GrantTarget::Function(name, _) => schema.function_privileges.get_mut(name),
        GrantTarget::Schema => Some(&mut schema.privileges),
    }
}

impl std::fmt::Display for GrantTarget {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Table(table) => write!(f, "table {}", written(table)),
            Self::Function(function, args) => {
                let args: Vec<_> = args.iter().map(ToString::to_string).collect();
                write!(f, "function {}({})", written(function), args.join(", "))
            }
            Self::Schema => f.write_str("schema"),
        }
    }
}
