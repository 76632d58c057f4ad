//! Constraints.

use pkmig::schema::{
    Column, Constraint, ConstraintKind, Exclusion, ExclusionElement, List, Name, ReferentialAction, Step, Table,
    TableRef,
};

use super::{a_table, has_rows, index, now_and_then};
use crate::choice::Choice;
use crate::world::World;
use crate::{expressions, names};

fn constraint(choice: &mut Choice, kind: ConstraintKind) -> Constraint {
    Constraint { name: names::or_none(choice), kind, validated: true, comment: None }
}

/// A constraint over what a table has.
pub(super) fn of_table(world: &World, choice: &mut Choice, table: &Table) -> Option<Constraint> {
    let kind = match choice.below(9) {
        0 => ConstraintKind::PrimaryKey { columns: choice.some(2, table.column_names()).into() },
        1 | 2 => ConstraintKind::Unique { columns: choice.some(3, table.column_names()).into() },
        3 | 4 => {
            let expression = expressions::predicate(world, table, choice, &expressions::bare)?;
            ConstraintKind::Check { expression }
        }
        5 => exclusion(world, choice, table)?,
        _ => foreign_key(world, choice, table)?,
    };
    let has_columns = match &kind {
        ConstraintKind::PrimaryKey { columns } | ConstraintKind::Unique { columns } => !columns.is_empty(),
        _ => true,
    };
    has_columns.then(|| constraint(choice, kind))
}

/// What the attributes of a new column can add.
pub(super) fn of_column(world: &World, choice: &mut Choice, table: &Table, column: &Column) -> Vec<Constraint> {
    let own = || List::Owned(vec![column.name]);
    let kind = match choice.below(4) {
        0 => Some(ConstraintKind::PrimaryKey { columns: own() }),
        1 => Some(ConstraintKind::Unique { columns: own() }),
        2 => expressions::predicate(world, table, choice, &expressions::bare)
            .map(|expression| ConstraintKind::Check { expression }),
        _ => reference(world, choice, Some(table)).filter(|(_, to)| to.len() == 1).map(|(target, references)| {
            let (on_delete, on_update) = (action(choice), action(choice));
            ConstraintKind::ForeignKey {
                columns: own(),
                table: target,
                references: references.into(),
                on_delete,
                on_update,
            }
        }),
    };
    kind.map(|kind| Constraint { name: pkmig::schema::name::UNNAMED, kind, validated: true, comment: None })
        .into_iter()
        .collect()
}

/// A key that a foreign key can point to. `own` stands for a table that is being made.
fn reference(world: &World, choice: &mut Choice, own: Option<&Table>) -> Option<(TableRef, Vec<Name>)> {
    let others = world.schema.tables().filter(|table| own.is_none_or(|own| own.name != table.name));
    let keys = others.chain(own).flat_map(|table| {
        let of_constraints = table.constraints.iter().filter_map(|known| known.def.kind.key().map(<[Name]>::to_vec));
        let of_indexes = table.indexes.iter().filter_map(|known| known.def.unique_key());
        of_constraints.chain(of_indexes).map(|key| (table.name, key)).collect::<Vec<_>>()
    });
    let (table, mut key) = choice.one(keys)?;
    if key.len() > 1 && choice.one_in(3) {
        key.reverse();
    }
    Some((TableRef::own(table), key))
}

fn action(choice: &mut Choice) -> ReferentialAction {
    let (action, ..) = choice.of(&ReferentialAction::ALL);
    action
}

fn foreign_key(world: &World, choice: &mut Choice, table: &Table) -> Option<ConstraintKind> {
    let (target, references) = reference(world, choice, Some(table))?;
    let other = if target.is(table.name) { table } else { world.schema.table(target.name)? };
    let mut columns = Vec::new();
    for reference in &references {
        let ty = &other.column(reference)?.def.ty;
        let fits = table.columns.iter().filter(|known| known.def.ty.comparable(ty) || choice_of_any(known.def.name));
        let free = fits.map(|known| known.def.name).filter(|name| !columns.contains(name));
        columns.push(choice.one(free)?);
    }
    let (on_delete, on_update) = (action(choice), action(choice));
    Some(ConstraintKind::ForeignKey {
        columns: columns.into(),
        table: target,
        references: references.into(),
        on_delete,
        on_update,
    })
}

/// Now and then a column is tried that the checker should refuse.
fn choice_of_any(name: &str) -> bool {
    name.len() % 7 == 3
}

fn exclusion(world: &World, choice: &mut Choice, table: &Table) -> Option<ConstraintKind> {
    let column = table.column(choice.one(table.column_names())?)?;
    let (method, operator) = match column.def.ty.name {
        "int4range" | "int8range" | "numrange" | "tsrange" | "tstzrange" | "daterange" => ("gist", "&&"),
        "point" => ("gist", "~="),
        "box" | "polygon" | "circle" => ("gist", "&&"),
        "integer" | "bigint" | "text" | "uuid" | "date" => (choice.of(&["gist", "btree", "hash"]), "="),
        _ => return None,
    };
    let elements = vec![ExclusionElement { column: index::plain(column.def.name), operator }];
    let predicate = match choice.one_in(3) {
        true => expressions::predicate(world, table, choice, &expressions::bare),
        false => None,
    };
    Some(ConstraintKind::Exclude(Exclusion { method, elements: elements.into(), predicate }))
}

pub(super) fn add(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = a_table(world, choice)?;
    let mut constraint = of_table(world, choice, table)?;
    let later = matches!(constraint.kind, ConstraintKind::Check { .. } | ConstraintKind::ForeignKey { .. });
    constraint.validated = !(later && choice.one_in(4));
    let holds = match constraint.kind {
        // Every value of the tests meets the checks, and a foreign key's columns are null where a seed gives rows.
        ConstraintKind::Check { .. } => true,
        _ => !has_rows(world, table),
    };
    holds.then(|| vec![Step::AddConstraint { table: table.name, constraint, if_not_exists: now_and_then(choice) }])
}

fn a_constraint(table: &Table, choice: &mut Choice) -> Option<Name> {
    choice.one(table.constraints.iter().map(|known| known.def.name))
}

pub(super) fn validate(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = a_table(world, choice)?;
    let open = table.constraints.iter().filter(|known| !known.def.validated || choice.one_in(4));
    let constraint = choice_of(open.map(|known| known.def.name).collect(), choice)?;
    Some(vec![Step::ValidateConstraint { table: table.name, constraint }])
}

fn choice_of(names: Vec<Name>, choice: &mut Choice) -> Option<Name> {
    choice.one(names)
}

pub(super) fn drop(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = a_table(world, choice)?;
    let if_exists = now_and_then(choice);
    let constraint = if if_exists { names::object(choice) } else { a_constraint(table, choice)? };
    Some(vec![Step::DropConstraint { table: table.name, constraint, if_exists, cascade: choice.one_in(3) }])
}

pub(super) fn rename(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = a_table(world, choice)?;
    let from = a_constraint(table, choice)?;
    Some(vec![Step::RenameConstraint { table: table.name, from, to: names::object(choice) }])
}
