//! Parts of a schema that are gone come back.

use super::support::*;
use super::{function, policy};
use crate::repair::{replayed, steps};
use crate::seeds::seeds;
use crate::step::{ConflictAction, OnConflict, RenameValue, Seed, Taken};
use crate::{Down, List, Migration, Name, ObjectKind, ObjectRef, Schema, Step, Version};

/// All that comes back by steps of its own: what columns draw from comes with them.
fn parts(schema: &Schema) -> Vec<ObjectRef> {
    let own = |it: &ObjectRef| it.kind != ObjectKind::Sequence || schema.sequence(it.name).is_some();
    schema.objects().filter(own).collect()
}

#[track_caller]
fn comes_back(schema: &Schema, gone: &[ObjectRef]) -> Vec<String> {
    let mut now = schema.without(gone);
    assert!(now.difference(schema).is_some() || gone.iter().all(|part| part.kind == ObjectKind::Extension), "{gone:?}");
    let steps = steps(schema, gone);
    let shown: Vec<_> = steps.iter().map(ToString::to_string).collect();
    replayed(&mut now, steps);
    assert_eq!(now.difference(schema), None, "{gone:?}: {shown:?}");
    assert!(now.extensions().eq(schema.extensions()), "{gone:?}");
    shown
}

/// Each part for itself, and each pair of a table and what stands on another one.
#[track_caller]
pub(super) fn repaired(schema: &Schema) {
    let all = parts(schema);
    for part in &all {
        comes_back(schema, &[*part]);
    }
    if !all.is_empty() {
        comes_back(schema, &all);
    }
}

#[test]
fn every_part_of_a_schema_comes_back() {
    repaired(&policy::spaces());
    repaired(&after([
        Step::CreateExtension { name: "citext" },
        function::create("f", &[], "integer"),
        sequence("s", None),
        table("a", &[bigserial("id"), col("b_id", "bigint"), identity("nr")], &[pk(&["id"]), unique(&["b_id"])]),
        table("b", &[bigserial("id"), default(col("n", "integer"), expression("@.f()"))], &[pk(&["id"])]),
        add("a", named("to_b", fk(&["b_id"], "b", &["id"]))),
        add("b", named("later", not_valid(check("n > 0")))),
        create_index("a", index_named("a_nr", index(&["nr"]))),
        sequence("owned", Some(("b", "n"))),
    ]));
}

#[test]
fn what_is_gone_is_made_and_nothing_else() {
    let schema = after([
        table("a", &[bigserial("id"), col("b_id", "bigint")], &[pk(&["id"])]),
        table("b", &[bigserial("id")], &[pk(&["id"])]),
        add("a", named("to_b", fk(&["b_id"], "b", &["id"]))),
    ]);
    assert_eq!(
        comes_back(
            &schema,
            &[ObjectRef::part(ObjectKind::Constraint, "a", "to_b"), ObjectRef::new(ObjectKind::Table, "b")]
        )
        .len(),
        2
    );
    assert_eq!(comes_back(&schema, &[ObjectRef::part(ObjectKind::Column, "a", "b_id")]), ["add_column a.b_id: bigint"]);
    assert_eq!(steps(&schema, &[]), []);
}

fn migration(version: u32, steps: Vec<Step>) -> Migration {
    Migration { version: Version(version), title: "", steps: steps.leak(), down: Down::Derived }
}

fn seed(table: Name, columns: &[Name], rows: &[&[Name]]) -> Step {
    let on_conflict = OnConflict { columns: vec![columns[0]].into(), action: ConflictAction::UnlessExists };
    let row = |row: &&[Name]| List::Owned(row.iter().map(|value| text(value)).collect());
    let rows = rows.iter().map(row).collect();
    Step::Seed(Seed { table, columns: columns.to_vec().into(), on_conflict, rows, kept: None })
}

#[test]
fn seeds_follow_renames_and_lose_what_is_dropped() {
    let renamed = Step::RenameValue(RenameValue {
        table: "t",
        column: "key",
        values: vec![("b", "c")].into(),
        taken: Taken::Keep,
    });
    let history = [
        migration(1, vec![table("t", &[col("name", "text"), col("x", "text"), col("y", "text")], &[])]),
        migration(2, vec![seed("t", &["name", "x", "y"], &[&["a", "1", "2"], &["b", "3", "4"]])]),
        migration(3, vec![rename_column("t", "name", "key"), renamed, drop_column("t", "x")]),
        migration(4, vec![seed("t", &["key"], &[&["d"]]), rename_table("t", "u")]),
        migration(
            5,
            vec![table("gone", &[col("a", "text")], &[]), seed("gone", &["a"], &[&["e"]]), drop_table("gone")],
        ),
    ];
    let found = seeds(&history, &[]);
    let shown: Vec<_> = found.iter().map(|it| (it.version.0, it.seed.table, it.seed.columns.to_vec())).collect();
    assert_eq!(shown, [(2, "u", vec!["key", "y"]), (4, "u", vec!["key"])]);
    assert_eq!(found[0].seed.rows[1].to_vec(), [text("c"), text("4")]);
    assert!(found.iter().all(|it| it.doubt.is_none() && *it.seed.on_conflict.columns == ["key"]));
}

#[test]
fn a_seed_whose_key_is_dropped_is_doubtful() {
    let history = [
        migration(1, vec![table("t", &[col("a", "text"), col("b", "text")], &[])]),
        migration(2, vec![seed("t", &["a", "b"], &[&["1", "2"]]), drop_column("t", "a")]),
    ];
    assert!(seeds(&history, &[])[0].doubt.is_some());
}
