//! Whole versions: what their down does, and what is said of one that does not lead back.

use super::support::*;
use crate::replay::{Replayed, replay};
use crate::step::{Backfill, DeleteRows, Source, Tail};
use crate::{Class, Down, Enum, Migration, ObjectKind, ObjectRef, Report, Schema, Step, Version};

pub(super) fn version(steps: Vec<Step>, down: Down) -> Migration {
    Migration { version: Version(9), title: "nine", steps: steps.leak(), down }
}

pub(super) fn replayed(before: &Schema, migration: &Migration) -> Replayed {
    let mut report = Report::default();
    let replayed = replay(before, migration, &mut report);
    assert_eq!(report.into_problems(), []);
    replayed
}

/// The down's steps in one line each, none of which finds anything wrong.
pub(super) fn down(before: &Schema, steps: Vec<Step>) -> (Vec<String>, Class) {
    let migration = version(steps, Down::Derived);
    let (moments, class) = match replayed(before, &migration).down(&migration, &mut Report::default()) {
        Ok(down) => down,
        Err(error) => panic!("{error:?}"),
    };
    for moment in &moments {
        assert_eq!(complaints(&moment.before, &moment.step), [], "{}", moment.step);
    }
    (moments.iter().map(|moment| moment.step.to_string()).collect(), class)
}

fn said_of_down(before: &Schema, steps: Vec<Step>, written: Vec<Step>) -> Vec<String> {
    let migration = version(steps, Down::Written(written.leak()));
    let mut report = Report::default();
    replayed(before, &migration).check_down(&migration, migration.title, &mut report);
    report.into_problems().into_iter().map(|problem| problem.message).collect()
}

pub(super) fn t() -> Schema {
    after([table("t", &[col("a", "integer"), col("b", "text")], &[])])
}

#[test]
fn a_derived_down_undoes_the_last_step_first() {
    let (steps, class) =
        down(&t(), vec![rename_column("t", "a", "c"), create_index("t", index(&["c"])), drop_column("t", "b")]);
    assert_eq!(steps, ["add_column t.b: text", "drop_index t_c_idx", "rename_column t.c => a"]);
    assert_eq!(class, Class::Lossy);
}

/// What the version's tables refer to goes before they do.
#[test]
fn a_new_table_lets_go_of_what_is_newer() {
    let steps = vec![
        table("u", &[bigserial("id"), col("t", "integer")], &[]),
        Step::CreateEnum { def: Enum { name: "e", labels: vec!["x"].into() } },
        add_column("u", col("e", "e")),
        sequence("s", None),
        set_default("u", "t", expression("nextval('@.s'::regclass)")),
        create_index("t", unique_index(&["a"])),
        add("u", fk(&["t"], "t", &["a"])),
    ];
    let expected = [
        "drop_constraint u u_t_fkey",
        "drop_index t_a_idx",
        "drop_default u.t",
        "drop_sequence s",
        "drop_column u.e",
        "drop_enum e",
        "drop_table u",
    ];
    assert_eq!(down(&t(), steps), (expected.map(str::to_owned).to_vec(), Class::Lossless));
}

/// A foreign key may rest on either of two keys, so it is left to the SQL to move it.
#[test]
fn a_foreign_key_stays_while_one_key_is_exchanged_for_another() {
    let before = after([
        table("t", &[col("a", "integer")], &[pk(&["a"])]),
        table("u", &[col("a", "integer")], &[fk(&["a"], "t", &["a"])]),
    ]);
    let (steps, _) = down(&before, vec![add("t", unique(&["a"])), drop_constraint("t", "t_pkey")]);
    assert_eq!(steps, ["add_primary_key t t_pkey (a)", "drop_constraint t t_a_key"]);
}

