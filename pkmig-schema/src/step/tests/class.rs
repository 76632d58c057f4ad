//! What a whole version's down promises: of the rows from before it, and of those that came after it.

use super::support::*;
use super::version::{replayed, version};
use super::view::view;
use crate::step::{
    Backfill, ConflictAction, DeleteRows, LabelPosition, OnConflict, RenameValue, Seed, Source, Tail, Taken,
};
use crate::{Class, Down, Enum, List, Name, Policy, PolicyCommand, Schema, Step};

/// A table with one of everything that rows may break, and one that points at it.
fn full() -> Schema {
    let columns = [
        not_null(col("id", "bigint")),
        not_null(col("name", "varchar(20)")),
        col("free", "text"),
        col("n", "integer"),
        col("price", "numeric(10,2)"),
        generated(col("twice", "integer"), "[n] * 2"),
        col("mood", "mood"),
    ];
    let constraints = [
        named("key", pk(&["id"])),
        named("one", unique(&["name"])),
        named("small", check("[n] < 9")),
        named("apart", exclude(&["n"])),
        not_valid(named("later", check("[n] > 0"))),
    ];
    let mood = Step::CreateEnum { def: Enum { name: "mood", labels: vec!["sad"].into() } };
    let pointing = table("u", &[col("t_id", "bigint")], &[]);
    let mut indexes = [unique_index(&["free"]), index(&["n"]), index(&["lower([free])"]), index(&["price"])];
    indexes[3].predicate = Some(sql("1 / [n] > 0"));
    let names = ["free_idx", "n_idx", "lower_idx", "price_idx"];
    let indexes = names.into_iter().zip(indexes).map(|(name, index)| create_index("t", index_named(name, index)));
    let mut shown = view("shown", "t", &["n"]);
    (shown.materialized, shown.indexes) = (true, vec![index_named("shown_idx", unique_index(&["n"]))].into());
    let key = add("u", named("points", fk(&["t_id"], "t", &["id"])));
    let extension = Step::CreateExtension { name: "btree_gist" };
    let steps = [extension, mood, table("t", &columns, &constraints), pointing, key].into_iter().chain(indexes);
    after(steps.chain([Step::CreateView { def: shown, replace: false }]))
}

fn derived(steps: Vec<Step>) -> Class {
    let migration = version(steps, Down::Derived);
    replayed(&full(), &migration).class(&migration)
}

fn written(steps: Vec<Step>, down: Vec<Step>) -> Class {
    let migration = version(steps, Down::Written(down.leak()));
    replayed(&full(), &migration).class(&migration)
}

fn drop_foreign_key() -> Step {
    drop_constraint("u", "points")
}

#[test]
fn what_comes_back_over_newer_rows_may_be_refused() {
    let using = || Some(sql("[n]::text"));
    let set_using = Step::SetType {
        table: "t",
        column: "free",
        ty: ty("varchar(9)"),
        collation: None,
        using: using(),
        down_using: using(),
    };
    let drop_view = Step::DropView { view: "shown", materialized: true, if_exists: false, cascade: false };
    for steps in [
        vec![drop_constraint("t", "small")],
        // A wider one in its place.
        vec![drop_constraint("t", "small"), add("t", named("small", check("[n] < 90")))],
        vec![drop_constraint("t", "one")],
        vec![drop_constraint("t", "apart")],
        vec![drop_foreign_key()],
        vec![drop_foreign_key(), drop_constraint("t", "key")],
        vec![drop_foreign_key(), drop_constraint("t", "key"), add("t", unique(&["id"])), drop_not_null("t", "id")],
        vec![drop_not_null("t", "name")],
        vec![set_type("t", "name", "text")],
        vec![set_type("t", "name", "varchar(30)")],
        vec![set_type("t", "price", "numeric(12,4)")],
        vec![drop_index("free_idx")],
        vec![drop_index("lower_idx")],
        vec![drop_index("price_idx")],
        vec![drop_column("t", "twice")],
        vec![drop_view],
        vec![set_using],
        // Under other names.
        vec![rename_table("t", "s"), rename_column("s", "n", "m"), drop_constraint("s", "small")],
    ] {
        let text: Vec<_> = steps.iter().map(ToString::to_string).collect();
        assert_eq!(derived(steps), Class::Conditional, "{text:?}");
    }
}

