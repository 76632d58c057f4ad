//! Functions.

use pkmig::schema::{Function, FunctionArg, List, Name, Piece, Returns, Step, Type};

use super::{a_table, now_and_then};
use crate::choice::Choice;
use crate::names;
use crate::types::{self, sql};
use crate::world::World;

fn arg(name: Name, ty: Type) -> FunctionArg {
    FunctionArg { name, ty, default: None }
}

fn definition(world: &World, choice: &mut Choice, name: Name) -> Option<Function> {
    let (args, returns, language, body) = match choice.below(6) {
        0 | 1 => (vec![], Returns::Trigger, "plpgsql", vec![Piece::Text("BEGIN RETURN coalesce(NEW, OLD); END")]),
        2 => {
            let ty = Type { modifiers: List::Borrowed(&[]), ..types::ty(world, choice) };
            (vec![arg("value", ty.clone())], Returns::Type(ty), "sql", vec![Piece::Text("SELECT value")])
        }
        3 => (vec![], Returns::Type(types::ty(world, choice)), "plpgsql", vec![Piece::Text("BEGIN RETURN NULL; END")]),
        4 => {
            let table = a_table(world, choice)?.name;
            let body = vec![Piece::Text("SELECT count(*) FROM "), Piece::Object { name: table, depth: 0 }];
            let returns = choice.of(&[Returns::SetOf(Type::plain("bigint")), Returns::Type(Type::plain("bigint"))]);
            (vec![], returns, "sql", body)
        }
        _ => {
            let mut last = arg(names::column(choice), Type::plain("integer"));
            last.default = choice.one_in(2).then(|| sql([Piece::Text("1 + 1")]));
            let args = vec![arg("first of all", types::ty(world, choice)), last];
            let rows = Returns::Table(vec![("n", Type::plain("integer")), ("m", types::ty(world, choice))].into());
            let returns = choice.of(&[Returns::Void, rows]);
            (args, returns, "plpgsql", vec![Piece::Text("BEGIN RETURN; END $$ -- $pkmig$ %s")])
        }
    };
    let body = match body.as_slice() {
        [Piece::Text(text)] => vec![Piece::Text(text.trim_end_matches(" $$ -- $pkmig$ %s"))],
        _ => body,
    };
    let settings: &[(Name, Name)] = match choice.below(5) {
        0 => &[("search_path", "@, pg_temp"), ("work_mem", "64MB")],
        1 => &[("search_path", "")],
        _ => &[],
    };
    Some(Function {
        name,
        args: args.into(),
        returns,
        language,
        volatility: choice.of(&["volatile", "stable", "immutable"]),
        strict: choice.one_in(4),
        security_definer: choice.one_in(5),
        settings: settings.to_vec().into(),
        body: sql(body),
    })
}

pub(super) fn create(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let name = names::object(choice);
    Some(vec![Step::CreateFunction { def: definition(world, choice, name)?, replace: now_and_then(choice) }])
}

fn a_function<'w>(world: &'w World, choice: &mut Choice) -> Option<&'w Function> {
    world.schema.function(choice.one(world.schema.functions().map(|function| function.name))?)
}

pub(super) fn replace(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let mut def = a_function(world, choice)?.clone();
    def.volatility = choice.of(&["volatile", "stable", "immutable"]);
    def.strict = choice.one_in(2);
    def.security_definer = choice.one_in(3);
    let settings: &[(Name, Name)] = if choice.one_in(2) { &[] } else { &[("work_mem", "8MB")] };
    def.settings = settings.to_vec().into();
    Some(vec![Step::CreateFunction { def, replace: true }])
}

pub(super) fn drop(world: &World, choice: &mut Choice) -> Option<Vec<Step>> {
    let function = a_function(world, choice)?;
    let args = function.args.iter().map(|arg| arg.ty.clone()).collect();
    Some(vec![Step::DropFunction { name: function.name, args, if_exists: now_and_then(choice) }])
}
