//! Columns: what goes along with one, what keeps it, and its way back.

use super::support::*;
use crate::{Class, GeneratorKind, IndexKey, List, Step};

/// `t (id, a, b, twice)`, with something of every kind on `a`, and `u` that references it.
fn full() -> crate::Schema {
    let columns = [
        bigserial("id"),
        not_null(col("a", "integer")),
        col("b", "integer"),
        generated(col("twice", "integer"), "[a] * 2"),
    ];
    let mut covering = index_named("covering", index(&["b"]));
    covering.include = List::Owned(vec!["a"]);
    let mut partial = index_named("partial", index(&["b"]));
    partial.predicate = Some(sql("[a] > 0"));
    after([
        table("t", &columns, &[pk(&["id"]), unique(&["a"]), check("[a] > [b]"), check("[b] > 0")]),
        create_index("t", covering),
        create_index("t", partial),
        create_index("t", index_named("computed", index(&["abs([a])"]))),
        create_index("t", index_named("of_twice", index(&["twice"]))),
        create_index("t", index_named("of_b", index(&["b"]))),
        add("t", named("own", fk(&["b"], "t", &["a"]))),
        table("u", &[col("t_a", "integer")], &[fk(&["t_a"], "t", &["a"])]),
        sequence("numbers", Some(("t", "a"))),
    ])
}

#[test]
fn drop_column_takes_along_all_that_stands_on_it() {
    let schema = then(&full(), &cascade(drop_column("t", "a")));
    assert_eq!(column_names(&schema, "t"), ["id", "b"]);
    assert_eq!(constraint_names(&schema, "t"), ["t_pkey", "t_b_check"]);
    assert_eq!(index_names(&schema, "t"), ["of_b"]);
    assert_eq!(constraint_names(&schema, "u"), [""; 0]);
    assert!(!schema.has_object("numbers"));
}

#[test]
fn drop_column_brings_all_of_it_back() {
    assert_eq!(
        undone(&full(), &cascade(drop_column("t", "a"))),
        [
            "add_column t.a: integer not_null",
            "add_column t.twice: integer generated(\"a * 2\")",
            "create_sequence numbers owned_by t.a",
            "add_unique t t_a_key (a)",
            "add_check t t_check (\"a > b\")",
            "create_index covering on t (b) include (a)",
            "create_index partial on t (b) where(\"a > 0\")",
            "create_index computed on t (\"abs(a)\")",
            "create_index of_twice on t (twice)",
            "add_foreign_key t own (b) references t (a)",
            "add_foreign_key u u_t_a_fkey (t_a) references t (a)",
        ]
    );
}

#[test]
fn drop_column_wants_cascade_where_others_depend_on_it() {
    let columns =
        [col("id", "bigint"), col("parent", "bigint"), col("a", "integer"), generated(col("b", "integer"), "[a]")];
    let schema = after([
        table("t", &columns, &[pk(&["id"]), fk(&["parent"], "t", &["id"])]),
        table("u", &[col("t_id", "bigint")], &[fk(&["t_id"], "t", &["id"])]),
    ]);
    assert_eq!(refused(&schema, &drop_column("t", "a")), "column `b` is generated from `a`, since V1");
    let alone = then(&schema, &drop_table("u"));
    let message = refused(&alone, &drop_column("t", "id"));
    assert_eq!(message, "column `id` is referenced by `t_parent_fkey` of table `t`, since V1");
    assert_eq!(problems(&schema, &cascade(drop_column("t", "id"))), []);
}

#[test]
fn drop_column_does_not_mind_a_reference_that_goes_with_it() {
    let columns = [col("a", "integer"), col("b", "integer"), col("c", "integer")];
    let schema = after([table("t", &columns, &[unique(&["a", "b"]), fk(&["b", "c"], "t", &["a", "b"])])]);
    assert_eq!(constraint_names(&then(&schema, &drop_column("t", "b")), "t"), [""; 0]);
}

#[test]
fn drop_column_wants_cascade_where_a_key_goes_that_only_includes_it() {
    let mut key = index_named("key", unique_index(&["a"]));
    key.include = List::Owned(vec!["b"]);
    let schema = after([
        table("t", &[col("a", "integer"), col("b", "integer")], &[]),
        create_index("t", key),
        table("u", &[col("a", "integer")], &[fk(&["a"], "t", &["a"])]),
    ]);
    let message = refused(&schema, &drop_column("t", "b"));
    assert_eq!(message, "column `b` is referenced by `u_a_fkey` of table `u`, since V3");
    assert_eq!(undone(&schema, &cascade(drop_column("t", "b"))).len(), 3);
}

