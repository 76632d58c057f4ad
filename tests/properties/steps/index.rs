//! Indexes.

use pkmig::schema::{Index, IndexColumn, IndexKey, List, Name, NullsOrder, Step, Table};

use super::{a_table, has_rows, now_and_then};
use crate::choice::Choice;
use crate::world::World;
use crate::{expressions, names};

pub(super) fn plain(column: Name) -> IndexColumn {
    IndexColumn { key: IndexKey::Column(column), opclass: None, descending: false, nulls: None }
}

/// An index over what a table has.
pub(super) fn definition(world: &World, choice: &mut Choice, table: &Table) -> Option<Index> {
    let unique = choice.one_in(3);
    let method =
        if unique { "btree" } else { choice.of(&["btree", "btree", "btree", "hash", "gin", "gist", "brin", "spgist"]) };
    let btree = method == "btree";
    let names = choice.some(if matches!(method, "hash" | "spgist") { 1 } else { 3 }, table.column_names());
    let mut columns: Vec<_> = names.iter().map(|name| plain(name)).collect();
    if btree && choice.one_in(3) {
        let (expression, _) = expressions::expression(world, table, choice)?;
        let key = IndexKey::Expression(expression);
        columns.push(IndexColumn { key, ..plain("") });
    }
    for column in &mut columns {
        order(column, btree, choice);
        opclass(column, table, method, choice);
    }
    let include = if btree && choice.one_in(4) { choice.some(2, table.column_names()) } else { Vec::new() };
    let predicate = match choice.one_in(4) {
        true => Some(expressions::predicate(world, table, choice, &expressions::bare)?),
        false => None,
    };
    let index = Index {
        name: if choice.one_in(12) { "@_of the prefix" } else { names::or_none(choice) },
        unique,
        method,
        columns: columns.into(),
        include: include.into(),
        predicate,
        nulls_not_distinct: unique && world.version >= 15 && choice.one_in(5),
        comment: None,
    };
    (!index.columns.is_empty()).then_some(index)
}

fn order(column: &mut IndexColumn, btree: bool, choice: &mut Choice) {
    if btree && choice.one_in(3) {
        column.descending = choice.one_in(2);
        column.nulls = choice.of(&[None, Some(NullsOrder::First), Some(NullsOrder::Last)]);
    }
}

fn opclass(column: &mut IndexColumn, table: &Table, method: Name, choice: &mut Choice) {
    let IndexKey::Column(name) = column.key else { return };
    let Some(known) = table.column(name).filter(|known| !known.def.ty.array) else { return };
    column.opclass = match (method, known.def.ty.name, choice.below(3)) {
        ("btree", "text", 0) => Some("text_pattern_ops"),
        ("btree", "varchar", 0) => Some("varchar_pattern_ops"),
        ("gin", "jsonb", 0) => Some("jsonb_path_ops"),
        ("gin", "text", _) => Some("gin_trgm_ops"),
        ("gist", "inet", _) => Some("inet_ops"),
        _ => None,
    };
}

pub(super) fn create(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = match a_materialized_view(world, choice) {
        Some(view) if choice.one_in(4) => return on_view(world, choice, view),
        _ => a_table(world, choice)?,
    };
    let index = definition(world, choice, table)?;
    let alone = has_rows(world, table) && index.unique;
    let (concurrently, if_not_exists) = (choice.one_in(12), now_and_then(choice));
    (!alone).then(|| vec![Step::CreateIndex { table: table.name, index, concurrently, if_not_exists }])
}

fn a_materialized_view(world: &World, choice: &mut Choice) -> Option<Name> {
    choice.one(world.schema.views().filter(|view| view.materialized).map(|view| view.name))
}

fn on_view(world: &World, choice: &mut Choice, view: Name) -> Option<Vec<Step>> {
    let columns = world.schema.view(view)?.columns.to_vec();
    let index = Index {
        name: names::or_none(choice),
        // The first column is the row's number.
        unique: choice.one_in(3),
        method: "btree",
        columns: List::Owned(vec![plain(columns.first()?)]),
        include: List::Borrowed(&[]),
        predicate: None,
        nulls_not_distinct: false,
        comment: None,
    };
    Some(vec![Step::CreateIndex { table: view, index, concurrently: false, if_not_exists: false }])
}

fn an_index(world: &World, choice: &mut Choice) -> Option<Name> {
    let of_tables = world.schema.tables().flat_map(|table| table.indexes.iter().map(|known| known.def.name));
    let of_views = world.schema.views().flat_map(|view| view.indexes.iter().map(|index| index.name));
    choice.one(of_tables.chain(of_views))
}

pub(super) fn drop(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let if_exists = now_and_then(choice);
    let index = if if_exists { names::object(choice) } else { an_index(world, choice)? };
    Some(vec![Step::DropIndex { index, if_exists }])
}

pub(super) fn rename(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let constraints = world.schema.tables().flat_map(|table| table.constraints.iter().map(|known| known.def.name));
    let from = match choice.below(8) {
        0 => choice.one(constraints)?,
        1 => names::object(choice),
        _ => an_index(world, choice)?,
    };
    Some(vec![Step::RenameIndex { from, to: names::object(choice), if_exists: now_and_then(choice) }])
}
