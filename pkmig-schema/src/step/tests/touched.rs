//! What lies between two moments of a history.

use super::support::*;
use crate::{ModelObject, ObjectKind, Schema, Touched};

fn before() -> Schema {
    after([
        table("t", &[col("a", "integer"), col("b", "text"), col("c", "text")], &[pk(&["a"]), unique(&["b"])]),
        table("u", &[col("a", "integer")], &[]),
        create_index("t", index_named("i", index(&["a"]))),
        create_index("t", index_named("j", index(&["c"]))),
        sequence("s", None),
    ])
}

fn shown(part: &ModelObject<'_>) -> String {
    match part {
        ModelObject::Table(table) => format!("table {}", table.name),
        ModelObject::Column(table, known) => format!("column {}.{}", table.name, known.def.name),
        ModelObject::Constraint(table, known) => format!("constraint {}.{}", table.name, known.def.name),
        ModelObject::Index(table, known) => format!("index {}.{}", table.name, known.def.name),
        ModelObject::Policy(table, known) => format!("policy {}.{}", table.name, known.def.name),
        ModelObject::Trigger(table, known) => format!("trigger {}.{}", table.name, known.def.name),
        ModelObject::View(known) => format!("view {}", known.def.name),
        ModelObject::Enum(known) => format!("enum {}", known.def.name),
        ModelObject::Domain(known) => format!("domain {}", known.def.name),
        ModelObject::Sequence(known) => format!("sequence {}", known.def.name),
    }
}

/// What a step makes, changes and takes away.
fn touched(step: &crate::Step) -> [Vec<String>; 3] {
    let (before, after) = (before(), then(&before(), step));
    let Touched { made, changed, gone } = after.touched_since(&before);
    [made, changed, gone].map(|parts| parts.iter().map(shown).collect())
}

fn none() -> Vec<String> {
    Vec::new()
}

#[test]
fn a_rename_changes_the_object_and_what_names_it() {
    assert_eq!(touched(&rename_index("i", "k")), [none(), vec!["index t.k".to_owned()], none()]);
    let changed = ["column t.d", "constraint t.t_b_key"].map(str::to_owned).to_vec();
    assert_eq!(touched(&rename_column("t", "b", "d")), [none(), changed, none()]);
    assert_eq!(touched(&rename_table("t", "v")), [none(), vec!["table v".to_owned()], none()]);
}

#[test]
fn what_goes_with_a_column_is_gone_and_what_goes_with_a_table_is_not_told() {
    let gone = ["column t.c", "index t.j"].map(str::to_owned).to_vec();
    assert_eq!(touched(&drop_column("t", "c")), [none(), none(), gone]);
    assert_eq!(touched(&drop_table("t")), [none(), none(), vec!["table t".to_owned()]]);
}

#[test]
fn what_is_made_is_told_with_its_parts() {
    let made = ["table w", "column w.a", "constraint w.w_pkey"].map(str::to_owned).to_vec();
    assert_eq!(touched(&table("w", &[col("a", "integer")], &[pk(&["a"])])), [made, none(), none()]);
}

#[test]
fn a_comment_touches_nothing() {
    let target = crate::step::ObjectRef::part(ObjectKind::Column, "t", "a");
    assert_eq!(touched(&comment_on(target, "a number")), [none(), none(), none()]);
}

#[test]
fn an_object_is_found_again_under_its_new_name() {
    let before = before();
    let after = then(&before, &rename_table("t", "v"));
    let table = before.table("t").unwrap();
    let index = ModelObject::Index(table, table.index("i").unwrap());
    assert_eq!(after.same(&index).map(|part| shown(&part)).as_deref(), Some("index v.i"));
    assert!(then(&after, &drop_index("i")).same(&index).is_none());
}
