//! Constraints: PostgreSQL's names, what a foreign key rests on, and their way back.

use super::support::*;
use crate::Step;

fn t() -> Step {
    table("t", &[col("a", "integer"), col("b", "integer"), col("email", "text")], &[])
}

/// As PostgreSQL 15 names them.
#[test]
fn constraints_get_the_names_that_postgresql_makes() {
    let schema = after([
        t(),
        add("t", unique(&["a", "b"])),
        add("t", check("[a] > 0 and [b] > 0")),
        add("t", check("[a] > 1 and [a] < 9")),
        add("t", check("[a] > 0")),
        add("t", check("[b] > [a] or [b] < [a]")),
        add("t", check("1 = 1")),
        add("t", check("lower([email]) = 'x'")),
        add("t", fk(&["b", "a"], "t", &["a", "b"])),
    ]);
    let expected =
        ["t_a_b_key", "t_check", "t_a_check", "t_a_check1", "t_check1", "t_check2", "t_email_check", "t_b_a_fkey"];
    assert_eq!(constraint_names(&schema, "t"), expected);
}

#[test]
fn a_name_made_by_postgresql_is_unique_in_the_prefix() {
    let schema = after([
        table("a_b", &[col("c", "integer")], &[check("[c] > 0")]),
        table("a", &[col("b_c", "integer"), col("d", "integer")], &[check("[b_c] > 0")]),
        table("other", &[col("x", "integer")], &[named("a_d_key", check("[x] > 0"))]),
        add("a", unique(&["d"])),
        add("other", named("a_b_c_check", check("[x] > 1"))),
    ]);
    assert_eq!(constraint_names(&schema, "a"), ["a_b_c_check1", "a_d_key1"]);
}

#[test]
fn a_long_key_name_is_cut_in_its_longer_part() {
    let schema = after([table(long("t", 20), &[col(long("c", 60), "integer")], &[unique(&[long("c", 60)])])]);
    let expected = format!("{}_{}_key", "t".repeat(20), "c".repeat(38));
    assert_eq!(constraint_names(&schema, long("t", 20)), [expected]);
}

#[test]
fn a_primary_key_sets_not_null_and_its_drop_leaves_it() {
    let schema = after([t(), add("t", pk(&["a"]))]);
    assert!(column(&schema, "t", "a").not_null);
    assert!(column(&then(&schema, &drop_constraint("t", "t_pkey")), "t", "a").not_null);
    assert_eq!(undone(&after([t()]), &add("t", pk(&["a"]))), ["drop_constraint t t_pkey", "drop_not_null t.a"]);
    assert_eq!(undone(&schema, &drop_constraint("t", "t_pkey")), ["add_primary_key t t_pkey (a)"]);
    assert_eq!(
        refused(&schema, &add("t", named("p", pk(&["b"])))),
        "table `t` already has a primary key: `t_pkey`, since V2"
    );
}

#[test]
fn every_constraint_is_undone_by_dropping_it() {
    let schema = after([t(), add("t", unique(&["a"]))]);
    for constraint in [unique(&["b"]), check("[a] > 0"), fk(&["b"], "t", &["a"]), not_valid(fk(&["b"], "t", &["a"]))] {
        let step = add("t", named("n", constraint));
        assert_eq!(undone(&schema, &step), ["drop_constraint t n"]);
        undone(&then(&schema, &step), &drop_constraint("t", "n"));
        assert_eq!(undone(&then(&schema, &step), &rename_constraint("t", "n", "m")), ["rename_constraint t m => n"]);
    }
}

#[test]
fn a_constraint_if_not_exists_changes_nothing_where_it_is() {
    let schema = after([t(), add("t", unique(&["a"])), add("t", check("[a] > 0")), add("t", check("[a] < 9"))]);
    assert_eq!(undone(&schema, &tolerant(add("t", unique(&["a"])))), [""; 0]);
    assert_eq!(undone(&schema, &tolerant(add("t", check("[a] < 9")))), [""; 0]);
    assert_eq!(undone(&schema, &tolerant(add("t", named("t_a_key", unique(&["b"]))))), [""; 0]);
    assert_eq!(undone(&schema, &tolerant(drop_constraint("t", "none"))), [""; 0]);
    assert_eq!(
        refused(&schema, &add("t", named("t_a_check", check("[b] > 0")))),
        "constraint `t_a_check` of table `t` already exists, since V3"
    );
}

#[test]
fn a_foreign_key_needs_a_unique_target_of_its_type() {
    let schema = after([t(), table("u", &[col("x", "integer"), col("y", "text")], &[unique(&["x"]), unique(&["y"])])]);
    assert_eq!(
        refused(&schema, &add("u", fk(&["x"], "t", &["a"]))),
        "foreign key to a column that is not unique: `t` (a)"
    );
    assert_eq!(
        refused(&schema, &add("t", fk(&["a"], "u", &["y"]))),
        "foreign key to a column of a different type: `a` is integer, `u.y` is text since V2"
    );
    assert_eq!(refused(&schema, &add("t", fk(&["a"], "u", &["z"]))), "no column `z` in table `u`");
    assert_eq!(
        refused(&schema, &add("t", fk(&["a", "b"], "u", &["x"]))),
        "foreign key of 2 columns references 1 of `u`"
    );
    assert_eq!(refused(&schema, &add("t", fk(&["a"], "v", &["x"]))), "no table `v`");
}

