//! The steps that a gene can stand for: a file for each family, as in the model.

mod column;
mod comment;
mod constraint;
mod data;
mod function;
mod grant;
mod index;
mod object;
mod policy;
mod raw;
mod table;
mod trigger;
mod view;

use pkmig::schema::{Name, Step, Table};

use crate::choice::Choice;
use crate::world::World;

/// Steps that belong together; none where nothing is there that they could be about.
type Make = fn(&World, &mut Choice) -> Option<Vec<Step>>;

/// How often each kind is chosen.
const KINDS: &[(u32, Make)] = &[
    (14, table::create),
    (2, table::drop),
    (4, table::rename),
    (12, column::add),
    (5, column::drop),
    (6, column::rename),
    (6, column::set_type),
    (3, column::set_not_null),
    (3, column::drop_not_null),
    (4, column::set_default),
    (2, column::drop_default),
    (12, constraint::add),
    (3, constraint::validate),
    (4, constraint::drop),
    (3, constraint::rename),
    (10, index::create),
    (3, index::drop),
    (3, index::rename),
    (3, policy::security),
    (5, policy::create),
    (2, policy::drop),
    (2, policy::rename),
    (4, grant::grant),
    (3, grant::revoke),
    (4, object::create_enum),
    (1, object::add_enum_value),
    (2, object::drop_enum),
    (4, object::create_domain),
    (2, object::drop_domain),
    (4, object::create_sequence),
    (2, object::drop_sequence),
    (2, object::create_extension),
    (6, function::create),
    (3, function::replace),
    (2, function::drop),
    (4, trigger::create),
    (2, trigger::drop),
    (6, view::create),
    (2, view::replace),
    (3, view::rename),
    (2, view::drop),
    (1, view::refresh),
    (6, comment::on),
    (10, data::seed),
    (3, data::backfill),
    (2, data::delete_rows),
    (2, data::rename_value),
    (2, raw::execute),
    (1, raw::on_down),
];

/// The steps of a kind of gene.
pub(crate) fn make(kind: u32, world: &World, choice: &mut Choice) -> Vec<Step> {
    let mut rest = kind % KINDS.iter().map(|(weight, _)| weight).sum::<u32>();
    for (weight, make) in KINDS {
        match rest.checked_sub(*weight) {
            Some(less) => rest = less,
            None => return make(world, choice).unwrap_or_default(),
        }
    }
    Vec::new()
}

/// One of the tables.
fn a_table<'w>(world: &'w World, choice: &mut Choice) -> Option<&'w Table> {
    world.schema.table(choice.one(world.schema.tables().map(|table| table.name))?)
}

/// One of a table's columns.
fn a_column(table: &Table, choice: &mut Choice) -> Option<Name> {
    choice.one(table.column_names())
}

/// Whether a table may have rows: then it matters what a step asks of them.
fn has_rows(world: &World, table: &Table) -> bool {
    world.rows.contains(&table.id)
}

/// Whether a version that has made a table gave it rows: then raw SQL would want the table as it was on the way down, too.
fn fills_a_new_table(world: &World) -> bool {
    world.schema.tables().any(|table| table.since == world.schema.version && has_rows(world, table))
}

/// A flag that says what history may lack: of no consequence where it is said in vain.
fn now_and_then(choice: &mut Choice) -> bool {
    choice.one_in(6)
}
