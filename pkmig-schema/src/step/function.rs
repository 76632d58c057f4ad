//! Functions: create, replace, drop.

use super::column::check_type;
use super::table::check_objects;
use crate::schema::{Kind, Returns};
use crate::{Function, Name, Problem, Report, Schema, Value};

pub(super) fn create(schema: &mut Schema, def: &Function, replace: bool, report: &mut Report) {
    for arg in def.args.iter() {
        check_type(schema, &arg.ty, report);
    }
    if let Returns::Type(ty) | Returns::SetOf(ty) = &def.returns {
        check_type(schema, ty, report);
    }
    let id = match schema.functions.get(def.name) {
        Some(existing) if !replace => {
            let message = format!("function `{}` exists already, since {}", def.name, existing.since);
            return report.push(Problem::new(def.name, message).help("say `create_or_replace_function`"));
        }
        Some(existing) if !same_signature(&existing.def, def) => {
            let message =
                format!("function `{}` has other arguments or another result since {}", def.name, existing.since);
            return report.push(Problem::new(def.name, message).help("drop it first"));
        }
        Some(existing) => Some(existing.id),
        None => None,
    };
    let mut known = schema.known(def.clone());
    known.id = id.unwrap_or(known.id);
    schema.functions.insert(def.name, known);
    // After it is there: a function may call itself.
    check_objects(schema, &def.body, report);
}

fn same_signature(one: &Function, two: &Function) -> bool {
    let types = |function: &Function| function.args.iter().map(|arg| arg.ty.clone()).collect::<Vec<_>>();
    types(one) == types(two) && one.returns == two.returns
}

pub(super) fn drop(schema: &mut Schema, name: Name, if_exists: bool, report: &mut Report) {
    if !schema.functions.contains_key(name) {
        if !if_exists {
            let fate = schema.history.fate(Kind::Function, name, name);
            let candidates = schema.functions.keys().copied();
            report.push(Problem::new(name, format!("no function `{name}`{fate}")).nearest(candidates));
        }
        return;
    }
    let user = schema.tables().find_map(|table| {
        let calls = |value: &Value| matches!(value, Value::Sql(sql) if sql.objects().any(|object| object == name));
        let column = table.columns.iter().find(|column| column.def.default.as_ref().is_some_and(calls))?;
        Some(format!("function `{name}` is the default of `{}.{}`", table.name, column.def.name))
    });
    if let Some(message) = user {
        report.push(Problem::new(name, message).help("drop or change that default first"));
    }
    schema.functions.remove(name);
    schema.dropped(Kind::Function, name, name);
}
