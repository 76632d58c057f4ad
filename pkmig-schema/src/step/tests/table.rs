//! Tables: names, cascades, renames, and their way back.

use super::support::*;
use crate::{Class, Step};

fn users() -> Step {
    table("users", &[bigserial("id"), col("email", "text")], &[pk(&["id"]), unique(&["email"])])
}

fn posts() -> Step {
    let columns = [bigserial("id"), col("user_id", "bigint"), col("parent_id", "bigint")];
    table("posts", &columns, &[pk(&["id"]), fk(&["user_id"], "users", &["id"]), fk(&["parent_id"], "posts", &["id"])])
}

#[test]
fn a_new_table_gets_the_names_that_postgresql_makes() {
    let schema = after([users(), posts()]);
    assert_eq!(constraint_names(&schema, "users"), ["users_pkey", "users_email_key"]);
    assert_eq!(constraint_names(&schema, "posts"), ["posts_pkey", "posts_user_id_fkey", "posts_parent_id_fkey"]);
    assert!(schema.has_object("users_id_seq"));
}

#[test]
fn long_names_are_cut_as_postgresql_cuts_them() {
    let (long_table, long_column) = (long("t", 60), long("c", 40));
    let schema = after([table(long_table, &[bigserial(long_column)], &[pk(&[long_column])])]);
    assert_eq!(constraint_names(&schema, long_table), [format!("{}_pkey", "t".repeat(58))]);
    assert!(schema.has_object(&format!("{}_{}_seq", "t".repeat(29), "c".repeat(29))));
}

#[test]
fn the_primary_key_comes_before_the_other_keys() {
    let columns = [col("a", "integer"), col("b", "integer")];
    let schema = after([table("t", &columns, &[check("[a] > 0"), unique(&["a"]), pk(&["b"])])]);
    assert_eq!(constraint_names(&schema, "t"), ["t_pkey", "t_a_key", "t_a_check"]);
}

#[test]
fn create_table_is_undone_by_drop_table() {
    assert_eq!(undone(&after([users()]), &posts()), ["drop_table posts"]);
    assert_eq!(class(&after([users()]), &posts()), Class::Lossless);
}

#[test]
fn create_table_refuses_a_name_that_is_taken() {
    let schema = after([users(), Step::CreateEnum { def: crate::Enum { name: "state", labels: vec!["a"].into() } }]);
    assert_eq!(refused(&schema, &users()), "table `users` already exists, since V1");
    assert_eq!(
        refused(&schema, &table("users_pkey", &[], &[])),
        "index `users_pkey` of table `users` already exists, since V1"
    );
    assert_eq!(
        refused(&schema, &table("users_id_seq", &[], &[])),
        "sequence `users_id_seq` of table `users` already exists, since V1"
    );
    // A table makes a type of its own name.
    assert_eq!(refused(&schema, &table("state", &[], &[])), "enum `state` already exists, since V2");
    assert!(refused(&schema, &rename_table("users", "state")).contains("enum `state` already exists"));
}

#[test]
fn create_table_if_not_exists_changes_nothing_where_it_is() {
    assert_eq!(undone(&after([users()]), &tolerant(table("users", &[], &[]))), [""; 0]);
}

#[test]
fn a_generated_column_may_stand_before_what_it_is_computed_from() {
    let columns = [generated(col("double", "integer"), "[a] * 2"), col("a", "integer")];
    assert_eq!(problems(&after([]), &table("t", &columns, &[])), []);
    let columns = [columns.as_slice(), &[generated(col("more", "integer"), "[double] * 2")]].concat();
    assert_eq!(
        refused(&after([]), &table("t", &columns, &[])),
        "column `more` is generated from `double`, which is also a generated column"
    );
}

#[test]
fn drop_table_wants_cascade_where_another_references_it() {
    let schema = after([users(), posts()]);
    let message = refused(&schema, &drop_table("users"));
    assert_eq!(message, "table `users` is referenced by `posts_user_id_fkey` of table `posts`, since V2");
    let dropped = then(&schema, &cascade(drop_table("users")));
    assert_eq!(constraint_names(&dropped, "posts"), ["posts_pkey", "posts_parent_id_fkey"]);
}

#[test]
fn drop_table_does_not_mind_its_reference_to_itself() {
    assert_eq!(problems(&after([users(), posts()]), &drop_table("posts")), []);
}

#[test]
fn drop_table_brings_back_the_foreign_keys_of_others() {
    assert_eq!(
        undone(&after([users(), posts()]), &cascade(drop_table("users"))),
        ["create_table users { … }", "add_foreign_key posts posts_user_id_fkey (user_id) references users (id)"]
    );
    assert_eq!(class(&after([users(), posts()]), &drop_table("posts")), Class::Lossy);
}

