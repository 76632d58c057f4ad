//! Row level security: what policies may say, what depends on what, and their way back.

use super::function;
use super::support::*;
use crate::{Class, List, Name, Piece, Policy, PolicyCommand, Requirement, Schema, Sql, Step};

/// SQL text whose columns, in brackets, may belong to these tables.
pub(super) fn about(tables: &[Name], text: Name) -> Sql {
    let piece = |piece: &Piece| match piece {
        Piece::Ident(name) => Piece::Column { name, tables: tables.to_vec().into(), open: false },
        other => other.clone(),
    };
    Sql { pieces: sql(text).pieces.iter().map(piece).collect() }
}

fn policy(name: Name, using: Sql) -> Policy {
    let (command, roles) = (PolicyCommand::All, List::Borrowed(&[][..]));
    Policy { name, restrictive: false, command, roles, using: Some(using), with_check: None }
}

pub(super) fn create(table: Name, name: Name, using: Sql) -> Step {
    Step::CreatePolicy { table, policy: policy(name, using), replace: false }
}

pub(super) fn replace(table: Name, name: Name, using: Sql) -> Step {
    Step::CreatePolicy { table, policy: policy(name, using), replace: true }
}

pub(super) fn drop(table: Name, policy: Name) -> Step {
    Step::DropPolicy { table, policy, if_exists: false }
}

fn enable(table: Name) -> Step {
    Step::EnableRowLevelSecurity { table }
}

/// A table of spaces and one of their members, with a policy on each that speaks of the other's.
pub(super) fn spaces() -> Schema {
    after([
        table("spaces", &[col("id", "integer"), col("owner", "text")], &[]),
        table("members", &[col("space_id", "integer"), col("name", "text")], &[]),
        enable("spaces"),
        enable("members"),
        create("spaces", "own", about(&["spaces"], "[owner] = current_user")),
        create(
            "spaces",
            "of_members",
            about(&["members", "spaces"], "EXISTS (SELECT FROM @.members WHERE [space_id] = [id])"),
        ),
    ])
}

fn using(schema: &Schema, table: &str, name: &str) -> String {
    let policy = schema.table(table).and_then(|table| table.policy(name));
    policy.and_then(|policy| policy.def.using.as_ref()).map(ToString::to_string).unwrap_or_default()
}

#[test]
fn row_level_security_is_set_and_undone() {
    let schema = after([table("t", &[col("a", "integer")], &[])]);
    assert_eq!(undone(&schema, &enable("t")), ["disable_row_level_security t"]);
    assert_eq!(undone(&then(&schema, &enable("t")), &enable("t")), [""; 0]);
    let disable = Step::DisableRowLevelSecurity { table: "t" };
    assert_eq!(undone(&then(&schema, &enable("t")), &disable), ["enable_row_level_security t"]);
    let (force, no_force) = (Step::ForceRowLevelSecurity { table: "t" }, Step::NoForceRowLevelSecurity { table: "t" });
    assert_eq!(undone(&schema, &force), ["no_force_row_level_security t"]);
    assert_eq!(undone(&then(&schema, &force), &no_force), ["force_row_level_security t"]);
    assert_eq!(refused(&schema, &enable("u")), "no table `u`");
}

