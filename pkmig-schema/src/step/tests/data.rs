//! Rows: what a seed, a backfill and a deletion are checked against, and what their down brings back.

use super::support::*;
use crate::step::{ConflictAction, DeleteRows, OnConflict, Seed, Tail};
use crate::{Class, List, Literal, Name, Step, Value};

fn settings() -> Step {
    let columns = [
        bigserial("id"),
        not_null(col("key", "varchar(5)")),
        col("value", "integer"),
        default(not_null(col("on", "boolean")), Value::Literal(Literal::Bool("true"))),
    ];
    table("settings", &columns, &[pk(&["id"]), unique(&["key"])])
}

fn seed(columns: &[Name], keys: &[Name], action: ConflictAction, row: &[Value]) -> Step {
    let on_conflict = OnConflict { columns: keys.to_vec().into(), action };
    let rows = List::Owned(vec![List::Owned(row.to_vec())]);
    Step::Seed(Seed { table: "settings", columns: columns.to_vec().into(), on_conflict, rows, kept: None })
}

fn do_nothing(columns: &[Name], keys: &[Name], row: &[Value]) -> Step {
    seed(columns, keys, ConflictAction::DoNothing, row)
}

#[test]
fn a_seed_relies_on_a_unique_index() {
    let schema = after([settings()]);
    assert_eq!(problems(&schema, &do_nothing(&["key", "value"], &["key"], &[text("a"), number("1")])), []);
    let wrong = do_nothing(&["key", "value"], &["value"], &[text("a"), number("1")]);
    assert_eq!(
        refused(&schema, &wrong),
        "on_conflict(value): no unique index of table `settings` is on exactly these columns"
    );
    assert_eq!(help(&schema, &wrong), "create one, or use `unless_exists(value)`");
    let both = do_nothing(&["key", "value"], &["key", "value"], &[text("a"), number("1")]);
    assert!(refused(&schema, &both).starts_with("on_conflict(key, value)"));
    let without = seed(&["key", "value"], &["value"], ConflictAction::UnlessExists, &[text("a"), number("1")]);
    assert_eq!(problems(&schema, &without), []);
}

#[test]
fn a_seed_relies_on_no_partial_index() {
    let mut partial = unique_index(&["value"]);
    partial.predicate = Some(sql("[value] > 0"));
    let schema = after([settings(), create_index("settings", partial)]);
    assert_eq!(problems(&schema, &do_nothing(&["key", "value"], &["value"], &[text("a"), number("1")])).len(), 1);
    let schema = then(&schema, &create_index("settings", unique_index(&["value"])));
    assert_eq!(problems(&schema, &do_nothing(&["key", "value"], &["value"], &[text("a"), number("1")])), []);
}

#[test]
fn a_seed_gives_every_column_that_needs_a_value() {
    let schema = after([settings()]);
    let message = refused(&schema, &seed(&["value"], &["value"], ConflictAction::UnlessExists, &[number("1")]));
    assert_eq!(
        message,
        "the seed lacks column `key` of table `settings`, which is not_null without a default since V1"
    );
}

#[test]
fn a_seed_gives_values_of_the_columns_types() {
    let schema = after([settings()]);
    let refused = |value: [Value; 2]| refused(&schema, &do_nothing(&["key", "value"], &["key"], &value));
    assert_eq!(refused([null(), number("1")]), "column `key` is not_null since V1");
    assert_eq!(refused([text("a"), text("b")]), "value not valid for integer: `b`");
    assert_eq!(refused([text("abcdef"), null()]), "value too long for character varying(5): `abcdef`");
    assert_eq!(refused([text("a"), expression("@.f()")]), "no object `@.f` in the schema");
}

#[test]
fn a_seed_names_columns_that_it_gives() {
    let schema = after([settings()]);
    let row = [text("a"), number("1")];
    assert_eq!(
        problems(&schema, &do_nothing(&["key", "valeu"], &["key"], &row))[0].help.as_deref(),
        Some("did you mean `value`?")
    );
    assert_eq!(refused(&schema, &do_nothing(&["key", "value"], &["id"], &row)), "the seed has no column `id`");
    let update = seed(&["key", "value"], &["key"], ConflictAction::DoUpdate(vec!["on"].into()), &row);
    assert_eq!(refused(&schema, &update), "the seed has no column `on`");
}

#[test]
fn a_seed_is_undone_by_deleting_its_rows() {
    let schema = after([settings()]);
    let row = [text("a"), number("1")];
    let step = do_nothing(&["key", "value"], &["key"], &row);
    assert_eq!(undone(&schema, &step), ["delete the rows of: seed settings (key, value) { … }"]);
    assert_eq!(class(&schema, &step), Class::Lossless);
    let update = seed(&["key", "value"], &["key"], ConflictAction::DoUpdate(vec!["value"].into()), &row);
    assert_eq!(class(&schema, &update), Class::Lossy);
}

#[test]
fn deleted_rows_come_back_as_their_tail_says() {
    let schema = after([settings()]);
    let rows = |tail| Step::DeleteRows(DeleteRows { table: "settings", predicate: sql("true"), on_fresh: None, tail });
    assert_eq!(class(&schema, &rows(Tail::Down(sql("SELECT 1")))), Class::Lossless);
    assert_eq!(class(&schema, &rows(Tail::Noop("they were garbage"))), Class::Lossy);
    assert_eq!(class(&schema, &rows(Tail::Irreversible("gone"))), Class::Irreversible);
    assert_eq!(not_undone(&schema, &rows(Tail::Irreversible("gone"))), "gone");
    assert_eq!(undone(&schema, &rows(Tail::Down(sql("SELECT 1")))), ["execute \"SELECT 1\" idempotent"]);
}
