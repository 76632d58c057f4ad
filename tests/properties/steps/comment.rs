//! Comments.

use pkmig::schema::{ObjectKind, ObjectRef, Step};

use super::{a_column, a_table, trigger};
use crate::choice::Choice;
use crate::names;
use crate::world::{TRACK, World};

pub(super) fn on(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let target = target(world, choice)?;
    let text = match choice.below(8) {
        0 => None,
        1 => Some(""),
        _ => Some(names::text(choice)),
    };
    Some(vec![Step::CommentOn { target, text: text.filter(|text| !text.is_empty()) }])
}

fn target(world: &World, choice: &mut Choice) -> Option<ObjectRef> {
    let table = a_table(world, choice)?;
    let of_views = world.schema.views().flat_map(|view| view.indexes.iter().map(|index| index.name));
    Some(match choice.below(7) {
        // The comment of that one is the version.
        0 if table.name == TRACK => return None,
        0 => ObjectRef::new(ObjectKind::Table, table.name),
        1 => ObjectRef::part(ObjectKind::Column, table.name, a_column(table, choice)?),
        2 => ObjectRef::new(
            ObjectKind::Index,
            choice.one(table.indexes.iter().map(|known| known.def.name).chain(of_views))?,
        ),
        3 => {
            let constraint = choice.one(table.constraints.iter().map(|known| known.def.name))?;
            ObjectRef::part(ObjectKind::Constraint, table.name, constraint)
        }
        4 => {
            let (table, name) = trigger::a_trigger(world, choice)?;
            ObjectRef::part(ObjectKind::Trigger, table, name)
        }
        5 => ObjectRef::new(ObjectKind::View, choice.one(world.schema.views().map(|view| view.name))?),
        _ => ObjectRef::new(ObjectKind::Function, choice.one(world.schema.functions().map(|function| function.name))?),
    })
}
