//! What a repair leaves to a person: why, and what one would say to PostgreSQL.

use pkmig_schema::repair::replayed;
use pkmig_schema::{ObjectKind, ObjectRef, Step};

use super::Unrepaired;
use super::find::Model;
use super::way::less_security;
use crate::verify::{Difference, DifferenceKind, Property};
use pkmig_sql::{enable_triggers, set_persistence, statements};

/// What is left of a difference.
pub(super) fn unrepaired(model: &Model<'_>, difference: &Difference) -> Unrepaired {
    let property = match &difference.kind {
        DifferenceKind::Different { property, .. } => Some(*property),
        _ => None,
    };
    let object = model.object(&difference.object);
    let reason = object.and_then(|object| reason(model, object, property));
    let (why, statements) = reason.unwrap_or_else(|| unknown(difference));
    let help = (!statements.is_empty()).then(|| format!("if you want that, run: {}", statements.join("; ")));
    Unrepaired { text: difference.to_string(), why: why.to_owned(), help }
}

fn reason(model: &Model<'_>, object: ObjectRef, property: Option<Property>) -> Option<(&'static str, Vec<String>)> {
    use ObjectKind::{Column, Constraint, Domain, Enum, Index, Policy, Sequence, Table, Trigger, View};
    let schema = model.schema;
    let sql = |steps: Vec<Step>| statements(&replayed(&mut schema.clone(), steps), model.context);
    let name = object.name;
    Some(match (object.kind, property) {
        (Column, Some(Property::Type)) => {
            let (table, ty) = (object.of?, model.column(object)?.ty.clone());
            let step = Step::SetType { table, column: name, ty, collation: None, using: None, down_using: None };
            ("a repair changes a type only if the new one takes every value of the old one", sql(vec![step]))
        }
        (Column, _) => ("PostgreSQL changes it only by dropping the column, and a repair keeps its values", Vec::new()),
        (Table, Some(Property::Persistence)) => {
            let unlogged = schema.table(name)?.unlogged;
            ("it would rewrite the whole table", vec![set_persistence(model.context, name, unlogged)])
        }
        (Table, Some(Property::RowSecurity)) => {
            ("a repair does not remove protection", sql(less_security(schema.table(name)?)))
        }
        (Policy, _) => {
            let table = object.of?;
            let policy = schema.table(table)?.policy(name)?.def.clone();
            let step = Step::CreatePolicy { table, policy, replace: true };
            ("a policy controls access, so a repair does not change it", sql(vec![step]))
        }
        (Trigger, Some(Property::Enforcement)) => {
            ("it was disabled on purpose", vec![enable_triggers(model.context, object.of?, Some(name))])
        }
        (Constraint, Some(Property::Enforcement)) => (
            "its triggers were disabled, so rows may violate it",
            vec![enable_triggers(model.context, object.of?, None)],
        ),
        (View, _) => {
            let def = schema.view(name)?.clone();
            let drop = Step::DropView { view: name, materialized: def.materialized, if_exists: false, cascade: false };
            (
                "it would have to be dropped, and other objects may depend on it",
                sql(vec![drop, Step::CreateView { def, replace: false }]),
            )
        }
        (Constraint | Index, _) => ("one of its columns is not repaired, so it would differ again", Vec::new()),
        (Enum, _) => ("PostgreSQL can neither remove nor reorder enum values", Vec::new()),
        (Domain, _) => ("columns have this type, and their values may not fit the declared domain", Vec::new()),
        (Sequence, _) => ("values may have been taken from it", Vec::new()),
        _ => return None,
    })
}

fn unknown(difference: &Difference) -> (&'static str, Vec<String>) {
    match difference.object.kind {
        ObjectKind::Sequence => ("values may have been taken from it", Vec::new()),
        _ => ("another object has its name", Vec::new()),
    }
}
