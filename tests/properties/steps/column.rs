//! Columns.

use pkmig::schema::name::{UNNAMED, intern};
use pkmig::schema::step::{Backfill, Source};
use pkmig::schema::types::Family;
use pkmig::schema::{
    Column, Constraint, ConstraintKind, Generator, GeneratorKind, List, Name, Piece, Sql, Step, Table, Type, Value,
};

use super::{a_column, a_table, constraint, has_rows, now_and_then};
use crate::choice::Choice;
use crate::types::{self, sql};
use crate::world::World;
use crate::{expressions, names};

/// A column, for a table that may have others already.
pub(super) fn definition(world: &World, choice: &mut Choice, table: &dyn Fn() -> Option<Table>) -> Option<Column> {
    let mut column = Column {
        name: names::column(choice),
        ty: types::ty(world, choice),
        not_null: choice.one_in(3),
        default: None,
        generated: None,
        generator: None,
        collation: None,
        comment: choice.one_in(6).then(|| names::text(choice)),
    };
    match choice.below(8) {
        0 => serial(&mut column, choice),
        1 => identity(&mut column, choice),
        2 | 3 => column.default = Some(types::default(world, &column.ty, choice)),
        4 => {
            if let Some((expression, ty)) = table().and_then(|table| expressions::expression(world, &table, choice)) {
                (column.generated, column.ty) = (Some(expression), ty);
            }
        }
        _ => {}
    }
    if choice.one_in(6) {
        column.collation = Some(choice.of(&["C", "POSIX"]));
    }
    Some(column)
}

fn serial(column: &mut Column, choice: &mut Choice) {
    column.ty = Type::plain(choice.of(&["smallint", "integer", "bigint"]));
    column.not_null = true;
    column.generator = Some(Generator { kind: GeneratorKind::Serial, sequence: UNNAMED });
}

fn identity(column: &mut Column, choice: &mut Choice) {
    if choice.one_in(4) || !matches!(column.ty.family(), Family::Integer(_)) {
        column.ty = Type::plain(choice.of(&["smallint", "integer", "bigint"]));
    }
    column.not_null = true;
    let kind = choice.of(&[GeneratorKind::Always, GeneratorKind::ByDefault]);
    column.generator = Some(Generator { kind, sequence: UNNAMED });
}

pub(super) fn add(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = a_table(world, choice)?;
    let mut column = definition(world, choice, &|| Some(table.clone()))?;
    let if_not_exists = now_and_then(choice);
    let add = |column: Column, constraints: List<Constraint>| Step::AddColumn {
        table: table.name,
        column,
        constraints,
        if_not_exists,
    };
    if !world.schema.fills_itself(&column)
        && table.column(column.name).is_none()
        && (has_rows(world, table) || choice.one_in(2))
    {
        // Filled before it refuses nulls, as `backfill(…)` does it.
        let value = types::value(world, &column.ty, choice.number());
        let name = column.name;
        column.not_null = false;
        let fill = fill(table.name, name, cast(world, &value, &column.ty)?, None);
        let refuse = Step::SetNotNull { table: table.name, column: name, if_exists: false };
        return Some(vec![add(column, List::Borrowed(&[])), fill, refuse]);
    }
    let constraints = match choice.one_in(3) && !has_rows(world, table) {
        true => constraint::of_column(world, choice, table, &column),
        false => Vec::new(),
    };
    Some(vec![add(column, constraints.into())])
}

pub(super) fn drop(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = a_table(world, choice)?;
    let if_exists = now_and_then(choice);
    let column = if if_exists { names::column(choice) } else { a_column(table, choice)? };
    if has_rows(world, table) && !world.goes_as_it_is(table) && !comes_back(world, table, column) {
        return None;
    }
    Some(vec![Step::DropColumn { table: table.name, column, if_exists, cascade: choice.one_in(3) }])
}

/// Whether rows can have the column again, empty or with its default.
fn comes_back(world: &World, table: &Table, column: Name) -> bool {
    let Some(known) = table.column(column) else { return true };
    // Further down it refuses nulls again.
    if world.relaxed.contains(&known.id) {
        return false;
    }
    let alone = |constraint: &ConstraintKind| !constraint.uses(column);
    world.schema.fills_itself(&known.def)
        && table.constraints.iter().all(|known| alone(&known.def.kind))
        && table.indexes.iter().all(|known| !known.def.unique || !known.def.uses(column))
}

pub(super) fn rename(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = a_table(world, choice)?;
    let if_exists = now_and_then(choice);
    let from = if if_exists { names::column(choice) } else { a_column(table, choice)? };
    Some(vec![Step::RenameColumn { table: table.name, from, to: names::column(choice), if_exists }])
}

