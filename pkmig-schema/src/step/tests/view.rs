//! Views: what they show, what stands on them, and their way back.

use super::support::*;
use crate::{
    List, Name, ObjectKind, ObjectRef, Piece, Schema, Sql, Step, Trigger, TriggerEvent, TriggerLevel, TriggerTiming,
    View,
};

/// `SELECT t.a, t.b FROM @.t`, for tables and columns of any name.
fn select(relation: Name, columns: &[Name]) -> Sql {
    let tables = || List::Owned(vec![relation]);
    let mut pieces = vec![Piece::Text("SELECT ")];
    for column in columns {
        pieces.extend([Piece::Qualifier(relation), Piece::Text(".")]);
        pieces.extend([Piece::Column { name: column, tables: tables(), open: false }, Piece::Text(" ")]);
    }
    pieces.extend([Piece::Text("FROM "), Piece::Object { name: relation, depth: 0 }]);
    Sql { pieces: pieces.into() }
}

pub(super) fn view(name: Name, relation: Name, columns: &[Name]) -> View {
    View {
        name,
        materialized: false,
        with_data: true,
        columns: columns.to_vec().into(),
        query: select(relation, columns),
        indexes: List::Borrowed(&[]),
        triggers: List::Borrowed(&[]),
        comment: None,
    }
}

pub(super) fn create(def: View) -> Step {
    Step::CreateView { def, replace: false }
}

fn replace(def: View) -> Step {
    Step::CreateView { def, replace: true }
}

fn materialized(def: View) -> View {
    View { materialized: true, ..def }
}

fn drop(view: Name) -> Step {
    Step::DropView { view, materialized: false, if_exists: false, cascade: false }
}

fn rename(from: Name, to: Name) -> Step {
    Step::RenameView { from, to, if_exists: false }
}

fn on_insert(timing: TriggerTiming) -> Trigger {
    Trigger {
        name: "n",
        timing,
        events: vec![TriggerEvent::Insert].into(),
        level: TriggerLevel::Row,
        condition: None,
        function: "f",
        arguments: List::Borrowed(&[]),
        comment: None,
    }
}

fn named_index(name: Name) -> crate::Index {
    index_named(name, index(&["a"]))
}

fn refresh(concurrently: bool) -> Step {
    Step::RefreshMaterializedView { view: "m", concurrently }
}

/// A table `t` with the columns `a` and `b`, and what is made next.
fn schema(steps: impl IntoIterator<Item = Step>) -> Schema {
    after([table("t", &[col("a", "integer"), col("b", "text")], &[])].into_iter().chain(steps))
}

#[test]
fn a_view_is_created_dropped_and_undone() {
    let made = create(view("v", "t", &["a"]));
    assert_eq!(undone(&schema([]), &made), ["drop_view v"]);
    let schema = schema([made.clone()]);
    assert_eq!(undone(&schema, &drop("v")), ["create_view v as \"SELECT t.a FROM @.t\""]);
    assert_eq!(refused(&schema, &made), "view `v` already exists, since V2");
    assert_eq!(help(&schema, &made), "use `create_or_replace_view`");
    assert_eq!(refused(&schema, &table("v", &[], &[])), "view `v` already exists, since V2");
    assert_eq!(refused(&then(&schema, &drop("v")), &drop("v")), "no view `v`: it was dropped in V3");
    assert_eq!(undone(&schema, &tolerant(drop("w"))), [""; 0]);
}

#[test]
fn a_materialized_view_is_another_kind() {
    let schema = schema([create(materialized(view("m", "t", &["a"])))]);
    assert_eq!(refused(&schema, &drop("m")), "`m` is a materialized view");
    assert_eq!(help(&schema, &drop("m")), "use `drop_materialized_view`");
    let again = create(view("m", "t", &["a"]));
    assert_eq!(refused(&schema, &again), "materialized view `m` already exists, since V2");
    assert_eq!(undone(&schema, &refresh(false)), [""; 0]);
    let dropped = Step::DropView { view: "m", materialized: true, if_exists: false, cascade: false };
    let made = ["create_materialized_view m as \"SELECT t.a FROM @.t\""];
    assert_eq!(undone(&schema, &dropped), made);
}

