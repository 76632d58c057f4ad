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
    let help = (!statements.is_empty()).then(|| format!("if that is meant: {}", statements.join("; ")));
    Unrepaired { text: difference.to_string(), why: why.to_owned(), help }
}

fn reason(model: &Model<'_>, object: ObjectRef, property: Option<Property>) -> Option<(&'static str, Vec<String>)> {
    use ObjectKind::{Column, Constraint, Enum, Index, Policy, Sequence, Table, Trigger, View};
    let schema = model.schema;
    let sql = |steps: Vec<Step>| statements(&replayed(&mut schema.clone(), steps), model.context);
    let name = object.name;
    Some(match (object.kind, property) {
        (Column, Some(Property::Type)) => {
            let (table, ty) = (object.of?, model.column(object)?.ty.clone());
            let step = Step::SetType { table, column: name, ty, collation: None, using: None, down_using: None };
            ("its type is changed only where it takes every value of the one that it has", sql(vec![step]))
        }
        (Column, _) => ("PostgreSQL changes it only with the column, whose values are not touched", Vec::new()),
        (Table, Some(Property::Persistence)) => {
            let unlogged = schema.table(name)?.unlogged;
            ("the whole table is written anew", vec![set_persistence(model.context, name, unlogged)])
        }
        (Table, Some(Property::RowSecurity)) => {
            ("a repair takes no protection away", sql(less_security(schema.table(name)?)))
        }
        (Policy, _) => {
            let table = object.of?;
            let policy = schema.table(table)?.policy(name)?.def.clone();
            let step = Step::CreatePolicy { table, policy, replace: true };
            ("a policy guards access, and is not changed unasked", sql(vec![step]))
        }
        (Trigger, Some(Property::Enforcement)) => {
            ("somebody has switched it off", vec![enable_triggers(model.context, object.of?, Some(name))])
        }
        (Constraint, Some(Property::Enforcement)) => (
            "somebody has switched its triggers off, and rows may break it",
            vec![enable_triggers(model.context, object.of?, None)],
        ),
        (View, _) => {
            let def = schema.view(name)?.clone();
            let drop = Step::DropView { view: name, materialized: def.materialized, if_exists: false, cascade: false };
            (
                "it is made anew only by dropping it, and others may stand on it",
                sql(vec![drop, Step::CreateView { def, replace: false }]),
            )
        }
        (Constraint | Index, _) => ("a column of it is left as it is, and so it would be different again", Vec::new()),
        (Enum, _) => ("PostgreSQL takes no value out of an enum, and puts none elsewhere", Vec::new()),
        (Sequence, _) => ("numbers may have been drawn from it", Vec::new()),
        _ => return None,
    })
}

fn unknown(difference: &Difference) -> (&'static str, Vec<String>) {
    match difference.object.kind {
        ObjectKind::Sequence => ("numbers may have been drawn from it", Vec::new()),
        _ => ("something else stands in its place", Vec::new()),
    }
}
