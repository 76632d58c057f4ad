//! Rows. The checker knows none, so what a chain asks of them must hold by the way in which it is made: values of one
//! column differ, checks take all of them, and a foreign key's column is null.

use pkmig::schema::name::intern;
use pkmig::schema::step::{ConflictAction, DeleteRows, OnConflict, RenameValue, Seed, Tail, Taken};
use pkmig::schema::{Column, ConstraintKind, GeneratorKind, List, Literal, Name, Piece, Step, Table, Value};

use super::column::{cast, fill};
use super::{a_column, a_table};
use crate::choice::Choice;
use crate::types::{self, is_wide, sql};
use crate::world::World;
use crate::{expressions, names};

/// Whether equal values of the column would meet a unique key, or a value would have to point somewhere.
pub(super) fn is_in_a_key(table: &Table, column: Name) -> bool {
    let of_constraint = |kind: &ConstraintKind| !matches!(kind, ConstraintKind::Check { .. }) && kind.uses(column);
    table.constraints.iter().any(|known| of_constraint(&known.def.kind))
        || table.indexes.iter().any(|known| known.def.unique && known.def.uses(column))
}

fn references(table: &Table, column: Name) -> bool {
    let is = |kind: &ConstraintKind| matches!(kind, ConstraintKind::ForeignKey { .. }) && kind.uses(column);
    table.constraints.iter().any(|known| is(&known.def.kind))
}

fn takes_values(column: &Column) -> bool {
    let always = column.generator.as_ref().is_some_and(|generator| generator.kind == GeneratorKind::Always);
    !always && column.generated.is_none()
}

/// Whether rows with values for the `given` columns are let in, any number of them.
fn lets_rows_in(table: &Table, given: &[Name]) -> bool {
    let column = |name: &Name| table.column(name).map(|known| &known.def);
    let null =
        |def: &Column| !given.contains(&def.name) && !def.not_null && def.default.is_none() && def.generated.is_none();
    let apart = |def: &Column| given.contains(&def.name) && is_wide(&def.ty) || def.generator.is_some();
    let tells_apart =
        |names: &[Name], nulls: bool| names.iter().filter_map(column).any(|def| apart(def) || nulls && null(def));
    let constraints = table.constraints.iter().all(|known| match &known.def.kind {
        ConstraintKind::PrimaryKey { columns } => tells_apart(columns, false),
        ConstraintKind::Unique { columns } => tells_apart(columns, true),
        ConstraintKind::Check { .. } => true,
        ConstraintKind::ForeignKey { columns, .. } => columns.iter().filter_map(column).all(null),
        ConstraintKind::Exclude(exclusion) => {
            exclusion.columns().collect::<Vec<_>>().iter().filter_map(column).any(null)
        }
    });
    let indexes = table.indexes.iter().filter(|known| known.def.unique).all(|known| match known.def.unique_key() {
        Some(key) => tells_apart(&key, !known.def.nulls_not_distinct),
        None => false,
    });
    constraints && indexes
}

pub(super) fn seed(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = a_table(world, choice)?;
    // For raw SQL a type is changed back before the new table goes, with the rows in it.
    if table.since == world.schema.version && !world.goes_as_it_is(table) && world.changes_columns() {
        return None;
    }
    let possible = table.columns.iter().map(|known| &known.def).filter(|def| takes_values(def));
    let possible: Vec<&Column> = possible.filter(|def| !references(table, def.name)).collect();
    let needed = possible.iter().filter(|def| !world.schema.fills_itself(def)).map(|def| def.name);
    let mut columns: Vec<Name> = choice.some(3, possible.iter().map(|def| def.name));
    columns.extend(needed.filter(|name| !columns.contains(name)).collect::<Vec<_>>());
    // What a serial column draws and what is written would meet.
    columns.retain(|name| table.column(name).is_some_and(|known| known.def.generator.is_none()));
    let keys: Vec<Name> =
        columns.iter().copied().filter(|name| table.column(name).is_some_and(|c| is_wide(&c.def.ty))).collect();
    // What is generated from a null mostly is one.
    let refuses_nulls = |def: &Column| def.generated.is_some() && def.not_null;
    if !lets_rows_in(table, &columns) || table.columns.iter().any(|known| refuses_nulls(&known.def)) {
        return None;
    }
    let on_conflict = conflict(table, &columns, &keys, choice)?;
    let key = choice.number() % 1_000_000;
    let types: Vec<_> = columns.iter().filter_map(|name| Some(&table.column(name)?.def)).collect();
    let nullable = |def: &Column| !def.not_null && !on_conflict.columns.contains(&def.name);
    let row = |number: u64, choice: &mut Choice| -> List<Value> {
        let value = |def: &&Column| match nullable(def) && choice.one_in(5) {
            true => types::null(),
            false => types::value(world, &def.ty, number),
        };
        types.iter().map(value).collect()
    };
    let rows: Vec<_> = (0..1 + choice.below(3)).map(|place| row(key + place as u64, choice)).collect();
    let kept = (table.since == world.schema.version && choice.one_in(4)).then(|| names::text(choice));
    let (table, columns) = (table.name, columns.into());
    Some(vec![Step::Seed(Seed { table, columns, on_conflict, rows: rows.into(), kept })])
}

