//! Privileges.

use pkmig::schema::{Grant, List, Name, ObjectKind, ObjectRef, PUBLIC, Privilege, Privileges, Step, Type};

use super::a_table;
use crate::choice::Choice;
use crate::world::{ROLES, World};

/// An object with privileges; a function with the types of its arguments.
fn target(world: &World, choice: &mut Choice) -> Option<(ObjectRef, List<Type>)> {
    match choice.below(5) {
        0 => Some((ObjectRef::schema(), List::default())),
        1 => {
            let name = choice.one(world.schema.functions().map(|function| function.name))?;
            let args = world.schema.function(name)?.args.iter().map(|arg| arg.ty.clone()).collect();
            Some((ObjectRef::new(ObjectKind::Function, name), args))
        }
        _ => Some((ObjectRef::new(ObjectKind::Table, a_table(world, choice)?.name), List::default())),
    }
}

pub(super) fn grant(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let (on, args) = target(world, choice)?;
    let words = choice.some(4, Privilege::on(on.kind).iter().map(|privilege| privilege.word()));
    let privileges = Privilege::ALL.iter().copied().filter(|it| words.contains(&it.word())).collect();
    let roles: Vec<Name> = if choice.one_in(3) { vec![PUBLIC] } else { choice.some(2, ROLES) };
    Some(vec![Step::Grant(Grant { privileges, on, args, roles: roles.into() })])
}

pub(super) fn revoke(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let (on, args) = target(world, choice)?;
    let granted: &Privileges = match on.kind {
        ObjectKind::Schema => world.schema.privileges(),
        ObjectKind::Function => world.schema.function_privileges(on.name)?,
        _ => &world.schema.table(on.name)?.privileges,
    };
    let (word, role) = choice.one(granted.iter().map(|(privilege, role)| (privilege.word(), *role)))?;
    let privileges = Privilege::of_word(word).into_iter().collect();
    Some(vec![Step::Revoke(Grant { privileges, on, args, roles: vec![role].into() })])
}
