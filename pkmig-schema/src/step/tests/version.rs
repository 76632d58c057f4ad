//! Whole versions: what their down does, and what is said of one that does not lead back.

use super::support::*;
use crate::replay::{Replayed, replay};
use crate::step::CommentTarget;
use crate::{Class, Down, Enum, Migration, Report, Schema, Step, Version};

fn version(steps: Vec<Step>, down: Down) -> Migration {
    Migration { version: Version(9), title: "nine", steps: steps.leak(), down }
}

fn replayed(before: &Schema, migration: &Migration) -> Replayed {
    let mut report = Report::default();
    let replayed = replay(before, migration, &mut report);
    assert_eq!(report.into_problems(), []);
    replayed
}

/// The down's steps in one line each, none of which finds anything wrong.
fn down(before: &Schema, steps: Vec<Step>) -> (Vec<String>, Class) {
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

fn t() -> Schema {
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

/// The key that the down brings back is the younger one, so the foreign key is in the way of the older one's drop.
#[test]
fn a_foreign_key_is_made_anew_around_the_key_it_came_to_rest_on() {
    let before = after([
        table("t", &[col("a", "integer")], &[pk(&["a"])]),
        table("u", &[col("a", "integer")], &[fk(&["a"], "t", &["a"])]),
    ]);
    let (steps, _) = down(&before, vec![add("t", unique(&["a"])), cascade(drop_constraint("t", "t_pkey"))]);
    let expected = [
        "add_primary_key t t_pkey (a)",
        "add_foreign_key u u_a_fkey (a) references t (a)",
        "drop_constraint u u_a_fkey",
        "drop_constraint t t_a_key",
        "add_foreign_key u u_a_fkey (a) references t (a)",
    ];
    assert_eq!(steps, expected);
}

#[test]
fn a_written_down_must_lead_back() {
    let up = || vec![add_column("t", col("c", "integer"))];
    assert_eq!(said_of_down(&t(), up(), vec![drop_column("t", "c")]), [""; 0]);
    let said = said_of_down(&t(), up(), Vec::new());
    assert_eq!(said, ["the down of V9 does not restore the schema before it: `t`: column `c` is still there"]);
    assert_eq!(said_of_down(&t(), up(), vec![drop_column("t", "d")]), ["no column `d` in table `t`"]);
}

#[test]
fn a_written_down_restores_comments_too() {
    let before = then(&t(), &comment_on(CommentTarget::Table("t"), "old"));
    let said = said_of_down(&before, vec![comment_on(CommentTarget::Table("t"), "new")], Vec::new());
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
