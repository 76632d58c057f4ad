//! Sequences that no column brings along.

use super::column;
use crate::types::Family;
use crate::{Name, ObjectKind, Problem, Report, Schema, Sequence};

pub(super) fn create(schema: &mut Schema, def: &Sequence, report: &mut Report) {
    // A sequence adds no type of its own, but PostgreSQL refuses a type's name for any relation but an index.
    if let Some((what, since)) = schema.relation(def.name).or_else(|| schema.type_of_name(def.name)) {
        return report.push(Problem::new(def.name, format!("{what} already exists, since {since}")));
    }
    check_range(def, report);
    if let Some((table, name)) = def.owned_by {
        column::find(schema, table, name, false, report);
    }
    let known = schema.known(def.clone());
    schema.sequences.insert(def.name, known);
}

/// One that counts up goes from 1 to the greatest number of its type, one that counts down from -1 to the least (manual,
/// CREATE SEQUENCE).
fn check_range(def: &Sequence, report: &mut Report) {
    if def.increment == 0 {
        let message = format!("sequence `{}` has an increment of 0", def.name);
        return report.push(Problem::new(def.name, message));
    }
    let Family::Integer(bytes) = def.ty.family() else { return };
    let greatest = i64::MAX >> (64 - 8 * u32::from(bytes));
    let (least, greatest) = if def.increment > 0 { (1, greatest) } else { (-greatest - 1, -1) };
    if !(least..=greatest).contains(&def.start) {
        let message = format!(
            "sequence `{}` cannot start at {}: its values range from {least} to {greatest}",
            def.name, def.start
        );
        report.push(Problem::new(def.name, message));
    }
}

pub(super) fn drop(schema: &mut Schema, name: Name, if_exists: bool, report: &mut Report) {
    if schema.sequences.contains_key(name) {
        if let Some(user) = schema.user_of(name) {
            report.push(Problem::new(name, format!("sequence `{name}` {user}")).help("drop or change that first"));
        }
        schema.sequences.remove(name);
        return schema.dropped(ObjectKind::Sequence, name, name);
    }
    let owner = schema.tables().find_map(|table| {
        let owns = |generator: &crate::Generator| generator.sequence == name;
        let column = table.columns.iter().find(|column| column.def.generator.as_ref().is_some_and(owns))?;
        Some(format!("sequence `{name}` fills `{}.{}`, since {}", table.name, column.def.name, column.since))
    });
    if let Some(message) = owner {
        return report.push(Problem::new(name, message).help("drop that default first"));
    }
    if let Some((what, _)) = schema.relation(name) {
        return report.push(Problem::new(name, format!("`{name}` is not a sequence, but {what}")));
    }
    if !if_exists {
        let fate = schema.history.fate(ObjectKind::Sequence, name, name);
        report.push(
            Problem::missing(name, format!("no sequence `{name}`"), &fate).nearest(schema.sequences.keys().copied()),
        );
    }
}
