//! Row level security and policies.

use pkmig::schema::{Name, Piece, Policy, PolicyCommand, Sql, Step, Table};

use super::{a_table, now_and_then};
use crate::choice::Choice;
use crate::types::sql;
use crate::world::{ROLES, World};
use crate::{expressions, names};

pub(super) fn security(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = a_table(world, choice)?.name;
    Some(vec![match choice.below(6) {
        0 => Step::DisableRowLevelSecurity { table },
        1 => Step::ForceRowLevelSecurity { table },
        2 => Step::NoForceRowLevelSecurity { table },
        _ => Step::EnableRowLevelSecurity { table },
    }])
}

/// A policy of a table.
pub(super) fn definition(world: &World, choice: &mut Choice, table: &Table) -> Option<Policy> {
    let (command, _) = choice.of(&PolicyCommand::ALL);
    let both = choice.one_in(3);
    let using = (command.reads() && (both || !command.writes() || choice.one_in(2)))
        .then(|| condition(world, choice, table))
        .flatten();
    let with_check = (command.writes() && (both || using.is_none())).then(|| condition(world, choice, table)).flatten();
    let roles = if choice.one_in(2) { Vec::new() } else { choice.some(2, ROLES) };
    let policy = Policy {
        name: names::object(choice),
        restrictive: choice.one_in(4),
        command,
        roles: roles.into(),
        using,
        with_check,
    };
    (policy.using.is_some() || policy.with_check.is_some()).then_some(policy)
}

fn condition(world: &World, choice: &mut Choice, table: &Table) -> Option<Sql> {
    let own = |name| vec![Piece::Column { name, tables: vec![table.name].into(), open: false }];
    let other = a_table(world, choice).filter(|other| other.name != table.name && !other.columns.is_empty());
    match (choice.below(4), other) {
        (0, Some(other)) => {
            let theirs = |name| {
                let tables: Vec<Name> = vec![other.name];
                vec![Piece::Text("other."), Piece::Column { name, tables: tables.into(), open: false }]
            };
            let inner = expressions::predicate(world, other, choice, &theirs)?;
            let mut pieces = vec![Piece::Text("EXISTS (SELECT FROM "), Piece::Object { name: other.name, depth: 0 }];
            pieces.push(Piece::Text(" AS other WHERE "));
            pieces.extend(inner.pieces.iter().cloned());
            pieces.push(Piece::Text(")"));
            Some(sql(pieces))
        }
        (1, _) => Some(sql([Piece::Text("current_user <> 'nobody'")])),
        _ => expressions::predicate(world, table, choice, &own),
    }
}

pub(super) fn create(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let secured = world.schema.tables().filter(|table| table.row_security.enabled).map(|table| table.name);
    let table = world.schema.table(choice.one(secured)?)?;
    let policy = definition(world, choice, table)?;
    let replace = table.policy(policy.name).is_some();
    Some(vec![Step::CreatePolicy { table: table.name, policy, replace }])
}

fn a_policy(world: &World, choice: &mut Choice) -> Option<(Name, Name)> {
    let policies =
        world.schema.tables().flat_map(|table| table.policies.iter().map(|known| (table.name, known.def.name)));
    choice.one(policies)
}

pub(super) fn drop(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let if_exists = now_and_then(choice);
    let (table, policy) = match if_exists {
        true => (a_table(world, choice)?.name, names::object(choice)),
        false => a_policy(world, choice)?,
    };
    Some(vec![Step::DropPolicy { table, policy, if_exists }])
}

pub(super) fn rename(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let (table, from) = a_policy(world, choice)?;
    Some(vec![Step::RenamePolicy { table, from, to: names::object(choice) }])
}
