//! Triggers.

use pkmig::schema::{List, Name, Piece, Returns, Step, Table, Trigger, TriggerEvent, TriggerLevel, TriggerTiming};

use super::{a_table, now_and_then};
use crate::choice::Choice;
use crate::world::World;
use crate::{expressions, names};

fn a_function(world: &World, choice: &mut Choice) -> Option<Name> {
    let functions = world.schema.functions().filter(|function| function.returns == Returns::Trigger);
    choice.one(functions.map(|function| function.name))
}

/// A trigger of a table.
pub(super) fn definition(world: &World, choice: &mut Choice, table: &Table) -> Option<Trigger> {
    let level = choice.of(&[TriggerLevel::Row, TriggerLevel::Statement]);
    let columns: List<Name> = match choice.one_in(2) {
        true => choice.some(2, table.column_names()).into(),
        false => List::Borrowed(&[]),
    };
    let mut events = vec![TriggerEvent::Insert, TriggerEvent::Update(columns), TriggerEvent::Delete];
    if level == TriggerLevel::Statement {
        events.push(TriggerEvent::Truncate);
    }
    let words = choice.some(3, events.iter().map(TriggerEvent::word));
    events.retain(|event| words.contains(&event.word()));
    if choice.one_in(3) {
        events.reverse();
    }
    let has_new = level == TriggerLevel::Row && !words.contains(&"delete");
    let new = |name| vec![Piece::Text("NEW."), Piece::Ident(name)];
    let condition = match has_new && choice.one_in(2) {
        true => expressions::predicate(world, table, choice, &new),
        false => None,
    };
    Some(Trigger {
        name: names::object(choice),
        timing: choice.of(&[TriggerTiming::Before, TriggerTiming::After]),
        events: events.into(),
        level,
        condition,
        function: a_function(world, choice)?,
        arguments: if choice.one_in(3) { vec![names::text(choice)].into() } else { List::Borrowed(&[]) },
        comment: None,
    })
}

pub(super) fn create(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let view = choice.one(world.schema.views().filter(|view| !view.materialized).map(|view| view.name));
    if let Some(view) = view
        && choice.one_in(4)
    {
        return on_view(world, choice, view);
    }
    let table = a_table(world, choice)?;
    Some(vec![Step::CreateTrigger { table: table.name, trigger: definition(world, choice, table)? }])
}

fn on_view(world: &World, choice: &mut Choice, view: Name) -> Option<Vec<Step>> {
    let trigger = Trigger {
        name: names::object(choice),
        timing: TriggerTiming::InsteadOf,
        events: vec![TriggerEvent::Insert, TriggerEvent::Delete].into(),
        level: TriggerLevel::Row,
        condition: None,
        function: a_function(world, choice)?,
        arguments: List::Borrowed(&[]),
        comment: None,
    };
    Some(vec![Step::CreateTrigger { table: view, trigger }])
}

/// A table or view and the name of one of its triggers.
pub(super) fn a_trigger(world: &World, choice: &mut Choice) -> Option<(Name, Name)> {
    let of_tables =
        world.schema.tables().flat_map(|table| table.triggers.iter().map(|known| (table.name, known.def.name)));
    let of_views = world.schema.views().flat_map(|view| view.triggers.iter().map(|trigger| (view.name, trigger.name)));
    choice.one(of_tables.chain(of_views))
}

pub(super) fn drop(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let if_exists = now_and_then(choice);
    let (table, trigger) = match if_exists {
        true => (a_table(world, choice)?.name, names::object(choice)),
        false => a_trigger(world, choice)?,
    };
    Some(vec![Step::DropTrigger { table, trigger, if_exists }])
}