#[test]
fn a_materialized_view_has_indexes_of_its_own() {
    let schema = schema([create(materialized(view("m", "t", &["a"])))]);
    let lacking = "materialized view `m` has no unique index on plain columns that covers all rows";
    assert_eq!(refused(&schema, &refresh(true)), lacking);
    assert_eq!(refused(&schema, &create_index("m", index(&["b"]))), "no column `b` in materialized view `m`");
    let made = create_index("m", index_named("n", unique_index(&["a"])));
    assert_eq!(undone(&schema, &made), ["drop_index n"]);
    let schema = then(&schema, &made);
    assert_eq!(undone(&schema, &drop_index("n")), ["create_unique_index n on m (a)"]);
    assert_eq!(problems(&schema, &refresh(true)), []);
    let comment = comment_on(ObjectRef::new(ObjectKind::Index, "n"), "one row each");
    assert_eq!(undone(&schema, &comment), ["comment_on index n null"]);
    assert_eq!(
        refused(&schema, &create_index("t", index_named("n", index(&["a"])))),
        "index `n` of materialized view `m` already exists, since V2"
    );
    let dropped = Step::DropView { view: "m", materialized: true, if_exists: false, cascade: false };
    assert_eq!(undone(&schema, &dropped), ["create_materialized_view m as \"SELECT t.a FROM @.t\""]);
    let plain = then(&schema, &create(view("v", "t", &["a"])));
    assert_eq!(
        refused(&plain, &create_index("v", index(&["a"]))),
        "`v` is not a materialized view, so it cannot have indexes"
    );
}

#[test]
fn a_view_does_not_show_itself() {
    let on_v = create(materialized(view("m", "v", &["a"])));
    let schema = schema([create(view("v", "t", &["a"])), on_v]);
    for below in ["v", "m"] {
        assert_eq!(refused(&schema, &replace(view("v", below, &["a"]))), "view `v` depends on itself");
    }
}

#[test]
fn a_materialized_view_is_filled_from_filled_ones() {
    let empty = View { with_data: false, ..materialized(view("m", "t", &["a"])) };
    let schema = schema([create(empty), create(view("v", "m", &["a"]))]);
    let filled = create(materialized(view("n", "v", &["a"])));
    assert_eq!(refused(&schema, &filled), "materialized view `n` reads `m`, which has not been filled yet");
    assert_eq!(problems(&then(&schema, &refresh(false)), &filled), []);
}

#[test]
fn a_view_names_what_is_there() {
    let of = |def| refused(&schema([]), &create(def));
    assert_eq!(of(view("v", "u", &[])), "no object `@.u` in the schema");
    assert_eq!(of(view("v", "t", &["c"])), "no column `c` in table `t`");
    assert_eq!(of(view("v", "t", &["a", "a"])), "duplicate column `a` in view `v`");
    assert_eq!(of(view("t", "t", &["a"])), "table `t` already exists, since V1");
    let over = schema([create(view("v", "t", &["a"]))]);
    assert_eq!(problems(&over, &create(view("w", "v", &["a"]))), []);
    assert_eq!(refused(&over, &create(view("w", "v", &["b"]))), "no column `b` in view `v`");
}

#[test]
fn a_replaced_view_keeps_its_columns_and_gets_its_query_back() {
    let schema = schema([create(view("v", "t", &["a"])), comment_on(ObjectRef::new(ObjectKind::View, "v"), "why")]);
    assert_eq!(
        undone(&schema, &replace(view("v", "t", &["a"]))),
        ["create_or_replace_view v as \"SELECT t.a FROM @.t\""]
    );
    // PostgreSQL takes no column away.
    let anew = ["drop_view v", "create_view v as \"SELECT t.a FROM @.t\""];
    assert_eq!(undone(&schema, &replace(view("v", "t", &["a", "b"]))), anew);
    let upper = then(&schema, &create(view("w", "v", &["a"])));
    let upper_goes = [&["drop_view w"], anew.as_slice(), &["create_view w as \"SELECT v.a FROM @.v\""]].concat();
    assert_eq!(undone(&upper, &replace(view("v", "t", &["a", "b"]))), upper_goes);
    assert_eq!(refused(&schema, &replace(view("v", "t", &["b", "a"]))), "view `v` has the columns (a), since V2");
    assert_eq!(undone(&schema, &replace(view("w", "t", &["a"]))), ["drop_view w"]);
}