#[test]
fn drop_column_if_exists_changes_nothing_where_it_is_not() {
    assert_eq!(undone(&full(), &tolerant(drop_column("t", "none"))), [""; 0]);
    assert_eq!(undone(&full(), &tolerant(drop_column("none", "a"))), [""; 0]);
    assert_eq!(class(&full(), &tolerant(drop_column("t", "none"))), Class::Lossless);
}

#[test]
fn drop_column_loses_what_was_not_computed() {
    assert_eq!(class(&full(), &drop_column("t", "b")), Class::Lossy);
    assert_eq!(class(&full(), &drop_column("t", "twice")), Class::Lossless);
}

#[test]
fn drop_column_says_what_became_of_its_indexes() {
    let schema = then(&full(), &cascade(drop_column("t", "a")));
    assert!(refused(&schema, &drop_index("covering")).ends_with("it was dropped in V10"));
    assert!(refused(&schema, &drop_constraint("u", "u_t_a_fkey")).ends_with("it was dropped in V10"));
    assert_eq!(
        refused(&schema, &rename_column("t", "twice", "x")),
        "no column `twice` in table `t`: it was dropped in V10"
    );
}

#[test]
fn rename_column_follows_everywhere() {
    let schema = then(&full(), &rename_column("t", "a", "z"));
    assert_eq!(constraint_names(&schema, "t"), ["t_pkey", "t_a_key", "t_check", "t_b_check", "own"]);
    assert_eq!(column(&schema, "t", "twice").generated, Some(sql("[z] * 2")));
    let Some(t) = schema.table("t") else { panic!("t is gone") };
    assert!(t.constraints.iter().all(|known| !known.def.kind.uses("a")));
    assert!(t.indexes.iter().all(|known| !known.def.uses("a")));
    assert_eq!(t.index("covering").map(|known| &known.def.include[..]), Some(&["z"][..]));
    assert_eq!(
        t.index("computed").map(|known| &known.def.columns[0].key),
        Some(&IndexKey::Expression(sql("abs([z])")))
    );
    let dropped = then(&schema, &cascade(drop_column("t", "z")));
    assert_eq!((constraint_names(&dropped, "u").len(), dropped.has_object("numbers")), (0, false));
}

#[test]
fn rename_column_is_undone_by_renaming_it_back() {
    assert_eq!(undone(&full(), &rename_column("t", "a", "z")), ["rename_column t.z => a"]);
    assert_eq!(undone(&full(), &tolerant(rename_column("t", "none", "z"))), [""; 0]);
    assert_eq!(
        refused(&full(), &rename_column("t", "a", "b")),
        "cannot rename `a` to `b`: table `t` already has that column, since V1"
    );
}

#[test]
fn a_missing_column_says_what_became_of_it_or_what_was_meant() {
    let schema = then(&full(), &rename_column("t", "twice", "double"));
    assert_eq!(
        refused(&schema, &drop_column("t", "twice")),
        "no column `twice` in table `t`: it was renamed to `double` in V10"
    );
    assert_eq!(help(&schema, &drop_column("t", "doubel")), "did you mean `double`?");
}

#[test]
fn add_column_is_undone_by_drop_column_alone() {
    let step = Step::AddColumn {
        table: "t",
        column: col("c", "integer"),
        constraints: vec![unique(&["c"]), check("[c] > [b]"), fk(&["c"], "t", &["a"])].into(),
        if_not_exists: false,
    };
    assert_eq!(undone(&full(), &step), ["drop_column t.c"]);
    assert_eq!(constraint_names(&then(&full(), &step), "t")[5..], ["t_c_key", "t_check1", "t_c_fkey"]);
}

#[test]
fn add_column_of_a_sequence_is_undone_with_it() {
    let schema = then(&full(), &add_column("t", bigserial("n")));
    assert!(schema.has_object("t_n_seq"));
    assert_eq!(undone(&full(), &add_column("t", bigserial("n"))), ["drop_column t.n"]);
    assert_eq!(undone(&schema, &drop_column("t", "n")), ["add_column t.n: bigserial"]);
}

