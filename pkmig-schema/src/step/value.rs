//! The values of columns: whether a type exists, and whether a value is valid for it.

use super::table::check_objects;
use crate::schema::Returns;
use crate::types::{self, Family};
use crate::{Literal, ObjectKind, Piece, Problem, Report, Schema, Sql, Type, Value};

/// Reports a type that neither PostgreSQL nor the schema has.
pub(super) fn check_type(schema: &Schema, ty: &Type, report: &mut Report) {
    if let Some(extension) = ty.extension() {
        if !schema.extensions.contains_key(extension) {
            report.push(needs_extension(ty.name, &format!("type `{}`", ty.name), extension));
        }
    } else if ty.known().is_none() && !schema.has_type(ty.name) {
        report.push(missing_type(schema, ty));
    }
}

/// The problem of an unknown type.
pub(crate) fn missing_type(schema: &Schema, ty: &Type) -> Problem {
    let fates = [ObjectKind::Enum, ObjectKind::Domain].map(|kind| schema.history.fate(kind, ty.name, ty.name));
    let problem = Problem::missing(ty.name, format!("no type `{}`", ty.name), &fates.concat());
    match types::meant(ty.name) {
        Some(meant) => problem.help(format!("did you mean `{meant}`?")),
        None => problem.nearest(types::words().chain(schema.enums.keys().chain(schema.domains.keys()).copied())),
    }
}

/// The problem of something that an extension brings which the chain has not created.
pub(super) fn needs_extension(at: crate::Name, what: &str, extension: &str) -> Problem {
    let is_word = extension.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let name = if is_word { extension.to_owned() } else { format!("\"{extension}\"") };
    Problem::missing(at, format!("{what} needs the extension `{extension}`, which the chain has not created"), "")
        .help(format!("add `create_extension {name};` before it"))
}

/// Reports a literal that is not valid for the type, or an expression that names what does not exist.
pub(super) fn check_value(schema: &Schema, value: &Value, ty: &Type, what: &str, report: &mut Report) {
    let ty = &schema.base(ty);
    match value {
        Value::Sql(sql) => {
            check_objects(schema, sql, report);
            check_call(schema, sql, ty, what, report);
        }
        Value::Literal(literal) => {
            if let Err(why) = ty.accepts(literal) {
                report.push(Problem::new(literal.text(), format!("{what} {why}")));
            } else if let (Some(def), Literal::Text(text)) = (schema.enumeration(ty.name), literal)
                && !ty.array
                && ty.family() == Family::Other
                && !def.labels.contains(text)
            {
                let message = format!("{what} not valid for enum `{}`: `{text}`", ty.name);
                report.push(Problem::new(text, message).nearest(def.labels.iter().copied()));
            }
        }
    }
}

/// Reports a call of one function, where its result is known not to fit.
fn check_call(schema: &Schema, sql: &Sql, ty: &Type, what: &str, report: &mut Report) {
    let (at, shown, result) = match &*sql.pieces {
        [Piece::Text(text)] => {
            let Some((word, _)) = text.split_once('(').filter(|(word, rest)| !word.is_empty() && is_closed(rest))
            else {
                return;
            };
            let Some(function) = types::function(word) else { return };
            if let Some(extension) = function.extension
                && !schema.extensions.contains_key(extension)
            {
                return report.push(needs_extension(text, &format!("function `{word}`"), extension));
            }
            (*text, format!("{word}()"), Returns::Type(Type::plain(function.result)))
        }
        [Piece::Object { name, .. }, Piece::Text(text)] if text.strip_prefix('(').is_some_and(is_closed) => {
            let Some(function) = schema.function(name) else {
                if schema.has_object(name) {
                    report.push(Problem::new(name, format!("`{}` is not a function", crate::sql::object(name))));
                }
                return;
            };
            (*name, format!("{}()", crate::sql::object(name)), function.returns.clone())
        }
        _ => return,
    };
    let given = match &result {
        Returns::Type(given) if schema.base(given).casts_to(ty) => return,
        Returns::Type(given) => given.formatted(),
        Returns::Void => "nothing".to_owned(),
        Returns::Trigger => "a trigger".to_owned(),
        Returns::SetOf(_) | Returns::Table(_) => "many rows".to_owned(),
    };
    report.push(Problem::new(at, format!("{what} not valid for {}: `{shown}` returns {given}", ty.formatted())));
}

/// Whether the parenthesis that `rest` stands behind is closed at its very end.
fn is_closed(rest: &str) -> bool {
    rest.strip_suffix(')').is_some_and(|inner| !inner.contains(['(', ')']))
}
