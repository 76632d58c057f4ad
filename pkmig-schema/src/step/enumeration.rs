//! Enum types: create, add a value, drop.

use crate::{Enum, Name, ObjectKind, Problem, Report, Schema};

/// Where a new value stands among the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabelPosition {
    /// Before this one.
    Before(Name),
    /// After this one.
    After(Name),
}

pub(super) fn create(schema: &mut Schema, def: &Enum, report: &mut Report) {
    if let Some(existing) = schema.enums.get(def.name) {
        return report
            .push(Problem::new(def.name, format!("enum `{}` already exists, since {}", def.name, existing.since)));
    }
    // A table or view is a type too (manual section 8.16), and a sequence could not be made beside the enum.
    if let Some((what, since)) = schema.relation(def.name).filter(|(what, _)| !what.starts_with("index")) {
        return report.push(Problem::new(def.name, format!("{what} already exists, since {since}")));
    }
    let known = schema.known(def.clone());
    schema.enums.insert(def.name, known);
}

pub(super) fn add_value(
    schema: &mut Schema,
    name: Name,
    label: Name,
    position: Option<&LabelPosition>,
    report: &mut Report,
) {
    let Some(known) = schema.enums.get_mut(name) else {
        return report.push(missing(schema, name));
    };
    if known.def.labels.contains(&label) {
        return report.push(Problem::new(label, format!("enum `{name}` already has the value `{label}`")));
    }
    let labels = known.def.labels.to_mut();
    let at = match position {
        None => labels.len(),
        Some(LabelPosition::Before(other) | LabelPosition::After(other)) => {
            match labels.iter().position(|label| label == other) {
                Some(index) => index + usize::from(matches!(position, Some(LabelPosition::After(_)))),
                None => {
                    let problem = Problem::new(other, format!("no value `{other}` in enum `{name}`"));
                    return report.push(problem.nearest(labels.iter().copied()));
                }
            }
        }
    };
    labels.insert(at, label);
}

pub(super) fn drop(schema: &mut Schema, name: Name, report: &mut Report) {
    if !schema.enums.contains_key(name) {
        return report.push(missing(schema, name));
    }
    let user = schema.tables().find_map(|table| {
        let column = table.columns.iter().find(|column| column.def.ty.name == name)?;
        Some(format!("enum `{name}` is the type of `{}.{}`, since {}", table.name, column.def.name, column.since))
    });
    if let Some(message) = user {
        report.push(Problem::new(name, message).help("drop that column or change its type first"));
    } else if let Some(function) = schema.function_over(name) {
        report.push(
            Problem::new(name, format!("enum `{name}` is a type of function `{function}`")).help("drop that first"),
        );
    } else if let Some(user) = schema.user_of(name) {
        report.push(Problem::new(name, format!("enum `{name}` {user}")).help("drop or change that first"));
    }
    schema.enums.remove(name);
    schema.dropped(ObjectKind::Enum, name, name);
}

fn missing(schema: &Schema, name: Name) -> Problem {
    let fate = schema.history.fate(ObjectKind::Enum, name, name);
    Problem::missing(name, format!("no enum `{name}`"), &fate).nearest(schema.enums.keys().copied())
}
