//! Raw SQL, which changes nothing that the model knows.

use pkmig::schema::step::{Condition, DeleteRows, Execute, OnFresh, Tail};
use pkmig::schema::{Piece, Sql, Step, Table};

use super::{a_column, a_table, fills_a_new_table};
use crate::choice::Choice;
use crate::types::sql;
use crate::world::World;
use crate::{expressions, names};

fn about(before: &'static str, table: &Table, after: &'static str) -> Sql {
    sql([Piece::Text(before), Piece::Object { name: table.name, depth: 0 }, Piece::Text(after)])
}

pub(super) fn execute(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = a_table(world, choice).filter(|_| !fills_a_new_table(world))?;
    let query = || about("SELECT FROM ", table, " WHERE false");
    let condition = match choice.below(4) {
        0 => Condition::Idempotent,
        1 => Condition::Unless(query()),
        2 => Condition::When(query()),
        _ => Condition::WhenColumn(table.name, a_column(table, choice)?),
    };
    let back = || about("ALTER TABLE ", table, " RESET (fillfactor)");
    let tail = match choice.below(3) {
        0 => Tail::Down(back()),
        1 => Tail::LossyDown(back()),
        _ => Tail::Noop(names::text(choice)),
    };
    let sql = about("ALTER TABLE ", table, " SET (fillfactor = 80); SELECT 'it''s $pkmig$ %s'");
    let on_fresh = match choice.below(8) {
        0 => None,
        1 => Some(OnFresh::Run),
        _ => Some(OnFresh::Skip),
    };
    Some(vec![Step::Execute(Execute { sql, condition, on_fresh, tail })])
}

pub(super) fn on_down(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let table = a_table(world, choice).filter(|_| !fills_a_new_table(world))?;
    let step = match choice.one_in(2) {
        true => {
            // It is about rows that came later, and leaves what the version has found.
            let mut predicate = expressions::predicate(world, table, choice, &expressions::bare)?;
            predicate.pieces.to_mut().insert(0, Piece::Text("false AND ("));
            predicate.pieces.to_mut().push(Piece::Text(")"));
            Step::DeleteRows(DeleteRows {
                table: table.name,
                predicate,
                on_fresh: None,
                tail: Tail::Noop("a step of a down"),
            })
        }
        false => {
            let (sql, tail) = (about("SELECT FROM ", table, ""), Tail::Noop("a step of a down"));
            Step::Execute(Execute { sql, condition: Condition::Idempotent, on_fresh: None, tail })
        }
    };
    Some(vec![Step::OnDown { step: Box::leak(Box::new(step)) }])
}