#[test]
fn drop_table_brings_back_what_create_table_cannot_say() {
    let sequence = sequence("numbers", Some(("t", "a")));
    let schema = after([
        table("t", &[col("a", "integer"), col("b", "integer")], &[]),
        create_index("t", unique_index(&["a"])),
        add("t", fk(&["b"], "t", &["a"])),
        add("t", not_valid(check("[b] > 0"))),
        sequence,
        set_default("t", "b", expression("nextval('@.numbers'::regclass)")),
    ]);
    assert_eq!(
        undone(&schema, &drop_table("t")),
        [
            "create_table t { … }",
            "create_sequence numbers owned_by t.a",
            "set_default t.b = sql(\"nextval('@.numbers'::regclass)\")",
            "add_foreign_key t t_b_fkey (b) references t (a)",
            "add_check t t_b_check (\"b > 0\") not_valid",
        ]
    );
}

#[test]
fn drop_table_takes_the_default_of_a_column_that_drew_from_its_sequence() {
    let draws = default(col("number", "bigint"), expression("nextval('@.users_id_seq'::regclass)"));
    let schema = after([users(), table("tickets", &[draws], &[])]);
    let message = refused(&schema, &drop_table("users"));
    assert_eq!(message, "table `users` owns the sequence of the default of `tickets.number`");
    let dropped = then(&schema, &cascade(drop_table("users")));
    assert_eq!(column(&dropped, "tickets", "number").default, None);
    assert_eq!(undone(&schema, &cascade(drop_table("users"))).len(), 2);
}

#[test]
fn drop_table_if_exists_changes_nothing_where_it_is_not() {
    let schema = after([users()]);
    assert_eq!(undone(&schema, &tolerant(drop_table("user"))), [""; 0]);
    assert_eq!(class(&schema, &tolerant(drop_table("user"))), Class::Lossless);
    assert_eq!(refused(&schema, &drop_table("posts")), "no table `posts`");
}

#[test]
fn a_missing_table_says_what_became_of_it() {
    let schema = after([users(), table("logs", &[], &[]), rename_table("users", "accounts"), drop_table("logs")]);
    assert_eq!(
        refused(&schema, &drop_column("users", "email")),
        "no table `users`: it was renamed to `accounts` in V3"
    );
    assert_eq!(refused(&schema, &drop_column("logs", "x")), "no table `logs`: it was dropped in V4");
    assert_eq!(help(&schema, &drop_column("acounts", "x")), "did you mean `accounts`?");
}

#[test]
fn an_object_in_sql_text_says_what_became_of_it() {
    let schema = after([users(), create_index("users", index_named("i", index(&["email"]))), drop_index("i")]);
    let message = refused(&schema, &add("users", check("@.i > 0")));
    assert_eq!(message, "no object `@.i` in the schema: it was dropped in V3");
}

#[test]
fn rename_table_follows_into_foreign_keys_and_sequences_and_leaves_names() {
    let schema =
        after([users(), posts(), sequence("s", Some(("posts", "user_id"))), rename_table("posts", "articles")]);
    assert_eq!(constraint_names(&schema, "articles"), ["posts_pkey", "posts_user_id_fkey", "posts_parent_id_fkey"]);
    assert_eq!(
        refused(&schema, &drop_column("articles", "id")),
        "column `id` is referenced by `posts_parent_id_fkey` of table `articles`, since V2"
    );
    assert!(!then(&schema, &drop_table("articles")).has_object("s"));
    assert!(!then(&schema, &drop_table("articles")).has_object("posts_id_seq"));
}

#[test]
fn rename_table_is_undone_by_renaming_it_back() {
    assert_eq!(
        undone(&after([users(), posts()]), &rename_table("users", "accounts")),
        ["rename_table accounts => users"]
    );
    assert_eq!(undone(&after([users()]), &tolerant(rename_table("none", "accounts"))), [""; 0]);
}

#[test]
fn rename_table_refuses_a_name_that_is_taken() {
    let message = refused(&after([users(), posts()]), &rename_table("users", "posts"));
    assert_eq!(message, "cannot rename `users` to `posts`: table `posts` already exists, since V2");
}

#[test]
fn a_renamed_table_remembers_what_its_columns_were_called() {
    let schema = after([users(), rename_column("users", "email", "mail"), rename_table("users", "accounts")]);
    let message = refused(&schema, &drop_column("accounts", "email"));
    assert_eq!(message, "no column `email` in table `accounts`: it was renamed to `mail` in V2");
}