pub(super) fn set_type(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = a_table(world, choice)?;
    let column = a_column(table, choice)?;
    let from = &table.column(column)?.def.ty;
    if table.column(column)?.def.generated.is_some() {
        return None;
    }
    let ty = types::ty(world, choice);
    // What reads the column is not typed by the checker: an expression over it keeps its meaning within a family only.
    // And PostgreSQL goes on to compare with constants of the old type, where that is no plain text.
    let is_own = |ty: &Type| ty.name == "name" || ty.name == "char" || ty.name == "citext";
    let constants = ty.name != from.name && (is_own(&ty) || is_own(from));
    let read =
        expressions::reads(table, column) && (ty.family() != from.family() || ty.array != from.array || constants);
    if read || has_rows(world, table) && !is_wider(from, &ty) {
        return None;
    }
    let by_itself = from.casts_to(&ty) && choice.one_in(2);
    let back_by_itself = ty.casts_to(from) && choice.one_in(2);
    // An expression's type is PostgreSQL's to tell: whether a default fits the new type, too.
    if !by_itself && matches!(table.column(column)?.def.default, Some(Value::Sql(_))) {
        return None;
    }
    let using = (!by_itself).then(|| through_text(column, &ty));
    let down_using = (!back_by_itself).then(|| through_text(column, from));
    let collation = (choice.one_in(6) && ty.is_collatable()).then(|| choice.of(&["C", "POSIX", "default"]));
    Some(vec![Step::SetType { table: table.name, column, ty, collation, using, down_using }])
}

/// Whether every value of `from` goes into `to` and back.
fn is_wider(from: &Type, to: &Type) -> bool {
    let whole = |ty: &Type| match ty.family() {
        Family::Integer(bytes) if !ty.array => Some(bytes),
        _ => None,
    };
    match (whole(from), whole(to)) {
        (Some(from), Some(to)) => from <= to,
        _ => to.name == "text" && !to.array && from.name != "char" && from.name != "name",
    }
}

/// `c::text::type`: text becomes anything.
fn through_text(column: Name, ty: &Type) -> Sql {
    let mut pieces = vec![Piece::Ident(column), Piece::Text("::text::")];
    pieces.extend(type_pieces(ty));
    sql(pieces)
}

fn type_pieces(ty: &Type) -> Vec<Piece> {
    match (ty.known(), ty.extension()) {
        (None, _) => {
            vec![Piece::Object { name: ty.name, depth: 0 }, Piece::Text(if ty.array { "[]" } else { "" })]
        }
        (_, Some(_)) => vec![Piece::Text(intern(&format!("public.{}", ty.formatted())))],
        (Some(_), None) => vec![Piece::Text(intern(&ty.formatted()))],
    }
}

/// A literal as an expression of its type.
pub(super) fn cast(_: &World, value: &Value, ty: &Type) -> Option<Sql> {
    let Value::Literal(literal) = value else { return None };
    let text = intern(&format!("'{}'::", literal.text().replace('\'', "''")));
    let mut pieces = vec![Piece::Text(text)];
    pieces.extend(type_pieces(ty));
    Some(sql(pieces))
}

pub(super) fn fill(table: Name, column: Name, value: Sql, predicate: Option<Sql>) -> Step {
    let source = Source::Expression { value, from: None };
    Step::Backfill(Backfill { table, column, source, predicate, batch: None, on_fresh: None })
}

pub(super) fn set_not_null(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = a_table(world, choice)?;
    let if_exists = now_and_then(choice);
    let name = if if_exists { names::column(choice) } else { a_column(table, choice)? };
    let refuse = Step::SetNotNull { table: table.name, column: name, if_exists };
    let Some(column) = table.column(name).filter(|_| has_rows(world, table)) else { return Some(vec![refuse]) };
    if column.def.not_null {
        return Some(vec![refuse]);
    }
    let can_be_filled = column.def.generated.is_none() && !super::data::is_in_a_key(table, name);
    let value = types::value(world, &column.def.ty, choice.number());
    can_be_filled.then_some(vec![fill(table.name, name, cast(world, &value, &column.def.ty)?, None), refuse])
}

pub(super) fn drop_not_null(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = a_table(world, choice)?;
    let if_exists = now_and_then(choice);
    let column = if if_exists { names::column(choice) } else { a_column(table, choice)? };
    Some(vec![Step::DropNotNull { table: table.name, column, if_exists }])
}

pub(super) fn set_default(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = a_table(world, choice)?;
    let column = a_column(table, choice)?;
    let known = &table.column(column)?.def;
    let own = known.generator.as_ref().filter(|_| choice.one_in(3)).map(|generator| generator.sequence);
    let value = match own {
        Some(sequence) => pkmig::schema::down::inverse::next_value(sequence),
        None => types::default(world, &known.ty, choice),
    };
    Some(vec![Step::SetDefault { table: table.name, column, value }])
}

pub(super) fn drop_default(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = a_table(world, choice)?;
    Some(vec![Step::DropDefault { table: table.name, column: a_column(table, choice)? }])
}
