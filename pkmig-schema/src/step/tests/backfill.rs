//! Columns filled and values renamed: what they are checked against, and what their down brings back.

use super::support::*;
use crate::step::{Backfill, Lookup, RenameValue, Source, Taken};
use crate::{Class, List, Name, Schema, Step};

fn tables() -> Schema {
    let notebooks = [bigserial("id"), col("name", "varchar(20)"), col("shelf", "integer")];
    let notes = [bigserial("id"), col("notebook_id", "bigint"), col("title", "text"), col("pages", "integer")];
    after([table("notebooks", &notebooks, &[pk(&["id"])]), table("notes", &notes, &[pk(&["id"])])])
}

fn lookup(column: Name, value: Name, key: Name, by: Name) -> Step {
    let source = Source::Lookup(Lookup { table: "notebooks", column: value, key, by });
    Step::Backfill(Backfill { table: "notes", column, source, predicate: None, batch: None, on_fresh: None })
}

fn fill(column: Name) -> Step {
    let source = Source::Expression { value: sql("1"), from: None };
    Step::Backfill(Backfill { table: "notes", column, source, predicate: None, batch: None, on_fresh: None })
}

#[test]
fn a_backfill_is_lossy_where_values_were_before() {
    assert_eq!(class(&tables(), &fill("pages")), Class::Lossy);
    assert_eq!(undone(&tables(), &fill("pages")), [""; 0]);
    assert_eq!(help(&tables(), &fill("page")), "did you mean `pages`?");
}

#[test]
fn a_value_is_looked_up_by_what_is_unique() {
    let schema = tables();
    assert_eq!(problems(&schema, &lookup("title", "name", "id", "notebook_id")), []);
    assert_eq!(
        refused(&schema, &lookup("title", "name", "shelf", "pages")),
        "`notebooks.shelf` is not unique, so the lookup may find several rows"
    );
    assert_eq!(refused(&schema, &lookup("title", "nam", "id", "notebook_id")), "no column `nam` in table `notebooks`");
    assert_eq!(refused(&schema, &lookup("title", "name", "id", "notebook")), "no column `notebook` in table `notes`");
}

#[test]
fn a_value_that_is_looked_up_is_of_the_columns_type() {
    let schema = tables();
    assert_eq!(
        refused(&schema, &lookup("pages", "name", "id", "notebook_id")),
        "character varying(20) has no automatic cast to integer, the type of `pages`"
    );
    assert_eq!(
        refused(&schema, &lookup("title", "name", "id", "title")),
        "text cannot be compared with `id`, which is bigint"
    );
}

fn rename(values: &[(Name, Name)], taken: Taken) -> Step {
    Step::RenameValue(RenameValue { table: "notes", column: "title", values: List::Owned(values.to_vec()), taken })
}

#[test]
fn a_renamed_value_is_renamed_back() {
    let step = rename(&[("a", "b")], Taken::Keep);
    assert_eq!(undone(&tables(), &step), [r#"rename_value notes.title { "b" => "a" } on_conflict do_nothing"#]);
    assert_eq!(class(&tables(), &step), Class::Lossless);
    assert_eq!(class(&tables(), &rename(&[("a", "b")], Taken::Delete)), Class::Lossy);
}

#[test]
fn values_are_told_apart_after_they_are_renamed() {
    let said = |values: &[(Name, Name)]| refused(&tables(), &rename(values, Taken::Keep));
    assert_eq!(said(&[("a", "b"), ("c", "b")]), "two values become `b`: the down could not tell them apart");
    assert_eq!(said(&[("a", "b"), ("b", "c")]), "`b` is renamed, too: run twice, the step would rename `a` again");
    assert_eq!(said(&[("a", "b"), ("a", "c")]), "`a` is renamed twice");
}

#[test]
fn the_keys_that_hold_a_renamed_value_say_what_is_in_its_way() {
    let columns = [col("role", "integer"), col("module", "text")];
    let keys = [unique(&["role", "module"]), pk(&["role"])];
    let schema = after([table("permissions", &columns, &keys)]);
    let step = RenameValue { table: "permissions", column: "module", values: List::Borrowed(&[]), taken: Taken::Keep };
    let rivals = schema.table("permissions").map(|table| step.rivals(table));
    assert_eq!(rivals, Some(vec![vec!["role"]]));
}