#[test]
fn a_policy_is_created_replaced_renamed_dropped_and_undone() {
    let schema = spaces();
    assert_eq!(undone(&schema, &create("members", "p", sql("true"))), ["drop_policy p on members"]);
    assert_eq!(
        undone(&schema, &drop("spaces", "own")),
        [r#"create_policy own on spaces using("owner = current_user")"#]
    );
    assert_eq!(class(&schema, &drop("spaces", "own")), Class::Lossless);
    let other = replace("spaces", "own", sql("false"));
    assert_eq!(undone(&schema, &other), [r#"replace_policy own on spaces using("owner = current_user")"#]);
    assert_eq!(undone(&then(&schema, &other), &other), [""; 0]);
    let rename = |to| Step::RenamePolicy { table: "spaces", from: "own", to };
    assert_eq!(undone(&schema, &rename("mine")), ["rename_policy spaces mine => own"]);
    assert!(refused(&schema, &rename("of_members")).ends_with("policy `of_members` already exists, since V6"));
    assert_eq!(undone(&schema, &tolerant(drop("spaces", "none"))), [""; 0]);
}

#[test]
fn a_policy_that_is_there_or_is_not() {
    let schema = spaces();
    let taken = "policy `own` of table `spaces` already exists, since V5";
    assert_eq!(refused(&schema, &create("spaces", "own", sql("true"))), taken);
    assert_eq!(problems(&schema, &create("members", "own", sql("true"))), []);
    assert_eq!(help(&schema, &replace("spaces", "of_member", sql("true"))), "did you mean `of_members`?");
    let gone = then(&schema, &drop("spaces", "own"));
    assert_eq!(refused(&gone, &drop("spaces", "own")), "no policy `own` on table `spaces`: it was dropped in V7");
    let renamed = then(&gone, &rename_table("spaces", "rooms"));
    assert_eq!(refused(&renamed, &drop("rooms", "own")), "no policy `own` on table `rooms`: it was dropped in V7");
}

#[test]
fn a_policy_needs_row_level_security() {
    let schema = after([table("t", &[col("a", "integer")], &[])]);
    let step = create("t", "p", sql("true"));
    assert_eq!(
        refused(&schema, &step),
        "row level security is not enabled for table `t`: the policy would have no effect"
    );
    assert_eq!(help(&schema, &step), "add `enable_row_level_security t;` before it");
}

#[test]
fn a_policy_speaks_of_what_is_there() {
    let schema = then(&spaces(), &function::create("me", &[], "text"));
    let refused = |text| refused(&schema, &create("members", "p", about(&["spaces", "members"], text)));
    assert_eq!(refused("[nam] = 'x'"), "no column `nam` in table `members`");
    assert_eq!(refused("@.you() = [name]"), "no object `@.you` in the schema");
    let call = |text: Name| Sql { pieces: vec![Piece::Call(text), Piece::Text("()")].into() };
    assert_eq!(help(&schema, &create("members", "p", call("me"))), "write `@.me`",);
    assert_eq!(problems(&schema, &create("members", "p", call("now"))), []);
    assert_eq!(problems(&schema, &create("members", "p", about(&["members"], "[ctid] IS NULL"))), []);
    let open = Piece::Column { name: "of_a_subquery", tables: vec!["members"].into(), open: true };
    assert_eq!(problems(&schema, &create("members", "p", Sql { pieces: vec![open].into() })), []);
}

#[test]
fn a_policy_is_for_roles_that_the_chain_requires() {
    let mut schema = Schema::requiring(&[Requirement::Role("authenticated")]);
    for step in [table("t", &[col("a", "integer")], &[]), enable("t")] {
        schema = then(&schema, &step);
    }
    let step = |role| {
        let policy = Policy { roles: vec![role].into(), ..policy("p", sql("true")) };
        Step::CreatePolicy { table: "t", policy, replace: false }
    };
    assert_eq!(problems(&schema, &step("authenticated")), []);
    assert_eq!(refused(&schema, &step("autenticated")), "no role `autenticated`: the chain does not require it");
}

#[test]
fn a_policy_follows_renames() {
    let mut schema = spaces();
    let renames = [
        rename_column("spaces", "id", "number"),
        rename_column("members", "name", "id"),
        rename_table("members", "people"),
        rename_column("people", "space_id", "room"),
    ];
    for step in renames {
        undone(&schema, &step);
        schema = then(&schema, &step);
    }
    assert_eq!(using(&schema, "spaces", "of_members"), "EXISTS (SELECT FROM @.people WHERE room = number)");
    assert!(refused(&schema, &drop_column("people", "room")).contains("is used in the policy `of_members`"));
}

#[test]
fn what_a_policy_speaks_of_wants_cascade() {
    let schema = spaces();
    let by = |policy: &str| format!("is used in the policy `{policy}` of table `spaces`, since V");
    assert_eq!(refused(&schema, &drop_column("spaces", "owner")), format!("column `owner` {}5", by("own")));
    assert_eq!(
        refused(&schema, &drop_column("members", "space_id")),
        format!("column `space_id` {}6", by("of_members"))
    );
    assert_eq!(refused(&schema, &drop_table("members")), format!("table `members` {}6", by("of_members")));
    assert_eq!(problems(&schema, &drop_table("spaces")), []);
    assert_eq!(problems(&schema, &drop_column("members", "name")), []);
    let back = r#"create_policy of_members on spaces using("EXISTS (SELECT FROM @.members WHERE space_id = id)")"#;
    assert_eq!(undone(&schema, &cascade(drop_table("members"))), ["create_table members { … }", back]);
    assert_eq!(
        undone(&schema, &cascade(drop_column("members", "space_id"))),
        ["add_column members.space_id: integer", back]
    );
    assert_eq!(undone(&schema, &drop_table("spaces")), ["create_table spaces { … }"]);
    assert_eq!(
        refused(&schema, &set_type("members", "space_id", "bigint")),
        "`members.space_id` is used in the policy `of_members` of table `spaces`, since V6"
    );
}

#[test]
fn a_function_that_a_policy_names_is_not_dropped() {
    let named = create("members", "p", about(&["members"], "[name] = @.me()::text"));
    let schema = then(&then(&spaces(), &function::create("me", &[], "text")), &named);
    let message = "function `me` is used in the policy `p` of table `members`";
    assert_eq!(refused(&schema, &function::drop("me", &[])), message);
}
