//! What a derived down leaves out, and when it leaves out nothing.

use super::support::*;
use super::version::{down, t};
use super::{function, view};
use crate::step::{Condition, ConflictAction, Execute, OnConflict, RenameValue, Seed, Tail, Taken};
use crate::{Class, Enum, List, Name, ObjectKind, ObjectRef, Schema, Step, Value};

/// The down's steps in one line each.
fn left(before: &Schema, steps: Vec<Step>) -> Vec<String> {
    down(before, steps).0
}

fn u() -> Step {
    table("u", &[not_null(col("a", "integer")), not_null(col("b", "text"))], &[unique(&["a"]), check("[a] > 0")])
}

fn create_enum(name: Name) -> Step {
    Step::CreateEnum { def: Enum { name, labels: vec!["x"].into() } }
}

/// Rows may be in the way of each of these.
#[test]
fn a_new_table_goes_as_it_is() {
    let steps = vec![
        u(),
        drop_not_null("u", "a"),
        set_default("u", "a", number("1")),
        drop_default("u", "a"),
        set_type("u", "a", "bigint"),
        drop_constraint("u", "u_a_key"),
        comment_on(ObjectRef::part(ObjectKind::Constraint, "u", "u_a_check"), "one"),
        comment_on(ObjectRef::part(ObjectKind::Constraint, "u", "u_a_check"), "two"),
        drop_constraint("u", "u_a_check"),
        drop_column("u", "b"),
    ];
    assert_eq!(left(&t(), steps), ["drop_default u.a", "drop_table u"]);
}

#[test]
fn what_is_not_brought_back_is_neither_renamed_nor_dropped() {
    let steps = vec![
        u(),
        add_column("u", col("c", "text")),
        create_index("u", index_named("n", unique_index(&["c"]))),
        rename_index("n", "m"),
        drop_index("m"),
        rename_column("u", "c", "d"),
        drop_column("u", "d"),
    ];
    assert_eq!(left(&t(), steps), ["drop_table u"]);
}

/// The body of the function names a table that is not called so when the down begins.
#[test]
fn a_function_of_the_version_does_not_come_back() {
    let steps = vec![
        u(),
        rename_table("u", "v"),
        function::create("f", &[], "integer"),
        rename_table("v", "w"),
        function::drop("f", &[]),
    ];
    assert_eq!(left(&t(), steps), ["rename_table w => v", "rename_table v => u", "drop_table u"]);
}

#[test]
fn whatever_the_version_makes_and_drops_does_not_come_back() {
    let steps = vec![
        create_enum("e"),
        sequence("s", None),
        view::create(view::view("w", "t", &["a"])),
        u(),
        Step::DropView { view: "w", materialized: false, if_exists: false, cascade: false },
        drop_table("u"),
        Step::DropSequence { name: "s", if_exists: false },
        Step::DropEnum { name: "e" },
    ];
    assert_eq!(down(&t(), steps), (Vec::new(), Class::Lossy));
}

#[test]
fn values_of_a_new_table_keep_their_new_names() {
    let values = RenameValue { table: "u", column: "b", values: vec![("x", "y")].into(), taken: Taken::Keep };
    assert_eq!(left(&t(), vec![u(), Step::RenameValue(values)]), ["drop_table u"]);
}

#[test]
fn what_was_there_before_comes_back() {
    let before = then(&t(), &function::create("f", &[], "integer"));
    let steps = vec![
        u(),
        drop_column("u", "b"),
        set_not_null("t", "a"),
        rename_table("t", "old"),
        rename_table("u", "t"),
        drop_column("old", "b"),
        function::drop("f", &[]),
    ];
    let expected = [
        "create_function f() { … }",
        "add_column old.b: text",
        "rename_table t => u",
        "rename_table old => t",
        "drop_not_null t.a",
        "drop_table u",
    ];
    assert_eq!(down(&before, steps), (expected.map(str::to_owned).to_vec(), Class::Lossy));
}

/// The foreign key of the older table wants it back.
#[test]
fn what_another_step_needs_comes_back() {
    let steps =
        vec![u(), add("t", fk(&["a"], "u", &["a"])), drop_constraint("t", "t_a_fkey"), drop_constraint("u", "u_a_key")];
    let expected = [
        "add_unique u u_a_key (a)",
        "add_foreign_key t t_a_fkey (a) references u (a)",
        "drop_constraint t t_a_fkey",
        "drop_table u",
    ];
    assert_eq!(left(&t(), steps), expected);
}

/// The enum cannot go before the column that has become one.
#[test]
fn what_would_stay_behind_is_undone() {
    let using = Some(sql("[b]::@.e"));
    let ty = ty("e");
    let steps = vec![
        u(),
        create_enum("e"),
        Step::SetType { table: "u", column: "b", ty, collation: None, using, down_using: None },
    ];
    assert_eq!(left(&t(), steps), ["set_type u.b: text", "drop_enum e", "drop_table u"]);
}

#[test]
fn raw_sql_finds_what_it_names() {
    let raw = |text| {
        let (condition, tail) = (Condition::Idempotent, Tail::Down(sql(text)));
        Step::Execute(Execute { sql: sql("SELECT 1"), condition, on_fresh: None, tail })
    };
    let steps = |text| vec![u(), raw(text), drop_not_null("u", "a")];
    let whole = ["set_not_null u.a", r#"execute "SELECT FROM @.u" idempotent"#, "drop_table u"];
    assert_eq!(left(&t(), steps("SELECT FROM @.u")), whole);
    let without = [r#"execute "SELECT FROM @.t" idempotent"#, "drop_table u"];
    assert_eq!(left(&t(), steps("SELECT FROM @.t")), without);
}

/// By the value that its query finds, a row of the older table is known.
#[test]
fn a_seed_finds_its_rows_by_what_they_were_made_of() {
    let seed = |value| {
        let on_conflict = OnConflict { columns: vec!["b"].into(), action: ConflictAction::UnlessExists };
        let rows: List<List<Value>> = vec![vec![value].into()].into();
        Step::Seed(Seed { table: "t", columns: vec!["b"].into(), on_conflict, rows, kept: None })
    };
    let steps = |value| vec![u(), seed(value), drop_column("u", "b")];
    assert_eq!(left(&t(), steps(text("x"))).len(), 2);
    assert_eq!(left(&t(), steps(expression("(SELECT min(b) FROM @.u)"))).len(), 3);
}
