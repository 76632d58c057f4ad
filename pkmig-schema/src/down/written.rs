//! What a down written by hand brings back.

use crate::replay::{Moment, Replayed};
use crate::step::{ConflictAction, Taken};
use crate::{Class, Name, Schema, Step};

/// The class of a written down: lossy if the version loses something that no step of the down puts back, or if a step of the down
/// takes away or overwrites what was there before the version.
pub(crate) fn class(version: &Replayed, down: &[Moment]) -> Class {
    let lost: Vec<_> = version.moments.iter().filter(|moment| moment.class != Class::Lossless).collect();
    let restored = |lost: &&Moment| down.iter().any(|moment| restores(&moment.step, &lost.step));
    let spares =
        |moment: &Moment| !loses(moment, &version.before) || lost.iter().any(|lost| restores(&moment.step, &lost.step));
    match lost.iter().all(restored) && down.iter().all(spares) {
        true => Class::Lossless,
        false => Class::Lossy,
    }
}

/// Whether a step of a down loses something that the schema `before` the version has. Raw SQL is taken at its word.
fn loses(moment: &Moment, before: &Schema) -> bool {
    let Moment { step, before: now, .. } = moment;
    let table = |name: Name| before.table_by_id(now.table(name)?.id);
    let column = |of: Name, name: Name| {
        let id = now.table(of)?.column(name)?.id;
        table(of)?.columns.iter().find(|known| known.id == id)
    };
    match step {
        Step::DropTable { table: name, .. } => table(name).is_some(),
        Step::DropColumn { table, column: name, .. } => {
            column(table, name).is_some_and(|known| known.def.generated.is_none())
        }
        Step::DropSequence { name, .. } => {
            let id = now.sequences.get(name).map(|known| known.id);
            before.sequences.values().any(|known| Some(known.id) == id)
        }
        Step::Backfill(fill) => column(fill.table, fill.column).is_some(),
        Step::DeleteRows(rows) => table(rows.table).is_some(),
        Step::RenameValue(values) => values.taken == Taken::Delete && table(values.table).is_some(),
        Step::Seed(seed) => {
            matches!(seed.on_conflict.action, ConflictAction::DoUpdate(_)) && table(seed.table).is_some()
        }
        _ => false,
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