#[test]
fn what_a_view_shows_is_not_dropped_without_it() {
    let schema = schema([create(view("v", "t", &["a"])), create(view("w", "v", &["a"]))]);
    let used = "is used by view `v`, since V2";
    assert_eq!(refused(&schema, &drop_column("t", "a")), format!("column `a` {used}"));
    assert_eq!(problems(&schema, &drop_column("t", "b")), []);
    assert_eq!(refused(&schema, &set_type("t", "a", "bigint")), format!("column `a` {used}"));
    assert_eq!(refused(&schema, &drop_table("t")), format!("table `t` {used}"));
    assert_eq!(refused(&schema, &drop("v")), "view `v` is used by view `w`, since V3");
    let views = ["create_view v as \"SELECT t.a FROM @.t\"", "create_view w as \"SELECT v.a FROM @.v\""];
    let with = |first| [[first].as_slice(), &views].concat();
    assert_eq!(undone(&schema, &cascade(drop_column("t", "a"))), with("add_column t.a: integer"));
    assert_eq!(undone(&schema, &cascade(drop_table("t"))), with("create_table t { … }"));
    assert_eq!(undone(&schema, &cascade(drop("v"))), views);
}

#[test]
fn a_function_in_a_view_stays() {
    let calls = View { query: sql("SELECT @.f()"), ..view("v", "t", &["f"]) };
    let schema = schema([super::function::create("f", &[], "integer"), create(calls)]);
    assert_eq!(refused(&schema, &super::function::drop("f", &[])), "function `f` is used in view `v`");
}

#[test]
fn a_view_follows_renames_and_keeps_its_columns() {
    let schema = schema([create(view("v", "t", &["a"]))]);
    assert_eq!(undone(&schema, &rename_column("t", "a", "c")), ["rename_column t.c => a"]);
    assert_eq!(undone(&schema, &rename_table("t", "u")), ["rename_table u => t"]);
    let renamed = then(&then(&schema, &rename_column("t", "a", "c")), &rename_table("t", "u"));
    assert_eq!(undone(&renamed, &drop("v")), ["create_view v as \"SELECT u.c FROM @.u\""]);
    assert_eq!(renamed.view("v").map(|view| view.columns.to_vec()), Some(vec!["a"]));
}

#[test]
fn a_renamed_view_is_the_same_view() {
    let on_it = create(view("w", "v", &["a"]));
    let ordered = Step::CommentOn { target: ObjectRef::new(ObjectKind::View, "v"), text: Some("kept") };
    let before = schema([create(view("v", "t", &["a"])), ordered, on_it]);
    assert_eq!(undone(&before, &rename("v", "x")), ["rename_view x => v"]);
    let renamed = then(&before, &rename("v", "x"));
    assert_eq!(
        undone(&renamed, &cascade(drop("x"))),
        ["create_view x as \"SELECT t.a FROM @.t\"", "create_view w as \"SELECT x.a FROM @.x\"",]
    );
    let replaced = replace(view("x", "t", &["a", "b"]));
    assert_eq!(
        undone(&renamed, &replaced).last().map(String::as_str),
        Some("create_view w as \"SELECT x.a FROM @.x\"")
    );
    assert_eq!(renamed.same_view(&before, "v").map(|view| (view.name, view.comment)), Some(("x", Some("kept"))));
    let replaced = then(&renamed, &replaced);
    assert_eq!(replaced.same_view(&before, "v").map(|view| view.name), Some("x"));
    assert_eq!(refused(&replaced, &drop("v")), "no view `v`: it was renamed to `x` in V5");
    assert_eq!(undone(&before, &tolerant(rename("none", "x"))), [""; 0]);
}

