//! Privileges.

use pkmig::schema::{Grant, GrantTarget, Name, PUBLIC, Privilege, Privileges, Step};

use super::a_table;
use crate::choice::Choice;
use crate::world::{ROLES, World};

fn target(world: &World, choice: &mut Choice) -> Option<GrantTarget> {
    match choice.below(5) {
        0 => Some(GrantTarget::Schema),
        1 => {
            let name = choice.one(world.schema.functions().map(|function| function.name))?;
            let args = world.schema.function(name)?.args.iter().map(|arg| arg.ty.clone()).collect();
            Some(GrantTarget::Function(name, args))
        }
        _ => Some(GrantTarget::Table(a_table(world, choice)?.name)),
    }
}

pub(super) fn grant(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let on = target(world, choice)?;
    let privileges = choice.some(4, on.privileges().iter().map(|privilege| privilege.word()));
    let privileges = Privilege::ALL.iter().filter(|(_, word)| privileges.contains(word)).map(|(it, _)| *it).collect();
    let roles: Vec<Name> = if choice.one_in(3) { vec![PUBLIC] } else { choice.some(2, ROLES) };
    Some(vec![Step::Grant(Grant { privileges, on, roles: roles.into() })])
}

pub(super) fn revoke(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let on = target(world, choice)?;
    let granted: &Privileges = match &on {
        GrantTarget::Schema => world.schema.privileges(),
        GrantTarget::Function(name, _) => world.schema.function_privileges(name)?,
        GrantTarget::Table(table) => &world.schema.table(table)?.privileges,
    };
    let (word, role) = choice.one(granted.iter().map(|(privilege, role)| (privilege.word(), *role)))?;
    let privileges = Privilege::ALL.iter().filter(|(_, known)| *known == word).map(|(it, _)| *it).collect();
    Some(vec![Step::Revoke(Grant { privileges, on, roles: vec![role].into() })])
}
