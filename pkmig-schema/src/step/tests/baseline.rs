//! A schema made at once.

use super::support::*;
use super::{function, policy};
use crate::baseline::{baseline, fold, replayed};
use crate::step::{ConflictAction, OnConflict, Seed};
use crate::{Down, Migration, Schema, Step, Value, Version};

/// Makes the schema where nothing is, by steps that each can be run, and returns them.
#[track_caller]
pub(super) fn made_at_once(schema: &Schema) -> Vec<String> {
    let moments = replayed(schema);
    let shown = || moments.iter().map(|moment| format!("{}\n", moment.step)).collect::<String>();
    for moment in &moments {
        assert_eq!(complaints(&moment.before, &moment.step), [], "{}", shown());
    }
    let made = moments.last().map(|moment| moment.after.clone()).unwrap_or_default();
    assert_eq!(made.difference(schema), None, "{}", shown());
    assert_eq!(schema.difference(&made), None, "{}", shown());
    moments.iter().map(|moment| moment.step.to_string()).collect()
}

#[test]
fn nothing_is_made_of_nothing() {
    assert_eq!(baseline(&Schema::default()), []);
}

#[test]
fn history_is_folded_into_what_it_left() {
    let schema = after([
        table("z", &[bigserial("id"), col("a", "text")], &[pk(&["id"])]),
        rename_column("z", "a", "b"),
        set_type("z", "b", "varchar(20)"),
        table("a", &[col("z_id", "bigint")], &[fk(&["z_id"], "z", &["id"])]),
        create_index("z", index_named("n", index(&["b"]))),
        table("gone", &[col("a", "text")], &[]),
        drop_table("gone"),
    ]);
    assert_eq!(made_at_once(&schema), ["create_table z { … }", "create_table a { … }"]);
}

#[test]
fn a_foreign_key_that_points_ahead_comes_last() {
    let schema = after([
        table("a", &[bigserial("id"), col("b_id", "bigint")], &[pk(&["id"])]),
        table("b", &[bigserial("id"), col("a_id", "bigint")], &[pk(&["id"]), fk(&["a_id"], "a", &["id"])]),
        add("a", named("ahead", fk(&["b_id"], "b", &["id"]))),
        add("a", named("itself", fk(&["b_id"], "a", &["id"]))),
        add("b", named("later", not_valid(fk(&["a_id"], "a", &["id"])))),
    ]);
    let steps = made_at_once(&schema);
    assert_eq!(steps[..2], ["create_table a { … }", "create_table b { … }"]);
    let keys: Vec<_> =
        steps[2..].iter().map(|step| step.split([' ', '(']).take(3).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(keys, ["add_foreign_key a ahead", "add_foreign_key b later"]);
}

#[test]
fn a_policy_that_asks_ahead_comes_after_what_it_asks() {
    let steps = made_at_once(&policy::spaces());
    assert_eq!(steps[..2], ["create_table spaces { … }", "create_table members { … }"]);
    assert!(steps[2].starts_with("create_policy of_members on spaces "), "{}", steps[2]);
    assert_eq!(steps.len(), 3);
}

#[test]
fn types_functions_and_sequences_come_before_the_tables_that_use_them() {
    let schema = after([
        Step::CreateExtension { name: "citext" },
        function::create("z", &[], "integer"),
        function::create("a", &[], "integer"),
        sequence("s", None),
        table("t", &[default(col("n", "integer"), expression("@.z()"))], &[]),
        add_column("t", default(col("m", "bigint"), expression("nextval('@.s'::regclass)"))),
        sequence("owned", Some(("t", "n"))),
    ]);
    let steps = made_at_once(&schema);
    let kinds: Vec<_> = steps.iter().map(|step| step.split([' ', '(']).take(2).collect::<Vec<_>>().join(" ")).collect();
    let expected = [
        "create_extension citext",
        "create_function z",
        "create_function a",
        "create_sequence s",
        "create_table t",
        "create_sequence owned",
    ];
    assert_eq!(kinds, expected);
}

/// The steps of a fresh install at once, after versions of these steps.
fn folded<const N: usize>(versions: [Vec<Step>; N]) -> Vec<Step> {
    let version = |(steps, number): (Vec<Step>, u32)| Migration {
        version: Version(number),
        title: "folded",
        steps: steps.leak(),
        down: Down::Derived,
    };
    let migrations: Vec<_> = versions.into_iter().zip(1..).map(version).collect();
    fold(&[], &migrations).unwrap().moments.into_iter().map(|moment| moment.step).collect()
}

/// A row of `t (a, b)` that is known by `a`.
fn seeded(action: ConflictAction, b: &'static str) -> Step {
    Step::Seed(Seed {
        table: "t",
        columns: vec!["a", "b"].into(),
        on_conflict: OnConflict { columns: vec!["a"].into(), action },
        rows: vec![vec![number("1"), text(b)].into()].into(),
        kept: None,
    })
}

#[test]
fn a_seed_over_a_seeded_row_is_what_a_fresh_install_has() {
    let t = table("t", &[col("a", "integer"), col("b", "text")], &[pk(&["a"])]);
    let over = seeded(ConflictAction::DoUpdate(vec!["b"].into()), "later");
    let steps = folded([vec![t, seeded(ConflictAction::DoNothing, "first")], vec![over]]);
    let rows = steps.iter().filter_map(|step| if let Step::Seed(seed) = step { Some(&seed.rows) } else { None });
    let rows: Vec<_> = rows.flat_map(|rows| rows.iter()).map(|row| row.to_vec()).collect();
    assert_eq!(rows, [[number("1"), text("later")]]);
}

#[test]
fn row_level_security_holds_after_the_rows_of_the_chain_are_in() {
    let t = table("t", &[col("a", "integer"), col("b", "text")], &[pk(&["a"])]);
    let secured = [
        Step::EnableRowLevelSecurity { table: "t" },
        Step::ForceRowLevelSecurity { table: "t" },
        seeded(ConflictAction::DoNothing, "x"),
    ];
    let steps = folded([[vec![t], secured.to_vec()].concat()]);
    let place = |found: fn(&Step) -> bool| steps.iter().position(found).unwrap();
    let seed = place(|step| matches!(step, Step::Seed(_)));
    assert!(seed < place(|step| matches!(step, Step::EnableRowLevelSecurity { .. })));
    assert!(seed < place(|step| matches!(step, Step::ForceRowLevelSecurity { .. })));
}

#[test]
fn a_seeded_value_is_what_its_first_type_has_made_of_it() {
    let value = |ty, then| {
        let t = table("t", &[col("a", "integer"), col("b", ty)], &[pk(&["a"])]);
        let steps = folded([
            vec![t, seeded(ConflictAction::DoNothing, "0000000000000000807fe4849ec4f627")],
            vec![set_type("t", "b", then)],
        ]);
        let row = steps
            .iter()
            .find_map(|step| if let Step::Seed(seed) = step { Some(seed.rows[0][1].clone()) } else { None });
        row.unwrap()
    };
    let long = "0000000000000000807fe4849ec4f627";
    assert!(matches!(value("uuid", "text"), Value::Sql(sql) if sql.to_string() == format!("CAST('{long}' AS uuid)")));
    assert_eq!(value("varchar(40)", "text"), text(long));
}