#[test]
fn a_sequence_name_that_is_taken_gets_a_number() {
    let schema = after([table("t", &[], &[]), sequence("t_n_seq", None), add_column("t", identity("n"))]);
    assert_eq!(column(&schema, "t", "n").generator.map(|generator| generator.sequence), Some("t_n_seq1"));
}

#[test]
fn add_column_refuses_what_rows_cannot_have() {
    let step = |column| add_column("t", column);
    let message = refused(&full(), &step(not_null(col("c", "text"))));
    assert_eq!(message, "column `c` is not_null without a default, but table `t` may have rows since V1");
    assert_eq!(problems(&full(), &step(default(not_null(col("c", "text")), text("")))), []);
    // A default that is null is none.
    assert_eq!(problems(&full(), &step(default(not_null(col("c", "text")), null()))).len(), 1);
    assert_eq!(refused(&full(), &step(col("a", "text"))), "column `a` of table `t` already exists, since V1");
    assert_eq!(undone(&full(), &tolerant(step(col("a", "integer")))), [""; 0]);
}

#[test]
fn a_type_must_be_there() {
    assert_eq!(refused(&full(), &add_column("t", col("c", "colour"))), "no type `colour`");
    assert_eq!(help(&full(), &add_column("t", col("c", "bigin"))), "did you mean `bigint`?");
    assert_eq!(help(&full(), &add_column("t", col("c", "citext"))), "add `create_extension citext;` before it");
}

#[test]
fn set_type_takes_only_casts_that_postgresql_makes_by_itself() {
    let schema = after([table("t", &[col("a", "text"), col("n", "integer")], &[])]);
    assert_eq!(
        refused(&schema, &set_type("t", "a", "bigint")),
        "`t.a` is text since V1, which has no automatic cast to bigint"
    );
    assert_eq!(undone(&schema, &set_type("t", "n", "bigint")), ["set_type t.n: integer"]);
    assert_eq!(
        not_undone(&schema, &set_type("t", "n", "text")),
        "set_type cannot be reverted: text has no automatic cast to integer"
    );
}

fn set_type_using(down_using: Option<&'static str>) -> Step {
    let (using, down_using) = (Some(sql("[a]::bigint")), down_using.map(sql));
    Step::SetType { table: "t", column: "a", ty: ty("bigint"), collation: None, using, down_using }
}

#[test]
fn set_type_goes_back_by_down_using() {
    let schema = after([table("t", &[col("a", "text")], &[])]);
    assert_eq!(undone(&schema, &set_type_using(None)), ["set_type t.a: text"]);
    assert_eq!(undone(&schema, &set_type_using(Some("[a]::text"))), ["set_type t.a: text using(\"a::text\")"]);
}

#[test]
fn set_type_is_lossy_where_a_cast_rounds() {
    let schema = after([table("t", &[col("a", "text"), col("n", "integer"), col("at", "timestamptz")], &[])]);
    assert_eq!(class(&schema, &set_type_using(None)), Class::Lossy);
    assert_eq!(class(&schema, &set_type_using(Some("[a]::text"))), Class::Lossless);
    assert_eq!(class(&schema, &set_type("t", "n", "bigint")), Class::Lossless);
    assert_eq!(class(&schema, &set_type("t", "at", "timestamptz(0)")), Class::Lossy);
}

#[test]
fn set_type_refuses_a_default_that_does_not_turn_along() {
    let columns = [default(col("a", "text"), text("5")), default(col("n", "integer"), number("5"))];
    let schema = after([table("t", &columns, &[])]);
    assert_eq!(refused(&schema, &set_type_using(None)), "the default of `t.a` has no automatic cast to bigint");
    assert_eq!(problems(&schema, &set_type("t", "n", "text")), []);
    assert_eq!(problems(&then(&schema, &drop_default("t", "a")), &set_type_using(None)), []);
}

#[test]
fn set_type_refuses_what_a_column_is_generated_from() {
    assert_eq!(refused(&full(), &set_type("t", "a", "bigint")), "column `twice` is generated from `a`, since V1");
}

