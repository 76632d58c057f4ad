//! Enums: values, users, and their way back.

use super::support::*;
use crate::step::LabelPosition;
use crate::{Class, Enum, Name, Step};

fn state() -> Step {
    Step::CreateEnum { def: Enum { name: "state", labels: vec!["open", "done"].into() } }
}

fn add_value(label: Name, position: Option<LabelPosition>) -> Step {
    Step::AddEnumValue { name: "state", label, position }
}

const DROP: Step = Step::DropEnum { name: "state" };

#[test]
fn an_enum_is_created_dropped_and_undone() {
    assert_eq!(undone(&after([]), &state()), ["drop_enum state"]);
    assert_eq!(undone(&after([state()]), &DROP), ["create_enum state { \"open\", \"done\" }"]);
    assert_eq!(refused(&after([state()]), &state()), "enum `state` already exists, since V1");
    assert_eq!(refused(&after([table("state", &[], &[])]), &state()), "table `state` already exists, since V1");
    assert_eq!(refused(&after([state(), DROP]), &DROP), "no enum `state`: it was dropped in V2");
}

#[test]
fn a_value_is_put_where_it_belongs() {
    let schema = after([
        state(),
        add_value("last", None),
        add_value("first", Some(LabelPosition::Before("open"))),
        add_value("between", Some(LabelPosition::After("open"))),
    ]);
    let labels = schema.enumeration("state").map(|def| def.labels.to_vec());
    assert_eq!(labels, Some(vec!["first", "open", "between", "done", "last"]));
    assert_eq!(refused(&schema, &add_value("open", None)), "enum `state` already has the value `open`");
    assert_eq!(help(&schema, &add_value("x", Some(LabelPosition::After("opne")))), "did you mean `open`?");
}

#[test]
fn a_value_has_no_way_back_unless_the_enum_goes_too() {
    let schema = after([state()]);
    let message = not_undone(&schema, &add_value("x", None));
    assert_eq!(message, "add_enum_value cannot be reverted: PostgreSQL cannot remove `x` from `state`");
    assert_eq!(class(&schema, &add_value("x", None)), Class::Irreversible);
    // `after` leaves the schema in the version that made the enum.
    let mut now = schema.clone();
    add_value("x", None).apply(&mut now, &mut crate::Report::default());
    assert_eq!(add_value("x", None).class(&schema, &now), Class::Lossless);
    assert!(crate::down::inverse::inverse(&add_value("x", None), &schema, &now).is_ok_and(|steps| steps.is_empty()));
}

#[test]
fn literals_of_an_enum_are_its_values() {
    let schema = after([state()]);
    let with = |value| table("t", &[default(col("state", "state"), text(value))], &[]);
    assert_eq!(problems(&schema, &with("open")), []);
    assert_eq!(refused(&schema, &with("opne")), "default not valid for enum `state`: `opne`");
    assert_eq!(help(&schema, &with("opne")), "did you mean `open`?");
}

#[test]
fn an_enum_in_use_is_not_dropped() {
    let column = after([state(), table("t", &[col("s", "state")], &[])]);
    assert_eq!(refused(&column, &DROP), "enum `state` is the type of `t.s`, since V2");
    let array = after([state(), table("t", &[col("s", "state[]")], &[])]);
    assert_eq!(refused(&array, &DROP), "enum `state` is the type of `t.s`, since V2");
    let function = after([state(), super::function::create("f", &["state"], "integer")]);
    assert_eq!(refused(&function, &DROP), "enum `state` is a type of function `f`");
    let check = after([state(), table("t", &[col("s", "text")], &[check("[s]::@.state > 'open'")])]);
    assert_eq!(refused(&check, &DROP), "enum `state` is used in the check `t_s_check` of table `t`");
}
