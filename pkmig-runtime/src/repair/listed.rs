//! What a repair leaves to a person: why, and what one would say to PostgreSQL.

use pkmig_schema::Step;
use pkmig_schema::repair::{Part, replayed};

use super::Unrepaired;
use super::find::Model;
use super::way::less_security;
use crate::verify::{Difference, DifferenceKind, ObjectKind};
use pkmig_sql::{enable_triggers, set_persistence, statements};

/// What is left of a difference.
pub(super) fn unrepaired(model: Model<'_>, difference: &Difference) -> Unrepaired {
    let what = match &difference.kind {
        DifferenceKind::Different { what, .. } => what.as_str(),
        DifferenceKind::Missing | DifferenceKind::Extra => "",
    };
    let part = model.part(&difference.object);
    let (why, statements) = part.and_then(|part| reason(model, part, what)).unwrap_or_else(|| unknown(difference));
    let help = (!statements.is_empty()).then(|| format!("if that is meant: {}", statements.join("; ")));
    Unrepaired { text: difference.to_string(), why: why.to_owned(), help }
}

fn reason(model: Model<'_>, part: Part, what: &str) -> Option<(&'static str, Vec<String>)> {
    let schema = model.schema;
    let sql = |steps: Vec<Step>| statements(&replayed(&mut schema.clone(), steps), model.context);
    Some(match (part, what) {
        (Part::Column(table, column), "type") => {
            let ty = schema.table(table)?.column(column)?.def.ty.clone();
            let step = Step::SetType { table, column, ty, collation: None, using: None, down_using: None };
            ("its type is changed only where it takes every value of the one that it has", sql(vec![step]))
        }
        (Part::Column(..), _) => {
            ("PostgreSQL changes it only with the column, whose values are not touched", Vec::new())
        }
        (Part::Table(table), "persistence") => {
            let unlogged = schema.table(table)?.unlogged;
            ("the whole table is written anew", vec![set_persistence(model.context, table, unlogged)])
        }
        (Part::Table(table), "row level security") => {
            ("a repair takes no protection away", sql(less_security(schema.table(table)?)))
        }
        (Part::Policy(table, name), _) => {
            let policy = schema.table(table)?.policy(name)?.def.clone();
            let step = Step::CreatePolicy { table, policy, replace: true };
            ("a policy guards access, and is not changed unasked", sql(vec![step]))
        }
        (Part::Trigger(table, name), "enforcement") => {
            ("somebody has switched it off", vec![enable_triggers(model.context, table, Some(name))])
        }
        (Part::Constraint(table, _), "enforcement") => (
            "somebody has switched its triggers off, and rows may break it",
            vec![enable_triggers(model.context, table, None)],
        ),
        (Part::View(view), _) => {
            let def = schema.view(view)?.clone();
            let drop = Step::DropView { view, materialized: def.materialized, if_exists: false, cascade: false };
            (
                "it is made anew only by dropping it, and others may stand on it",
                sql(vec![drop, Step::CreateView { def, replace: false }]),
            )
        }
        (Part::Constraint(..) | Part::Index(..), _) => {
            ("a column of it is left as it is, and so it would be different again", Vec::new())
        }
        (Part::Enum(_), _) => ("PostgreSQL takes no value out of an enum, and puts none elsewhere", Vec::new()),
        (Part::Domain(_), _) => ("columns are of it, and their values may not fit what was declared", Vec::new()),
        (Part::Sequence(_), _) => ("numbers may have been drawn from it", Vec::new()),
        _ => return None,
    })
}

fn unknown(difference: &Difference) -> (&'static str, Vec<String>) {
    match difference.object.kind {
        ObjectKind::Sequence => ("numbers may have been drawn from it", Vec::new()),
        _ => ("something else stands in its place", Vec::new()),
    }
}

/// The labels of an enum, from PostgreSQL's literals: `'a', 'it''s', E'\\'`.
pub(super) fn labels(list: &str) -> Vec<String> {
    let (mut labels, mut rest) = (Vec::new(), list);
    while let Some((before, from)) = rest.split_once('\'') {
        let escapes = before.ends_with('E');
        let (mut label, mut chars) = (String::new(), from.char_indices().peekable());
        rest = "";
        while let Some((place, c)) = chars.next() {
            let doubled = |next: char| next == '\'' || (escapes && next == '\\');
            match c {
                '\'' if chars.next_if(|(_, next)| *next == '\'').is_none() => {
                    rest = &from[place + 1..];
                    break;
                }
                '\\' if escapes => label.extend(chars.next_if(|(_, next)| doubled(*next)).map(|(_, next)| next)),
                c => label.push(c),
            }
        }
        labels.push(label);
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_as_postgresql_prints_them() {
        assert_eq!(labels(""), [""; 0]);
        assert_eq!(
            labels("'sad', 'it''s', '', E'a\\\\b''c', 'naïve, or so'"),
            ["sad", "it's", "", "a\\b'c", "naïve, or so"]
        );
    }
}
