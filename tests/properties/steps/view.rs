//! Views and materialized views.

use pkmig::schema::name::{intern, written};
use pkmig::schema::{List, Name, Piece, Step, View};

use super::now_and_then;
use crate::choice::Choice;
use crate::names;
use crate::types::sql;
use crate::world::World;

/// A table or view, and its columns.
fn relation(world: &World, choice: &mut Choice) -> Option<(Name, Vec<Name>)> {
    let tables = world.schema.tables().map(|table| (table.name, table.column_names().collect::<Vec<_>>()));
    let views = world.schema.views().map(|view| (view.name, view.columns.to_vec()));
    choice.one(tables.chain(views).filter(|(_, columns)| !columns.is_empty()))
}

/// The name of an output column, quoted.
fn output(name: Name) -> Piece {
    let quoted = if written(name) == name && name.len() < 2 {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    };
    Piece::Text(intern(&format!(" AS {quoted}")))
}

/// A view of that name whose first columns are `first`, a number each.
fn definition(world: &World, choice: &mut Choice, name: Name, materialized: bool) -> Option<View> {
    let (from, shown) = relation(world, choice)?;
    let mut pieces = vec![Piece::Text("SELECT "), Piece::Call("row_number"), Piece::Text("() OVER ()"), output("n")];
    let mut columns = vec!["n"];
    let by_its_name = choice.one_in(2);
    for column in choice.some(3, shown) {
        let shown_as = if choice.one_in(2) { column } else { names::column(choice) };
        if columns.contains(&shown_as) {
            continue;
        }
        columns.push(shown_as);
        pieces.push(Piece::Text(", "));
        pieces.extend(match by_its_name {
            true => [Piece::Qualifier(from), Piece::Text(".")],
            false => [Piece::Text("x"), Piece::Text(".")],
        });
        pieces.push(Piece::Column { name: column, tables: vec![from].into(), open: false });
        pieces.push(output(shown_as));
    }
    pieces.extend([Piece::Text(" FROM "), Piece::Object { name: from, depth: 0 }]);
    if !by_its_name {
        pieces.push(Piece::Text(" AS x"));
    }
    if let Some((other, _)) = relation(world, choice).filter(|(other, _)| *other != from && choice.one_in(3)) {
        pieces.extend([Piece::Text(" CROSS JOIN "), Piece::Object { name: other, depth: 0 }, Piece::Text(" AS y")]);
    }
    Some(View {
        name,
        materialized,
        with_data: !materialized || choice.one_in(2),
        columns: columns.into(),
        query: sql(pieces),
        indexes: List::Borrowed(&[]),
        triggers: List::Borrowed(&[]),
        comment: None,
    })
}

pub(super) fn create(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let materialized = choice.one_in(3);
    let name = names::table(choice);
    let def = definition(world, choice, name, materialized)?;
    Some(vec![Step::CreateView { def, replace: !materialized && now_and_then(choice) }])
}

/// The same view with a column more.
pub(super) fn replace(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let plain = world.schema.views().filter(|view| !view.materialized).map(|view| view.name);
    let was = world.schema.view(choice.one(plain)?)?;
    let added = names::column(choice);
    let mut def = View { triggers: List::Borrowed(&[]), comment: None, ..was.clone() };
    if !def.columns.contains(&added) {
        def.columns.to_mut().push(added);
        let from = def.query.pieces.iter().position(|piece| *piece == Piece::Text(" FROM "))?;
        let column = [Piece::Text(", 1"), output(added)];
        def.query.pieces.to_mut().splice(from..from, column);
    }
    Some(vec![Step::CreateView { def, replace: true }])
}

fn a_view<'w>(world: &'w World, choice: &mut Choice) -> Option<&'w View> {
    world.schema.view(choice.one(world.schema.views().map(|view| view.name))?)
}

pub(super) fn rename(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let if_exists = now_and_then(choice);
    let from = if if_exists && choice.one_in(2) { names::table(choice) } else { a_view(world, choice)?.name };
    Some(vec![Step::RenameView { from, to: names::table(choice), if_exists }])
}

pub(super) fn drop(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let (if_exists, cascade) = (now_and_then(choice), choice.one_in(3));
    let (view, materialized) = match if_exists {
        true => (names::table(choice), choice.one_in(2)),
        false => a_view(world, choice).map(|view| (view.name, view.materialized))?,
    };
    Some(vec![Step::DropView { view, materialized, if_exists, cascade }])
}

pub(super) fn refresh(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let view = a_view(world, choice)?;
    // PostgreSQL refuses to refresh concurrently what has no rows yet.
    let concurrently = view.with_data && choice.one_in(2);
    Some(vec![Step::RefreshMaterializedView { view: view.name, concurrently }])
}
