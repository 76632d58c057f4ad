//! Triggers: what they need, what goes with their tables and columns, and their way back.

use super::support::*;
use crate::{
    Function, List, Name, ObjectKind, ObjectRef, Returns, Schema, Step, TableDef, Trigger, TriggerEvent, TriggerLevel,
    TriggerTiming,
};

/// A function that triggers can execute.
pub(super) fn function(name: Name) -> Step {
    let Step::CreateFunction { def, .. } = super::function::create(name, &[], "integer") else { unreachable!() };
    Step::CreateFunction { def: Function { returns: Returns::Trigger, ..def }, replace: false }
}

fn trigger(name: Name, update_of: &[Name]) -> Trigger {
    Trigger {
        name,
        timing: TriggerTiming::Before,
        events: vec![TriggerEvent::Insert, TriggerEvent::Update(update_of.to_vec().into())].into(),
        level: TriggerLevel::Row,
        condition: None,
        function: "f",
        arguments: List::Borrowed(&[]),
        comment: None,
    }
}

fn when(condition: Name, trigger: Trigger) -> Trigger {
    Trigger { condition: Some(sql(condition)), ..trigger }
}

pub(super) fn create(table: Name, trigger: Trigger) -> Step {
    Step::CreateTrigger { table, trigger }
}

pub(super) fn drop(table: Name, trigger: Name) -> Step {
    Step::DropTrigger { table, trigger, if_exists: false }
}

/// A table `t` with the columns `a` and `b`, and a function `f` for its triggers.
fn schema(steps: impl IntoIterator<Item = Step>) -> Schema {
    let first = [table("t", &[col("a", "integer"), col("b", "text")], &[]), function("f")];
    after(first.into_iter().chain(steps))
}

#[test]
fn a_trigger_is_created_dropped_and_undone() {
    let create = create("t", when("NEW.[a] > 0", trigger("n", &["b"])));
    let shown = "create_trigger n on t before insert or update of b for_each row when(\"NEW.a > 0\") execute f()";
    assert_eq!(undone(&schema([]), &create), ["drop_trigger n on t"]);
    let schema = schema([create.clone()]);
    assert_eq!(undone(&schema, &drop("t", "n")), [shown]);
    assert_eq!(refused(&schema, &create), "trigger `n` of table `t` already exists, since V3");
    assert_eq!(undone(&schema, &tolerant(drop("t", "m"))), [""; 0]);
}

#[test]
fn a_missing_trigger_is_told_its_fate() {
    let schema = schema([create("t", trigger("n", &[])), create("t", trigger("touch", &[])), drop("t", "n")]);
    assert_eq!(refused(&schema, &drop("t", "n")), "no trigger `n` on table `t`: it was dropped in V5");
    assert_eq!(help(&schema, &drop("t", "tuoch")), "did you mean `touch`?");
    let moved = then(&schema, &rename_table("t", "u"));
    assert_eq!(refused(&moved, &drop("u", "n")), "no trigger `n` on table `u`: it was dropped in V5");
}

#[test]
fn a_trigger_names_what_is_there() {
    let schema = schema([super::function::create("g", &[], "integer")]);
    let of = |trigger| refused(&schema, &create("t", trigger));
    assert_eq!(of(trigger("n", &["c"])), "no column `c` in table `t`");
    assert_eq!(of(when("NEW.[c] > 0", trigger("n", &[]))), "no column `c` in table `t`");
    assert_eq!(of(Trigger { function: "h", ..trigger("n", &[]) }), "no function `h`");
    let not_a_trigger = "function `g` does not return `trigger`, since V3";
    assert_eq!(of(Trigger { function: "g", ..trigger("n", &[]) }), not_a_trigger);
    let instead = Trigger { timing: TriggerTiming::InsteadOf, ..trigger("n", &[]) };
    assert_eq!(of(instead), "`t` is a table, but only views have `instead_of` triggers");
}

#[test]
fn what_a_trigger_uses_is_not_dropped_without_it() {
    let schema = schema([create("t", when("NEW.[a] > 0", trigger("n", &["b"])))]);
    let used = "is used by trigger `n`, since V3";
    assert_eq!(refused(&schema, &drop_column("t", "a")), format!("column `a` {used}"));
    assert_eq!(refused(&schema, &drop_column("t", "b")), format!("column `b` {used}"));
    let both = [
        "add_column t.a: integer",
        "create_trigger n on t before insert or update of b for_each row when(\"NEW.a > 0\") execute f()",
    ];
    assert_eq!(undone(&schema, &cascade(drop_column("t", "a"))), both);
    assert_eq!(refused(&schema, &set_type("t", "a", "bigint")), format!("column `a` {used}"));
    let executed = "function `f` is executed by trigger `n` of table `t`, since V3";
    assert_eq!(refused(&schema, &super::function::drop("f", &[])), executed);
}

#[test]
fn a_condition_keeps_the_function_that_it_calls() {
    let calls = create("t", when("@.g(NEW.[a])", trigger("n", &[])));
    let schema = schema([super::function::create("g", &["integer"], "boolean"), calls]);
    let used = "function `g` is used in the condition of trigger `n` of table `t`";
    assert_eq!(refused(&schema, &super::function::drop("g", &["integer"])), used);
}

#[test]
fn a_trigger_follows_the_renames_of_its_columns_and_table() {
    let schema = schema([create("t", when("NEW.[a] > OLD.[a]", trigger("n", &["a", "b"])))]);
    assert_eq!(undone(&schema, &rename_column("t", "a", "c")), ["rename_column t.c => a"]);
    let renamed = then(&then(&schema, &rename_column("t", "a", "c")), &rename_table("t", "u"));
    let made =
        "create_trigger n on u before insert or update of (c, b) for_each row when(\"NEW.c > OLD.c\") execute f()";
    assert_eq!(undone(&renamed, &drop("u", "n")), [made]);
}

#[test]
fn a_dropped_table_brings_its_triggers_back() {
    let on = ObjectRef::part(ObjectKind::Trigger, "t", "n");
    let schema = schema([create("t", trigger("n", &["a"])), comment_on(on, "why")]);
    assert_eq!(undone(&schema, &drop_table("t")), ["create_table t { … }"]);
    let comment = Step::CommentOn { target: ObjectRef::part(ObjectKind::Trigger, "t", "n"), text: None };
    assert_eq!(undone(&schema, &comment), ["comment_on trigger t n \"why\""]);
}

#[test]
fn a_table_is_made_with_its_triggers() {
    let Step::CreateTable { def, .. } = table("u", &[col("a", "integer")], &[]) else { unreachable!() };
    let def = TableDef { triggers: vec![trigger("n", &["a"]), trigger("m", &["c"])].into(), ..def };
    let step = Step::CreateTable { def, if_not_exists: false };
    assert_eq!(refused(&schema([]), &step), "no column `c` in table `u`");
}
