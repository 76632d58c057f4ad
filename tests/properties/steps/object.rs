//! Enums, sequences and extensions.

use pkmig::schema::step::LabelPosition;
use pkmig::schema::types::Family;
use pkmig::schema::{Domain, DomainCheck, Enum, Name, Piece, Sequence, Step, Type};

use super::{a_column, a_table, now_and_then};
use crate::choice::Choice;
use crate::names;
use crate::types;
use crate::world::World;

const LABELS: [Name; 8] = ["calm", "busy", "it's", "Two Words", "naïve", "{a,b}", "quo\"te", "50%"];

pub(super) fn create_enum(_: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let def = Enum { name: names::object(choice), labels: choice.some(5, LABELS).into() };
    Some(vec![Step::CreateEnum { def }])
}

fn an_enum(world: &World, choice: &mut Choice) -> Option<Name> {
    choice.one(world.enums().map(|known| known.name))
}

pub(super) fn add_enum_value(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let name = an_enum(world, choice)?;
    let other = choice.one(world.schema.enumeration(name)?.labels.iter().copied())?;
    let position = match choice.below(3) {
        0 => Some(LabelPosition::Before(other)),
        1 => Some(LabelPosition::After(other)),
        _ => None,
    };
    Some(vec![Step::AddEnumValue { name, label: choice.of(&LABELS), position }])
}

pub(super) fn drop_enum(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    Some(vec![Step::DropEnum { name: an_enum(world, choice)? }])
}

/// One that takes every value of the tests, and nulls.
pub(super) fn create_domain(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let ty = types::ty(world, choice);
    let text = match ty.family() {
        Family::Integer(_) => " > -1000",
        Family::Text => " <> '%s it''s $pkmig$'",
        _ => " IS NOT DISTINCT FROM VALUE",
    };
    let expression = types::sql([Piece::Ident("value"), Piece::Text(text)]);
    let count = choice.below(3);
    let check = |place| DomainCheck {
        name: if place == 0 { "" } else { names::object(choice) },
        expression: expression.clone(),
    };
    let checks = (0..count).map(check).collect::<Vec<_>>();
    let default = choice.one_in(3).then(|| types::value(world, &ty, choice.number()));
    let def = Domain { name: names::object(choice), ty, not_null: false, default, checks: checks.into() };
    Some(vec![Step::CreateDomain { def }])
}

pub(super) fn drop_domain(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    Some(vec![Step::DropDomain { name: choice.one(world.schema.domains().map(|known| known.name))? }])
}

pub(super) fn create_sequence(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let owner = a_table(world, choice).and_then(|table| Some((table.name, a_column(table, choice)?)));
    let def = Sequence {
        name: names::object(choice),
        ty: Type::plain(choice.of(&["bigint", "integer", "smallint"])),
        start: choice.of(&[1, 1, 1000, -5, 40_000]),
        increment: choice.of(&[1, 1, 10, -1]),
        owned_by: owner.filter(|_| choice.one_in(3)),
    };
    Some(vec![Step::CreateSequence { def }])
}

pub(super) fn drop_sequence(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let if_exists = now_and_then(choice);
    let name = match if_exists {
        true => names::object(choice),
        false => choice.one(world.schema.sequences().map(|known| known.name))?,
    };
    Some(vec![Step::DropSequence { name, if_exists }])
}

pub(super) fn create_extension(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    Some(vec![Step::CreateExtension { name: choice.one(world.extensions.iter().copied())? }])
}