#[test]
fn rename_view_wants_a_view_and_a_free_name() {
    let schema = schema([create(view("v", "t", &["a"])), create(materialized(view("m", "t", &["a"])))]);
    assert_eq!(undone(&schema, &rename("m", "n")), ["rename_view n => m"]);
    let taken = "cannot rename `v` to `m`: materialized view `m` already exists, since V3";
    assert_eq!(refused(&schema, &rename("v", "m")), taken);
    assert_eq!(refused(&schema, &rename("v", "t")), "cannot rename `v` to `t`: table `t` already exists, since V1");
    assert_eq!(refused(&schema, &rename("t", "u")), "`t` is not a view, but table `t`");
    assert_eq!(refused(&schema, &rename("w", "u")), "no view `w`");
}

#[test]
fn a_materialized_view_keeps_its_indexes_under_its_new_name() {
    let made = schema([create(materialized(view("m", "t", &["a"]))), create_index("m", named_index("i"))]);
    let renamed = then(&made, &rename("m", "n"));
    assert_eq!(undone(&renamed, &drop_index("i")), ["create_index i on n (a)"]);
    assert_eq!(renamed.view_of_index("i").map(|view| view.name), Some("n"));
}

#[test]
fn what_a_renamed_view_has_lost_is_looked_for_in_its_new_name() {
    let trigger = super::trigger::create("v", on_insert(TriggerTiming::InsteadOf));
    let made = schema([super::trigger::function("f"), create(view("v", "t", &["a"])), trigger]);
    let lost = then(&made, &super::trigger::drop("v", "n"));
    let renamed = then(&lost, &rename("v", "w"));
    assert_eq!(refused(&renamed, &super::trigger::drop("w", "n")), "no trigger `n` on view `w`: it was dropped in V5");
}

#[test]
fn a_view_is_no_table() {
    let schema = schema([create(view("v", "t", &["a"]))]);
    assert_eq!(refused(&schema, &drop_table("v")), "`v` is a view, not a table");
    assert_eq!(refused(&schema, &drop_column("v", "a")), "`v` is a view, not a table");
}

#[test]
fn a_view_has_triggers_that_stand_in_for_the_event() {
    let trigger = on_insert;
    let schema = schema([
        super::trigger::function("f"),
        create(view("v", "t", &["a"])),
        create(materialized(view("m", "t", &["a"]))),
    ]);
    let before = super::trigger::create("v", trigger(TriggerTiming::Before));
    assert_eq!(refused(&schema, &before), "`v` is a view: its row triggers must be `instead_of`");
    let instead = super::trigger::create("v", trigger(TriggerTiming::InsteadOf));
    assert_eq!(undone(&schema, &instead), ["drop_trigger n on v"]);
    let on_materialized = super::trigger::create("m", trigger(TriggerTiming::InsteadOf));
    assert_eq!(refused(&schema, &on_materialized), "`m` is a materialized view, which has no triggers");
    let schema = then(&schema, &instead);
    assert_eq!(refused(&schema, &instead), "trigger `n` of view `v` already exists, since V3");
    let made = "create_trigger n on v instead_of insert for_each row execute f()";
    assert_eq!(undone(&schema, &super::trigger::drop("v", "n")), [made]);
    let comment = comment_on(ObjectRef::part(ObjectKind::Trigger, "v", "n"), "stands in");
    assert_eq!(undone(&schema, &comment), ["comment_on trigger v n null"]);
    let used = "function `f` is executed by trigger `n` of view `v`";
    assert_eq!(refused(&schema, &super::function::drop("f", &[])), used);
    assert_eq!(undone(&schema, &drop("v")), ["create_view v as \"SELECT t.a FROM @.t\""]);
    let comment = Step::CommentOn { target: ObjectRef::new(ObjectKind::View, "v"), text: Some("why") };
    assert_eq!(undone(&schema, &comment), ["comment_on view v null"]);
}
