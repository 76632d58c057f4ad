//! What a down written by hand brings back.

use crate::replay::Moment;
use crate::{Class, Name, Step};

/// The class of a written down: lossy if the version loses something that no step of the down puts back.
pub(crate) fn class(version: &[Moment], down: &[Step]) -> Class {
    let restored = |lost: &Moment| down.iter().any(|step| restores(step, &lost.step));
    match version.iter().filter(|moment| moment.class != Class::Lossless).all(restored) {
        true => Class::Lossless,
        false => Class::Lossy,
    }
}

/// Whether a step of a down puts back what a step of the version took away. Raw SQL is taken at its word.
fn restores(step: &Step, lost: &Step) -> bool {
    match lost {
        Step::DropColumn { table, column, .. } | Step::SetType { table, column, .. } => fills(step, table, column),
        Step::Backfill(fill) => fills(step, fill.table, fill.column),
        Step::DropTable { table, .. } => inserts(step, table),
        Step::DeleteRows(rows) => inserts(step, rows.table),
        Step::Seed(seed) => seed.columns.iter().any(|column| fills(step, seed.table, column)),
        Step::DropSequence { name, .. } => names(step, name),
        Step::Execute(_) => {
            matches!(step, Step::Execute(_) | Step::Backfill(_) | Step::Seed(_) | Step::RenameValue(_))
        }
        // An enum that is made anew lacks the value again.
        Step::AddEnumValue { .. } => true,
        _ => false,
    }
}

fn fills(step: &Step, table: Name, column: Name) -> bool {
    match step {
        Step::Backfill(fill) => fill.table == table && fill.column == column,
        Step::SetType { table: of, column: changed, using, .. } => {
            *of == table && *changed == column && using.is_some()
        }
        Step::RenameColumn { table: of, to, .. } => *of == table && *to == column,
        _ => inserts(step, table),
    }
}

fn inserts(step: &Step, table: Name) -> bool {
    matches!(step, Step::Seed(seed) if seed.table == table) || names(step, table)
}

fn names(step: &Step, object: Name) -> bool {
    matches!(step, Step::Execute(execute) if execute.sql.objects().any(|name| name == object))
}
