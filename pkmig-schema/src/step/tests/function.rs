//! Functions: signatures, users, and their way back.

use super::support::*;
use crate::{Function, FunctionArg, List, Name, ObjectKind, Returns, Step};

fn def(name: Name, args: &[Name], returns: Name) -> Function {
    let names = ["a", "b", "c"];
    let arg = |(name, type_): (&Name, &Name)| FunctionArg { name, ty: ty(type_), default: None };
    Function {
        name,
        args: names.iter().zip(args).map(arg).collect(),
        returns: Returns::Type(ty(returns)),
        language: "sql",
        volatility: "immutable",
        strict: false,
        security_definer: false,
        settings: List::Borrowed(&[]),
        body: sql("SELECT 1"),
    }
}

pub(super) fn create(name: Name, args: &[Name], returns: Name) -> Step {
    Step::CreateFunction { def: def(name, args, returns), replace: false }
}

pub(super) fn drop(name: Name, args: &[Name]) -> Step {
    Step::DropFunction { name, args: args.iter().map(|arg| ty(arg)).collect(), if_exists: false }
}

fn replace(def: Function) -> Step {
    Step::CreateFunction { def, replace: true }
}

#[test]
fn a_function_is_created_dropped_and_undone() {
    assert_eq!(undone(&after([]), &create("f", &["text"], "integer")), ["drop_function f(text)"]);
    let schema = after([create("f", &["text"], "integer")]);
    assert_eq!(undone(&schema, &drop("f", &["text"])), ["create_function f(a: text) { … }"]);
    assert_eq!(refused(&schema, &create("f", &["text"], "integer")), "function `f` already exists, since V1");
    assert_eq!(undone(&schema, &tolerant(drop("g", &[]))), [""; 0]);
}

#[test]
fn a_replaced_function_gets_its_body_back() {
    let schema = after([create("f", &["text"], "integer")]);
    let other = Function { body: sql("SELECT 2"), ..def("f", &["text"], "integer") };
    assert_eq!(undone(&schema, &replace(other)), ["create_or_replace_function f(a: text) { … }"]);
    assert_eq!(undone(&schema, &replace(def("f", &["text"], "integer"))), [""; 0]);
    assert_eq!(undone(&schema, &replace(def("g", &[], "integer"))), ["drop_function g()"]);
}

#[test]
fn a_function_is_replaced_only_by_one_of_its_signature() {
    let schema = after([create("f", &["text"], "integer")]);
    let message = "function `f` has different arguments or a different result since V1";
    assert_eq!(refused(&schema, &replace(def("f", &["uuid"], "integer"))), message);
    assert_eq!(refused(&schema, &replace(def("f", &["text"], "bigint"))), message);
    let renamed = List::Owned(vec![FunctionArg { name: "other", ty: ty("text"), default: None }]);
    assert_eq!(refused(&schema, &replace(Function { args: renamed, ..def("f", &[], "integer") })), message);
}

#[test]
fn drop_function_names_its_arguments() {
    let schema = after([create("f", &["varchar", "integer"], "integer")]);
    assert_eq!(refused(&schema, &drop("f", &["text"])), "function `f` takes (varchar, integer), since V1");
    assert_eq!(problems(&schema, &drop("f", &["varchar(5)", "integer"])), []);
    assert_eq!(help(&after([create("make_id", &[], "uuid")]), &drop("make_ids", &[])), "did you mean `make_id`?");
}

#[test]
fn a_function_in_use_is_not_dropped() {
    let columns = [default(col("a", "integer"), expression("@.f()")), col("b", "integer")];
    let used_in = |step: Step| {
        refused(&after([create("f", &[], "integer"), table("u", &columns[1..], &[]), step]), &drop("f", &[]))
    };
    let by = |what: &str| format!("function `f` is used in {what}");
    assert_eq!(used_in(table("t", &columns, &[])), by("the default of column `a` of table `t`"));
    assert_eq!(used_in(add("u", check("[b] > @.f()"))), by("the check `u_b_check` of table `u`"));
    assert_eq!(used_in(create_index("u", index(&["@.f([b])"]))), by("the index `u_f_idx` of table `u`"));
    let twice = add_column("u", generated(col("c", "integer"), "@.f([b])"));
    assert_eq!(used_in(twice), by("the expression of generated column `c` of table `u`"));
}

#[test]
fn a_function_may_call_itself_and_nothing_that_is_not_there() {
    let body =
        |text| Step::CreateFunction { def: Function { body: sql(text), ..def("f", &[], "integer") }, replace: false };
    assert_eq!(problems(&after([]), &body("SELECT @.f()")), []);
    assert_eq!(refused(&after([]), &body("SELECT @.g()")), "no object `@.g` in the schema");
}

#[test]
fn a_default_is_added_and_not_taken_away() {
    let with = |default: Option<Name>| {
        let arg = FunctionArg { name: "a", ty: ty("text"), default: default.map(sql) };
        Function { args: List::Owned(vec![arg]), ..def("f", &[], "integer") }
    };
    let schema = after([create("f", &["text"], "integer")]);
    let anew = ["drop_function f(text)", "create_function f(a: text) { … }"];
    assert_eq!(undone(&schema, &replace(with(Some("'x'")))), anew);
    let commented = then(&schema, &comment_on(crate::step::ObjectRef::new(ObjectKind::Function, "f"), "why"));
    let and_comment = [anew.as_slice(), &["comment_on function f() \"why\""]].concat();
    assert_eq!(undone(&commented, &replace(with(Some("'x'")))), and_comment);
    let schema = then(&schema, &replace(with(Some("'x'"))));
    assert_eq!(refused(&schema, &replace(with(None))), "function `f` has defaults that this one removes, since V2");
    assert_eq!(undone(&schema, &replace(with(Some("'y'")))), ["create_or_replace_function f(a: text) { … }"]);
}

#[test]
fn the_arguments_of_a_function_go_together() {
    let made = |def: Function| refused(&after([]), &Step::CreateFunction { def, replace: false });
    let arg = |name, default: Option<Name>| FunctionArg { name, ty: ty("text"), default: default.map(sql) };
    let args = |args: Vec<FunctionArg>| Function { args: List::Owned(args), ..def("f", &[], "integer") };
    let twice = "duplicate name `a` among the arguments and columns";
    assert_eq!(made(args(vec![arg("a", None), arg("a", None)])), twice);
    let columns = Returns::Table(vec![("a", ty("text"))].into());
    assert_eq!(made(Function { returns: columns, ..args(vec![arg("a", None)]) }), twice);
    let lacking = "argument `b` needs a default, because one before it has one";
    assert_eq!(made(args(vec![arg("a", Some("'x'")), arg("b", None)])), lacking);
    let trigger = Function { returns: Returns::Trigger, ..args(vec![arg("a", None)]) };
    assert_eq!(made(trigger), "a trigger function cannot declare arguments");
    let unknown = Returns::Table(vec![("x", ty("mood"))].into());
    assert_eq!(made(Function { returns: unknown, ..args(vec![]) }), "no type `mood`");
}
