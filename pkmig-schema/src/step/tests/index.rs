//! Indexes: PostgreSQL's names, and their way back.

use super::support::*;
use crate::{Index, List, Step};

fn t() -> Step {
    table("t", &[col("a", "integer"), col("b", "integer"), col("email", "text")], &[check("[a] > 0")])
}

fn default_name_of(index: Index) -> &'static str {
    index_names(&after([t(), create_index("t", index)]), "t")[0]
}

/// As PostgreSQL 15 names them.
#[test]
fn indexes_get_the_names_that_postgresql_makes() {
    let of = |keys: &[&'static str]| default_name_of(index(keys));
    assert_eq!(of(&["a", "b"]), "t_a_b_idx");
    assert_eq!(of(&["a", "a"]), "t_a_a1_idx");
    assert_eq!(of(&["lower([email])"]), "t_lower_idx");
    assert_eq!(of(&["([a] + [b])"]), "t_expr_idx");
    assert_eq!(of(&["([a] + [b])", "([a] * 2)", "lower([email])", "upper([email])"]), "t_expr_expr1_lower_upper_idx");
    assert_eq!(of(&["COALESCE([a], [b])"]), "t_coalesce_idx");
    assert_eq!(of(&["([email]::varchar)"]), "t_email_idx");
    assert_eq!(of(&["([email]::varchar(10))"]), "t_email_idx");
    assert_eq!(of(&["(([email] || 'x')::text)"]), "t_text_idx");
    assert_eq!(of(&["([email] || 'x'::text)"]), "t_expr_idx");
    assert_eq!(of(&["(lower([email]) || 'x')"]), "t_expr_idx");
    assert_eq!(of(&["(lower([email]) || upper([email]))"]), "t_expr_idx");
    assert_eq!(of(&["(md5([email])::uuid)"]), "t_md5_idx");
    assert_eq!(of(&["('x)'::text)"]), "t_text_idx");
    assert_eq!(of(&["([email] COLLATE \"C\")"]), "t_email_idx");
    assert_eq!(of(&["pg_catalog.lower([email])"]), "t_lower_idx");
    assert_eq!(of(&["to_tsvector('english', coalesce([email], ''))"]), "t_to_tsvector_idx");
    assert_eq!(of(&["trim([email])"]), "t_btrim_idx");
    assert_eq!(of(&["([a] is null)"]), "t_expr_idx");
    assert_eq!(default_name_of(Index { include: List::Owned(vec!["b"]), ..index(&["a"]) }), "t_a_b_idx");
}

#[test]
fn a_taken_index_name_gets_a_number() {
    let schema = after([
        t(),
        create_index("t", index(&["a"])),
        create_index("t", index(&["a"])),
        create_index("t", unique_index(&["a"])),
    ]);
    assert_eq!(index_names(&schema, "t"), ["t_a_idx", "t_a_idx1", "t_a_idx2"]);
}

#[test]
fn an_index_is_created_dropped_and_undone() {
    let mut full = index_named("i", unique_index(&["a", "lower([email])"]));
    full.include = List::Owned(vec!["b"]);
    full.predicate = Some(sql("[b] > 0"));
    full.comment = Some("why");
    let step = create_index("t", full);
    assert_eq!(undone(&after([t()]), &step), ["drop_index i"]);
    let schema = after([t(), step]);
    assert_eq!(
        undone(&schema, &drop_index("i")),
        ["create_unique_index i on t (a, \"lower(email)\") include (b) where(\"b > 0\")"]
    );
    assert_eq!(undone(&schema, &rename_index("i", "j")), ["rename_index j => i"]);
}

#[test]
fn an_index_if_not_exists_changes_nothing_where_it_is() {
    let schema = after([t(), create_index("t", index(&["a"]))]);
    assert_eq!(undone(&schema, &tolerant(create_index("t", index(&["a"])))), [""; 0]);
    assert_eq!(undone(&schema, &tolerant(create_index("t", index_named("t_a_idx", index(&["b"]))))), [""; 0]);
    assert_eq!(undone(&schema, &tolerant(create_index("t", unique_index(&["a"])))), ["drop_index t_a_idx1"]);
    assert_eq!(undone(&schema, &tolerant(drop_index("none"))), [""; 0]);
    assert_eq!(undone(&schema, &tolerant(rename_index("none", "x"))), [""; 0]);
}

#[test]
fn an_index_of_that_name_on_another_table_is_not_the_one() {
    let schema =
        after([t(), create_index("t", index_named("i", index(&["a"]))), table("u", &[col("a", "integer")], &[])]);
    let message = refused(&schema, &tolerant(create_index("u", index_named("i", index(&["a"])))));
    assert_eq!(message, "index `i` of table `t` already exists, since V2");
}

#[test]
fn an_index_needs_its_columns_and_its_operator_class() {
    let schema = after([t()]);
    assert_eq!(refused(&schema, &create_index("t", index(&["c"]))), "no column `c` in table `t`");
    assert_eq!(refused(&schema, &create_index("t", index(&["lower([c])"]))), "no column `c` in table `t`");
    let mut trigrams = index(&["email"]);
    trigrams.columns.to_mut()[0].opclass = Some("gin_trgm_ops");
    assert_eq!(help(&schema, &create_index("t", trigrams)), "add `create_extension pg_trgm;` before it");
}

#[test]
fn rename_index_renames_the_constraint_it_backs_and_nothing_else() {
    let schema = after([
        t(),
        add("t", unique(&["b"])),
        create_index("t", index_named("t_a_check", index(&["a"]))),
        rename_index("t_b_key", "key"),
        rename_index("t_a_check", "plain"),
    ]);
    assert_eq!(constraint_names(&schema, "t"), ["t_a_check", "key"]);
    assert_eq!(index_names(&schema, "t"), ["plain"]);
    assert_eq!(undone(&schema, &rename_index("key", "t_b_key")), ["rename_constraint t t_b_key => key"]);
    assert!(
        refused(&schema, &rename_index("key", "t_a_check"))
            .ends_with("constraint `t_a_check` already exists, since V1")
    );
    assert_eq!(
        refused(&schema, &drop_constraint("t", "t_b_key")),
        "no constraint `t_b_key` on table `t`: it was renamed to `key` in V4"
    );
}

#[test]
fn the_index_of_a_constraint_is_not_dropped_as_an_index() {
    let schema = after([t(), add("t", unique(&["b"]))]);
    assert_eq!(refused(&schema, &drop_index("t_b_key")), "index `t_b_key` belongs to a constraint of table `t`");
    assert_eq!(help(&schema, &drop_index("t_b_key")), "use `drop_constraint t t_b_key;`");
}

#[test]
fn a_missing_index_says_what_became_of_it() {
    let schema =
        after([t(), create_index("t", index_named("i", index(&["a"]))), rename_index("i", "j"), drop_table("t")]);
    assert_eq!(refused(&schema, &drop_index("i")), "no index `i`: it was renamed to `j` in V3, then dropped in V4");
    assert_eq!(refused(&schema, &drop_index("j")), "no index `j`: it was dropped in V4");
}
