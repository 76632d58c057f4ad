//! Functions: create, replace, drop.

use super::table::check_objects;
use super::value::check_type;
use crate::schema::Returns;
use crate::{Function, Known, Name, ObjectKind, Privilege, Problem, Report, Schema, Type};

pub(super) fn create(schema: &mut Schema, def: &Function, replace: bool, report: &mut Report) {
    for arg in def.args.iter() {
        check_type(schema, &arg.ty, report);
    }
    def.returns.types().for_each(|ty| check_type(schema, ty, report));
    check_arguments(def, report);
    let id = match schema.functions.get(def.name) {
        Some(existing) if !replace => {
            let message = format!("function `{}` already exists, since {}", def.name, existing.since);
            return report.push(Problem::new(def.name, message).help("use `create_or_replace_function`"));
        }
        Some(existing) if !same_signature(&existing.def, def) => {
            let message = format!(
                "function `{}` has different arguments or a different result since {}",
                def.name, existing.since
            );
            return report.push(Problem::new(def.name, message).help("drop it first"));
        }
        Some(existing) if lacks_default(&existing.def, def) => {
            let message =
                format!("function `{}` has defaults that this one removes, since {}", def.name, existing.since);
            return report.push(Problem::new(def.name, message).help("keep them, or drop it first"));
        }
        Some(existing) => Some(existing.id),
        None => None,
    };
    if id.is_none() {
        schema.function_privileges.insert(def.name, Privilege::by_default(ObjectKind::Function));
    }
    let mut known = schema.known(def.clone());
    known.id = id.unwrap_or(known.id);
    schema.functions.insert(def.name, known);
    // After it is there: a function may call itself.
    check_objects(schema, &def.body, report);
}

/// What PostgreSQL wants of the arguments among themselves (manual, CREATE FUNCTION).
fn check_arguments(def: &Function, report: &mut Report) {
    let columns: &[(Name, Type)] = if let Returns::Table(columns) = &def.returns { columns } else { &[] };
    let mut names = Vec::new();
    for name in def.args.iter().map(|arg| arg.name).chain(columns.iter().map(|(name, _)| *name)) {
        if names.contains(&name) {
            report.push(Problem::new(name, format!("duplicate name `{name}` among the arguments and columns")));
        }
        names.push(name);
    }
    let after_default = def.args.iter().skip_while(|arg| arg.default.is_none()).find(|arg| arg.default.is_none());
    if let Some(arg) = after_default {
        let message = format!("argument `{}` needs a default, because one before it has one", arg.name);
        report.push(Problem::new(arg.name, message));
    }
    if let Some(arg) = def.args.first().filter(|_| def.returns == Returns::Trigger) {
        let help = "remove it, pass the value as in `execute f(\"…\")`, and read it from TG_ARGV";
        report.push(Problem::new(arg.name, "a trigger function cannot declare arguments").help(help));
    }
}

/// Whether an argument has a default that its successor does not have: PostgreSQL takes none away.
pub(crate) fn lacks_default(was: &Function, now: &Function) -> bool {
    was.args.iter().zip(now.args.iter()).any(|(was, now)| was.default.is_some() && now.default.is_none())
}

/// What `CREATE OR REPLACE` leaves as it is: the types and names of the arguments and the result.
fn same_signature(one: &Function, two: &Function) -> bool {
    let args = |function: &Function| function.args.iter().map(|arg| (arg.name, arg.ty.clone())).collect::<Vec<_>>();
    args(one) == args(two) && one.returns == two.returns
}

pub(super) fn drop(schema: &mut Schema, name: Name, args: &[Type], if_exists: bool, report: &mut Report) {
    let Some(known) = schema.functions.get(name) else {
        if !if_exists {
            report.push(schema.missing_function(name));
        }
        return;
    };
    check_signature(known, name, args, report);
    if let Some(user) = schema.user_of(name) {
        report.push(Problem::new(name, format!("function `{name}` {user}")).help("drop or change that first"));
    }
    schema.functions.remove(name);
    schema.function_comments.remove(name);
    schema.function_privileges.remove(name);
    schema.dropped(ObjectKind::Function, name, name);
}

/// Reports the types of arguments that are not those of the function.
pub(super) fn check_signature(known: &Known<Function>, name: Name, args: &[Type], report: &mut Report) {
    // Modifiers are no part of a function's signature.
    let bare = |ty: &Type| (ty.name, ty.array);
    if !known.def.args.iter().map(|arg| bare(&arg.ty)).eq(args.iter().map(bare)) {
        let types: Vec<_> = known.def.args.iter().map(|arg| arg.ty.to_string()).collect();
        let message = format!("function `{name}` takes ({}), since {}", types.join(", "), known.since);
        report.push(Problem::new(name, message).help("name the types of its arguments"));
    }
}
