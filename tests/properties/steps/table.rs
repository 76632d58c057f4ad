//! Tables.

use pkmig::schema::{List, RowSecurity, Step, Table, TableDef};

use super::{a_table, column, constraint, index, now_and_then, policy, trigger};
use crate::choice::Choice;
use crate::names;
use crate::world::{TRACK, World};

pub(super) fn create(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let mut def = TableDef {
        name: names::table(choice),
        unlogged: choice.one_in(10),
        columns: List::Owned(Vec::new()),
        constraints: List::Owned(Vec::new()),
        indexes: List::Owned(Vec::new()),
        row_security: RowSecurity { enabled: choice.one_in(5), forced: false },
        policies: List::Owned(Vec::new()),
        triggers: List::Owned(Vec::new()),
        comment: choice.one_in(4).then(|| names::text(choice)),
    };
    def.row_security.forced = def.row_security.enabled && choice.one_in(3);
    let if_not_exists = now_and_then(choice);
    // A part that the checker refuses is left out, so that the rest of the table is not lost with it.
    let accepts = |def: &TableDef| world.accepts(&Step::CreateTable { def: def.clone(), if_not_exists });
    for _ in 0..1 + choice.below(5) {
        let column = column::definition(world, choice, &|| made(world, &def))?;
        push(&mut def, |def| def.columns.to_mut(), column, &accepts);
    }
    for _ in 0..choice.below(4) {
        let table = made(world, &def)?;
        if let Some(constraint) = constraint::of_table(world, choice, &table) {
            push(&mut def, |def| def.constraints.to_mut(), constraint, &accepts);
        }
    }
    for _ in 0..choice.below(3) {
        let table = made(world, &def)?;
        if let Some(index) = index::definition(world, choice, &table) {
            push(&mut def, |def| def.indexes.to_mut(), index, &accepts);
        }
    }
    if def.row_security.enabled {
        let policy = policy::definition(world, choice, &made(world, &def)?)?;
        push(&mut def, |def| def.policies.to_mut(), policy, &accepts);
    }
    if choice.one_in(5) {
        let trigger = trigger::definition(world, choice, &made(world, &def)?);
        trigger.into_iter().for_each(|trigger| push(&mut def, |def| def.triggers.to_mut(), trigger, &accepts));
    }
    Some(vec![Step::CreateTable { def, if_not_exists }])
}

fn push<T>(
    def: &mut TableDef,
    list: impl Fn(&mut TableDef) -> &mut Vec<T>,
    part: T,
    accepts: &impl Fn(&TableDef) -> bool,
) {
    list(def).push(part);
    if !accepts(def) {
        list(def).pop();
    }
}

/// The table as the checker sees it with what it has so far.
fn made(world: &World, def: &TableDef) -> Option<Table> {
    let mut schema = world.schema.clone();
    let step = Step::CreateTable { def: def.clone(), if_not_exists: true };
    step.apply(&mut schema, &mut pkmig::schema::Report::default());
    schema.table(def.name).cloned()
}

pub(super) fn drop(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = match now_and_then(choice) {
        true => names::table(choice),
        false => a_table(world, choice)?.name,
    };
    Some(vec![Step::DropTable { table, if_exists: now_and_then(choice), cascade: choice.one_in(3) }])
}

pub(super) fn rename(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let if_exists = now_and_then(choice);
    let from = if if_exists && choice.one_in(2) { names::table(choice) } else { a_table(world, choice)?.name };
    (from != TRACK).then(|| vec![Step::RenameTable { from, to: names::table(choice), if_exists }])
}