#[test]
fn what_no_row_can_break_is_lossless() {
    let own = || table("own", &[not_null(col("a", "integer"))], &[named("own_check", check("[a] > 0"))]);
    let guards = Policy {
        name: "p",
        restrictive: false,
        command: PolicyCommand::All,
        roles: List::Borrowed(&[]),
        using: Some(sql("true")),
        with_check: None,
    };
    let policy = Step::CreatePolicy { table: "t", policy: guards, replace: false };
    for steps in [
        // It is not valid again.
        vec![drop_constraint("t", "later")],
        vec![Step::ValidateConstraint { table: "t", constraint: "later" }],
        vec![add("t", check("[n] > 1")), set_not_null("t", "n")],
        vec![drop_index("n_idx")],
        vec![set_type("t", "free", "varchar")],
        vec![rename_table("t", "s"), rename_column("s", "n", "m"), rename_constraint("s", "small", "little")],
        // Another one sees to it that the rows fit.
        vec![drop_constraint("t", "one"), create_index("t", unique_index(&["name"]))],
        vec![drop_constraint("t", "small"), add("t", named("little", check("[n] < 9")))],
        vec![drop_foreign_key(), add("u", named("again", fk(&["t_id"], "t", &["id"])))],
        // What the version has made goes.
        vec![own(), drop_constraint("own", "own_check"), drop_not_null("own", "a")],
        vec![Step::EnableRowLevelSecurity { table: "t" }, policy, set_default("t", "n", number("1"))],
    ] {
        let text: Vec<_> = steps.iter().map(ToString::to_string).collect();
        assert_eq!(derived(steps), Class::Lossless, "{text:?}");
    }
}

/// A loss of what was there before weighs more.
#[test]
fn a_lossy_down_stays_lossy() {
    assert_eq!(derived(vec![drop_constraint("t", "small"), drop_column("t", "free")]), Class::Lossy);
}

fn fill(table: Name, column: Name) -> Step {
    let source = Source::Expression { value: sql("1"), from: None };
    let predicate = Some(sql("[n] = 5"));
    Step::Backfill(Backfill { table, column, source, predicate, batch: None, on_fresh: None })
}

fn delete(table: Name) -> Step {
    Step::DeleteRows(DeleteRows { table, predicate: sql("true"), on_fresh: None, tail: Tail::OF_A_DOWN })
}

fn on_down(step: Step) -> Step {
    Step::OnDown { step: Box::leak(Box::new(step)) }
}

#[test]
fn a_step_on_rows_on_the_way_down_is_lossy_over_rows_from_before() {
    let new_column = || add_column("t", col("new", "integer"));
    let new_table = || table("new", &[col("n", "integer")], &[]);
    for (steps, expected) in [
        (vec![on_down(fill("t", "n"))], Class::Lossy),
        (vec![rename_column("t", "free", "f"), on_down(fill("t", "price"))], Class::Lossy),
        (vec![on_down(delete("t"))], Class::Lossy),
        (vec![new_column(), on_down(fill("t", "new"))], Class::Lossless),
        (vec![new_table(), on_down(fill("new", "n")), on_down(delete("new"))], Class::Lossless),
    ] {
        let text: Vec<_> = steps.iter().map(ToString::to_string).collect();
        assert_eq!(derived(steps), expected, "{text:?}");
    }
}