#[test]
fn a_key_that_is_referenced_wants_cascade() {
    let schema = after([t(), add("t", unique(&["a"])), add("t", named("own", fk(&["b"], "t", &["a"])))]);
    assert_eq!(
        refused(&schema, &drop_constraint("t", "t_a_key")),
        "constraint `t_a_key` is referenced by `own` of table `t`"
    );
    assert_eq!(
        undone(&schema, &cascade(drop_constraint("t", "t_a_key"))),
        ["add_unique t t_a_key (a)", "add_foreign_key t own (b) references t (a)"]
    );
}

#[test]
fn of_the_keys_that_a_foreign_key_can_rest_on_one_must_stay() {
    let schema = after([
        t(),
        create_index("t", index_named("first", unique_index(&["a"]))),
        add("t", pk(&["a"])),
        table("u", &[col("a", "integer")], &[fk(&["a"], "t", &["a"])]),
    ]);
    assert_eq!(problems(&schema, &drop_constraint("t", "t_pkey")), []);
    let one = then(&schema, &drop_constraint("t", "t_pkey"));
    assert_eq!(refused(&one, &drop_index("first")), "index `first` is referenced by `u_a_fkey` of table `u`");
    assert_eq!(problems(&schema, &drop_index("first")), []);
}

#[test]
fn validate_is_undone_by_adding_it_unchecked_again() {
    let schema = after([t(), add("t", named("n", not_valid(check("[a] > 0"))))]);
    let step = Step::ValidateConstraint { table: "t", constraint: "n" };
    assert_eq!(undone(&schema, &step), ["drop_constraint t n", "add_check t n (\"a > 0\") not_valid"]);
    assert_eq!(undone(&then(&schema, &step), &step), [""; 0]);
    let key = then(&schema, &add("t", unique(&["a"])));
    let message = refused(&key, &Step::ValidateConstraint { table: "t", constraint: "t_a_key" });
    assert_eq!(message, "constraint `t_a_key` is not a foreign key or check: it is always valid");
}

#[test]
fn rename_constraint_refuses_a_name_that_is_taken() {
    let schema = after([
        t(),
        add("t", unique(&["a"])),
        add("t", check("[a] > 0")),
        create_index("t", index_named("i", index(&["a"]))),
    ]);
    let refused = |from, to| refused(&schema, &rename_constraint("t", from, to));
    assert!(refused("t_a_key", "t_a_check").ends_with("constraint `t_a_check` already exists, since V3"));
    assert!(refused("t_a_key", "i").ends_with("index `i` of table `t` already exists, since V4"));
    assert_eq!(problems(&schema, &rename_constraint("t", "t_a_check", "i")), []);
}

#[test]
fn a_missing_constraint_says_what_became_of_it() {
    let schema =
        after([t(), add("t", unique(&["a"])), rename_constraint("t", "t_a_key", "key"), drop_constraint("t", "key")]);
    assert_eq!(
        refused(&schema, &drop_constraint("t", "t_a_key")),
        "no constraint `t_a_key` on table `t`: it was renamed to `key` in V3, then dropped in V4"
    );
    assert_eq!(
        refused(&schema, &drop_constraint("t", "key")),
        "no constraint `key` on table `t`: it was dropped in V4"
    );
}

#[test]
fn an_exclusion_constraint_has_an_index_and_goes_with_its_columns() {
    let schema = after([t(), Step::CreateExtension { name: "btree_gist" }]);
    let schema = then(&schema, &add("t", exclude(&["a", "b + [a]"])));
    assert_eq!(constraint_names(&schema, "t"), ["t_a_expr_excl"]);
    let back = r#"add_exclude t t_a_expr_excl using gist (a with "=", "b + a" with "=")"#;
    assert_eq!(undone(&schema, &drop_constraint("t", "t_a_expr_excl")), [back]);
    let (other, other_excluded) = (col("x", "integer"), named("t_a_expr_excl", exclude(&["x"])));
    assert_eq!(
        refused(&then(&schema, &table("u", &[other], &[])), &add("u", other_excluded)),
        "index `t_a_expr_excl` of table `t` already exists, since V3"
    );
    let renamed = then(&schema, &rename_column("t", "a", "c"));
    assert_eq!(
        undone(&renamed, &drop_column("t", "c")),
        ["add_column t.c: integer", &back.replace("(a", "(c").replace("+ a", "+ c")]
    );
    let expected = "column `b` is used in the exclusion constraint `t_a_expr_excl`, since V3";
    let other = then(
        &then(&schema, &drop_constraint("t", "t_a_expr_excl")),
        &add("t", named("t_a_expr_excl", exclude(&["a", "[b] + 1"]))),
    );
    assert_eq!(refused(&other, &drop_column("t", "b")), expected.replace("V3", "V5"));
    assert_eq!(problems(&other, &cascade(drop_column("t", "b"))), []);
    assert_eq!(
        refused(&schema, &Step::ValidateConstraint { table: "t", constraint: "t_a_expr_excl" }),
        "constraint `t_a_expr_excl` is not a foreign key or check: it is always valid"
    );
    assert!(!schema.table("t").is_some_and(|table| table.unique_by(&["a"])));
}

#[test]
fn an_exclusion_constraint_wants_its_columns_and_operator_classes() {
    let schema = after([t()]);
    assert_eq!(refused(&schema, &add("t", exclude(&["[c] + 1"]))), "no column `c` in table `t`");
    assert_eq!(
        refused(&schema, &add("t", exclude(&["email"]))),
        "an operator class of gist for text needs the extension `btree_gist`, which the chain has not created"
    );
    assert_eq!(problems(&schema, &add("t", exclude(&["int4range([a], [b])"]))), []);
}