#[test]
fn a_written_down_must_lead_back() {
    let up = || vec![add_column("t", col("c", "integer"))];
    assert_eq!(said_of_down(&t(), up(), vec![drop_column("t", "c")]), [""; 0]);
    let said = said_of_down(&t(), up(), Vec::new());
    assert_eq!(said, ["the down of V9 does not restore the schema before it: `t`: column `c` still exists"]);
    assert_eq!(said_of_down(&t(), up(), vec![drop_column("t", "d")]), ["no column `d` in table `t`"]);
}

#[test]
fn a_written_down_restores_comments_too() {
    let before = then(&t(), &comment_on(ObjectRef::new(ObjectKind::Table, "t"), "old"));
    let said = said_of_down(&before, vec![comment_on(ObjectRef::new(ObjectKind::Table, "t"), "new")], Vec::new());
    assert_eq!(said.len(), 1);
}

#[test]
fn a_column_is_not_dropped_and_added_in_one_version() {
    let mut schema = t();
    schema.begin(Version(9));
    let mut report = Report::default();
    for step in [drop_column("t", "b"), rename_table("t", "u"), add_column("u", col("b", "text"))] {
        step.apply(&mut schema, &mut report);
    }
    let messages: Vec<_> = report.into_problems().into_iter().map(|problem| problem.message).collect();
    let expected = "column `b` of table `u` is dropped and added in one version: run twice, it would lose its values";
    assert_eq!(messages, [expected]);
}

/// Of the old type, it would be taken for the old column by a second run.
#[test]
fn a_new_column_does_not_take_the_name_of_one_of_its_type_in_one_version() {
    let said = |type_| {
        let mut schema = t();
        schema.begin(Version(9));
        let mut report = Report::default();
        for step in [add_column("t", col("new", type_)), drop_column("t", "b"), rename_column("t", "new", "b")] {
            step.apply(&mut schema, &mut report);
        }
        report.into_problems().into_iter().map(|problem| problem.message).collect::<Vec<_>>()
    };
    let expected = "a new column takes the name of `b`, which is dropped in this version and was text too: run twice, it \
                    would lose its values";
    assert_eq!(said("text"), [expected]);
    assert_eq!(said("varchar(50)"), [""; 0]);
}

fn fill(column: crate::Name) -> Step {
    let source = Source::Expression { value: sql("1"), from: None };
    Step::Backfill(Backfill { table: "t", column, source, predicate: None, batch: None, on_fresh: None })
}

fn written_class(steps: Vec<Step>, down: Vec<Step>) -> Class {
    let migration = version(steps, Down::Written(down.leak()));
    replayed(&t(), &migration).class(&migration)
}

#[test]
fn a_written_down_is_lossy_where_it_leaves_a_dropped_column_empty() {
    let up = || vec![drop_column("t", "b")];
    assert_eq!(written_class(up(), vec![add_column("t", col("b", "text"))]), Class::Lossy);
    assert_eq!(written_class(up(), vec![add_column("t", col("b", "text")), fill("a")]), Class::Lossy);
    assert_eq!(written_class(up(), vec![add_column("t", col("b", "text")), fill("b")]), Class::Lossless);
    assert_eq!(written_class(vec![create_index("t", index(&["a"]))], vec![drop_index("t_a_idx")]), Class::Lossless);
    assert_eq!(written_class(vec![drop_table("t")], vec![table("t", &[], &[])]), Class::Lossy);
}

#[test]
fn a_step_on_rows_is_run_at_its_place_on_the_way_down() {
    let rows =
        DeleteRows { table: "t", predicate: sql("[b] = 'new'"), on_fresh: None, tail: Tail::Noop("a step of a down") };
    let step = Step::OnDown { step: Box::leak(Box::new(Step::DeleteRows(rows))) };
    let (steps, class) = down(&t(), vec![add_column("t", col("c", "text")), step, add("t", check("[a] > 0"))]);
    assert_eq!(steps, ["drop_constraint t t_a_check", r#"delete_rows t where("b = 'new'")"#, "drop_column t.c"]);
    assert_eq!(class, Class::Lossy);
}