#[test]
fn a_written_down_is_lossy_where_it_takes_what_was_there_before() {
    let new = || add_column("t", col("new", "integer"));
    let leave = || drop_column("t", "new");
    for (steps, down, expected) in [
        (vec![new()], vec![leave()], Class::Lossless),
        (vec![new()], vec![fill("t", "n"), leave()], Class::Lossy),
        (vec![new()], vec![fill("t", "new"), leave()], Class::Lossless),
        (vec![new()], vec![delete("t"), leave()], Class::Lossy),
        (
            vec![new()],
            vec![leave(), drop_index("n_idx"), create_index("t", index_named("n_idx", index(&["n"])))],
            Class::Lossless,
        ),
        (
            vec![new()],
            vec![
                leave(),
                drop_column("t", "free"),
                add_column("t", col("free", "text")),
                create_index("t", index_named("free_idx", unique_index(&["free"]))),
                create_index("t", index_named("lower_idx", index(&["lower([free])"]))),
            ],
            Class::Lossy,
        ),
        // What the version overwrote may be written again.
        (vec![fill("t", "n")], vec![fill("t", "n")], Class::Lossless),
        (vec![fill("t", "n")], vec![fill("t", "n"), fill("t", "price")], Class::Lossy),
        (vec![drop_constraint("t", "small")], vec![add("t", named("small", check("[n] < 9")))], Class::Conditional),
    ] {
        let text: Vec<_> = down.iter().map(ToString::to_string).collect();
        assert_eq!(written(steps, down), expected, "{text:?}");
    }
}

/// A value that the enum has not had may be in a row by then.
#[test]
fn an_enum_that_is_made_anew_may_not_have_a_newer_value() {
    let position = Some(LabelPosition::After("sad"));
    let more = Step::AddEnumValue { name: "mood", label: "glad", position };
    let to = |name: Name| Step::SetType {
        table: "t",
        column: "mood",
        ty: ty(name),
        collation: None,
        using: Some(sql("[mood]::text")),
        down_using: None,
    };
    let mood = Step::CreateEnum { def: Enum { name: "mood", labels: vec!["sad"].into() } };
    let down = vec![to("text"), Step::DropEnum { name: "mood" }, mood, to("mood")];
    assert_eq!(written(vec![more], down), Class::Conditional);
}

#[test]
fn a_value_that_rows_had_before_is_renamed_back_as_well() {
    let rename = |table, taken| {
        Step::RenameValue(RenameValue { table, column: "free", values: List::Borrowed(&[("a", "b")]), taken })
    };
    assert_eq!(derived(vec![rename("t", Taken::Keep)]), Class::Conditional);
    assert_eq!(derived(vec![rename("t", Taken::Delete)]), Class::Lossy);
    let own = table("own", &[col("free", "text")], &[]);
    assert_eq!(derived(vec![own, rename("own", Taken::Keep)]), Class::Lossless);
}

#[test]
fn the_rows_of_a_seed_go_only_where_nothing_has_come_to_point_at_them() {
    let seed = |table, column: Name| {
        let on_conflict = OnConflict { columns: vec![column].into(), action: ConflictAction::UnlessExists };
        let rows = List::Owned(vec![List::Owned(vec![number("1")])]);
        Step::Seed(Seed { table, columns: vec![column].into(), on_conflict, rows, kept: None })
    };
    assert_eq!(derived(vec![seed("u", "t_id")]), Class::Lossless);
    let into = after([
        table("k", &[not_null(col("id", "bigint"))], &[pk(&["id"])]),
        table("o", &[col("k", "bigint")], &[fk(&["k"], "k", &["id"])]),
    ]);
    let migration = version(vec![seed("k", "id")], Down::Derived);
    assert_eq!(replayed(&into, &migration).class(&migration), Class::Conditional);
}

#[test]
fn the_classes_are_in_the_order_of_what_they_lose() {
    let all = [Class::Lossless, Class::Conditional, Class::Lossy, Class::Irreversible];
    assert!(all.is_sorted());
    assert_eq!(all.map(|class| class.to_string()), ["lossless", "conditional", "lossy", "irreversible"]);
    assert_eq!(all.map(Class::keeps_rows), [true, true, false, false]);
}