#[test]
fn not_null_is_set_and_dropped_and_undone() {
    assert_eq!(undone(&full(), &set_not_null("t", "b")), ["drop_not_null t.b"]);
    assert_eq!(undone(&full(), &drop_not_null("t", "a")), ["set_not_null t.a"]);
    assert_eq!(undone(&full(), &set_not_null("t", "a")), [""; 0]);
    assert_eq!(undone(&full(), &tolerant(set_not_null("t", "none"))), [""; 0]);
}

#[test]
fn drop_not_null_is_refused_in_a_key_and_on_an_identity() {
    assert_eq!(refused(&full(), &drop_not_null("t", "id")), "column `id` belongs to the primary key `t_pkey`");
    let schema = after([table("t", &[identity("id")], &[])]);
    assert_eq!(
        refused(&schema, &drop_not_null("t", "id")),
        "column `id` is an identity column, which is always not_null"
    );
}

#[test]
fn a_default_is_set_and_dropped_and_undone() {
    let schema = after([table("t", &[default(col("a", "integer"), number("1")), col("b", "integer")], &[])]);
    assert_eq!(undone(&schema, &set_default("t", "a", number("2"))), ["set_default t.a = 1"]);
    assert_eq!(undone(&schema, &set_default("t", "b", number("2"))), ["drop_default t.b"]);
    assert_eq!(undone(&schema, &drop_default("t", "a")), ["set_default t.a = 1"]);
    assert_eq!(undone(&schema, &drop_default("t", "b")), [""; 0]);
    assert_eq!(undone(&schema, &set_default("t", "b", null())), [""; 0]);
    assert_eq!(refused(&schema, &set_default("t", "a", text("x"))), "default not valid for integer: `x`");
}

#[test]
fn identity_and_generated_columns_have_no_default() {
    let schema = after([table("t", &[identity("id"), generated(col("a", "bigint"), "[id]")], &[])]);
    assert_eq!(
        refused(&schema, &set_default("t", "id", number("1"))),
        "column `id` is an identity column, which has no default"
    );
    assert_eq!(refused(&schema, &drop_default("t", "a")), "column `a` is a generated column, which has no default");
}

#[test]
fn a_serial_column_keeps_its_sequence_when_its_default_goes() {
    let schema = after([table("t", &[bigserial("id")], &[]), drop_default("t", "id")]);
    assert_eq!(column(&schema, "t", "id").generator, None);
    assert!(schema.has_object("t_id_seq"));
    assert!(!then(&schema, &drop_column("t", "id")).has_object("t_id_seq"));
    let again = then(&schema, &set_default("t", "id", crate::down::inverse::next_value("t_id_seq")));
    assert_eq!(column(&again, "t", "id").generator.map(|generator| generator.kind), Some(GeneratorKind::Serial));
}

#[test]
fn a_serial_default_comes_and_goes() {
    let schema = after([table("t", &[bigserial("id")], &[])]);
    assert_eq!(undone(&schema, &drop_default("t", "id")).len(), 1);
    assert_eq!(undone(&schema, &set_default("t", "id", number("0"))).len(), 1);
    let dropped = then(&schema, &drop_default("t", "id"));
    let step = set_default("t", "id", crate::down::inverse::next_value("t_id_seq"));
    assert_eq!(undone(&dropped, &step), ["drop_default t.id"]);
}

#[test]
fn a_sequence_of_its_own_kind_does_not_make_a_serial_column() {
    let schema = after([table("t", &[col("n", "integer")], &[]), sequence("numbers", Some(("t", "n")))]);
    let step = set_default("t", "n", crate::down::inverse::next_value("numbers"));
    assert_eq!(column(&then(&schema, &step), "t", "n").generator, None);
    assert_eq!(undone(&schema, &step), ["drop_default t.n"]);
}

#[test]
fn set_type_refuses_what_a_foreign_key_cannot_compare() {
    let schema = after([
        table("t", &[col("a", "integer"), col("b", "text")], &[pk(&["a"])]),
        table("u", &[col("a", "integer")], &[fk(&["a"], "t", &["a"])]),
    ]);
    let message = "`t.a` cannot become text: `u_a_fkey` lets `u.a` reference `t.a`, since V2";
    assert_eq!(refused(&schema, &set_type("t", "a", "text")), message);
    assert!(refused(&schema, &set_type("u", "a", "text")).starts_with("`u.a` cannot become text"));
    assert_eq!(undone(&schema, &set_type("t", "a", "bigint")), ["set_type t.a: integer"]);
}
