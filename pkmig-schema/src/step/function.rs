//! Functions: create, replace, drop.

use super::table::check_objects;
use super::value::{check_type, user_of};
use crate::schema::{Kind, Returns};
use crate::{Function, List, Name, Problem, Report, Schema, Type};

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

pub(super) fn drop(schema: &mut Schema, name: Name, args: &[Type], if_exists: bool, report: &mut Report) {
    let Some(known) = schema.functions.get(name) else {
        if !if_exists {
            report.push(schema.missing_function(name));
        }
        return;
    };
    let types: List<Type> = known.def.args.iter().map(|arg| arg.ty.clone()).collect();
    if types != args {
        let list = |types: &[Type]| types.iter().map(Type::formatted).collect::<Vec<_>>().join(", ");
        let (wanted, since) = (list(args), known.since);
        let message = format!("no function `{name}({wanted})`: it is `{name}({})` since {since}", list(&types));
        report.push(Problem::new(name, message));
    }
    if let Some(user) = user_of(schema, name) {
        report.push(Problem::new(name, format!("function `{name}` {user}")).help("drop or change that first"));
    }
    schema.functions.remove(name);
    schema.dropped(Kind::Function, name, name);
}
