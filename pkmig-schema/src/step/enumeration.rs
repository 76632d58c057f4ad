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
    if let Some((what, since)) = schema.taken_by_type_or_relation(def.name) {
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
    if drop_type(schema, ObjectKind::Enum, name, report) {
        schema.enums.remove(name);
    }
}

/// Reports what keeps a type of the chain's own from going. Whether it is there.
pub(super) fn drop_type(schema: &mut Schema, kind: ObjectKind, name: Name, report: &mut Report) -> bool {
    let is_there = match kind {
        ObjectKind::Domain => schema.domains.contains_key(name),
        _ => schema.enums.contains_key(name),
    };
    if !is_there {
        report.push(missing_of_kind(schema, kind, name));
        return false;
    }
    let user = schema.tables().find_map(|table| {
        let column = table.columns.iter().find(|column| column.def.ty.name == name)?;
        Some(format!("{kind} `{name}` is the type of `{}.{}`, since {}", table.name, column.def.name, column.since))
    });
    if let Some(message) = user {
        report.push(Problem::new(name, message).help("drop that column or change its type first"));
    } else if let Some(function) = schema.function_over(name) {
        let message = format!("{kind} `{name}` is a type of function `{function}`");
        report.push(Problem::new(name, message).help("drop that first"));
    } else if let Some(user) = schema.user_of(name) {
        report.push(Problem::new(name, format!("{kind} `{name}` {user}")).help("drop or change that first"));
    }
    schema.dropped(kind, name, name);
    true
}

fn missing(schema: &Schema, name: Name) -> Problem {
    missing_of_kind(schema, ObjectKind::Enum, name)
}

fn missing_of_kind(schema: &Schema, kind: ObjectKind, name: Name) -> Problem {
    if let Some((what, _)) = schema.type_of_name(name) {
        let article = if kind == ObjectKind::Enum { "an" } else { "a" };
        return Problem::new(name, format!("`{name}` is not {article} {kind}, but {what}"));
    }
    let fate = schema.history.fate(kind, name, name);
    let missing = Problem::missing(name, format!("no {kind} `{name}`"), &fate);
    match kind {
        ObjectKind::Domain => missing.nearest(schema.domains.keys().copied()),
        _ => missing.nearest(schema.enums.keys().copied()),
    }
}