fn conflict(table: &Table, columns: &[Name], keys: &[Name], choice: &mut Choice) -> Option<OnConflict> {
    let unique = choice.one(keys.iter().copied().filter(|key| table.unique_by(&[key])));
    let (key, action) = match unique {
        Some(key) if choice.one_in(2) => (key, ConflictAction::DoNothing),
        Some(key) => {
            let others: Vec<Name> = columns.iter().copied().filter(|name| *name != key).collect();
            (key, if others.is_empty() { ConflictAction::DoNothing } else { ConflictAction::DoUpdate(others.into()) })
        }
        None => (choice.one(keys.iter().copied())?, ConflictAction::UnlessExists),
    };
    Some(OnConflict { columns: vec![key].into(), action })
}

/// A column whose rows can be given any value.
fn fillable<'w>(world: &'w World, choice: &mut Choice) -> Option<(&'w Table, &'w Column)> {
    let table = a_table(world, choice)?;
    let column = &table.column(a_column(table, choice)?)?.def;
    let free = column.generated.is_none() && column.generator.is_none() && !is_in_a_key(table, column.name);
    free.then_some((table, column))
}

pub(super) fn backfill(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let (table, column) = fillable(world, choice)?;
    // The way back could not bring a key back that has let the same value in twice.
    if world.rows.contains(&table.id) && world.drops_keys() {
        return None;
    }
    let value = cast(world, &types::value(world, &column.ty, choice.number()), &column.ty)?;
    let predicate = match choice.one_in(3) {
        true => expressions::predicate(world, table, choice, &expressions::bare),
        false => None,
    };
    let mut step = fill(table.name, column.name, value, predicate);
    if let Step::Backfill(fill) = &mut step
        && fill.predicate.is_none()
        && choice.one_in(4)
    {
        fill.batch = Some(2);
    }
    Some(vec![step])
}

pub(super) fn delete_rows(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = a_table(world, choice)?;
    let predicate = expressions::predicate(world, table, choice, &expressions::bare)?;
    Some(vec![Step::DeleteRows(DeleteRows { table: table.name, predicate, on_fresh: None, tail: tail(choice) })])
}

fn tail(choice: &mut Choice) -> Tail {
    match choice.below(2) {
        0 => Tail::Noop(names::text(choice)),
        _ => Tail::LossyDown(sql([Piece::Text("SELECT 1")])),
    }
}

/// A value of a seed, renamed.
pub(super) fn rename_value(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = a_table(world, choice)?;
    let column = &table.column(a_column(table, choice)?)?.def;
    if column.ty.name != "text" || column.ty.array || column.generated.is_some() || references(table, column.name) {
        return None;
    }
    let from = match types::value(world, &column.ty, choice.number()) {
        Value::Literal(Literal::Text(text)) => text,
        _ => return None,
    };
    let values = vec![(from, intern(&format!("{from} renamed"))), ("x", "y")];
    let taken = choice.of(&[Taken::Keep, Taken::Delete]);
    Some(vec![Step::RenameValue(RenameValue { table: table.name, column: column.name, values: values.into(), taken })])
}
