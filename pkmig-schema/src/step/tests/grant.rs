//! Privileges: who has them, and their way back.

use super::function;
use super::support::*;
use crate::{Grant, Name, ObjectKind, ObjectRef, Privilege, Requirement, Schema, Step};

use Privilege::{Execute, Insert, Select, Usage};

fn on(privileges: &[Privilege], on: ObjectRef, roles: &[Name]) -> Grant {
    Grant { privileges: privileges.to_vec().into(), roles: roles.to_vec().into(), ..Grant::on(on) }
}

fn on_t(privileges: &[Privilege], roles: &[Name]) -> Grant {
    on(privileges, ObjectRef::new(ObjectKind::Table, "t"), roles)
}

fn on_function(name: Name, args: &[Name], roles: &[Name]) -> Grant {
    let args = args.iter().map(|arg| ty(arg)).collect();
    Grant { args, ..on(&[Execute], ObjectRef::new(ObjectKind::Function, name), roles) }
}

fn on_f(roles: &[Name]) -> Grant {
    on_function("f", &["text"], roles)
}

fn on_schema(roles: &[Name]) -> Grant {
    on(&[Usage], ObjectRef::schema(), roles)
}

/// A table and a function in a database with two roles.
fn schema() -> Schema {
    let requirements = [Requirement::Role("anna"), Requirement::Role("bert")];
    let steps = [table("t", &[col("a", "integer")], &[]), function::create("f", &["text"], "text")];
    steps.iter().fold(Schema::requiring(&requirements), |schema, step| then(&schema, step))
}

#[test]
fn a_grant_is_undone_by_revoking_what_was_not_granted_before() {
    let grant = Step::Grant(on_t(&[Select, Insert], &["anna", "bert"]));
    let both = ["revoke select, insert on table t from anna", "revoke select, insert on table t from bert"];
    assert_eq!(undone(&schema(), &grant), both);
    let partly = then(&schema(), &Step::Grant(on_t(&[Select], &["anna"])));
    assert_eq!(undone(&partly, &grant), ["revoke insert on table t from anna", both[1]]);
    assert_eq!(undone(&then(&schema(), &grant), &grant), [""; 0]);
    assert_eq!(undone(&schema(), &Step::Grant(on_schema(&["public"]))), ["revoke usage on schema from public"]);
}

#[test]
fn a_revoke_is_undone_by_a_grant() {
    let granted = then(&schema(), &Step::Grant(on_t(&[Select, Insert], &["anna"])));
    let revoke = Step::Revoke(on_t(&[Insert], &["anna"]));
    assert_eq!(undone(&granted, &revoke), ["grant insert on table t to anna"]);
    assert_eq!(refused(&then(&granted, &revoke), &revoke), "`insert` on table `t` is not granted to `anna`");
}

#[test]
fn everybody_may_call_a_new_function() {
    assert_eq!(undone(&schema(), &Step::Revoke(on_f(&["public"]))), ["grant execute on function f(text) to public"]);
    assert_eq!(help(&schema(), &Step::Revoke(on_f(&["anna"]))), "it is granted to `public`, which includes every role");
    assert_eq!(undone(&schema(), &Step::Grant(on_f(&["public"]))), [""; 0]);
}

#[test]
fn what_is_dropped_comes_back_with_its_privileges() {
    let steps =
        [Step::Grant(on_t(&[Select], &["anna"])), Step::Revoke(on_f(&["public"])), Step::Grant(on_f(&["bert"]))];
    let schema = steps.iter().fold(schema(), |schema, step| then(&schema, step));
    assert_eq!(undone(&schema, &drop_table("t")), ["create_table t { … }", "grant select on table t to anna"]);
    let function = [
        "create_function f(a: text) { … }",
        "revoke execute on function f(text) from public",
        "grant execute on function f(text) to bert",
    ];
    assert_eq!(undone(&schema, &function::drop("f", &["text"])), function);
    let renamed = then(&schema, &rename_table("t", "u"));
    assert_eq!(undone(&renamed, &drop_table("u")), ["create_table u { … }", "grant select on table u to anna"]);
    let anew = then(&then(&schema, &function::drop("f", &["text"])), &function::create("f", &["text"], "text"));
    assert_eq!(problems(&anew, &Step::Revoke(on_f(&["public"]))), []);
}

#[test]
fn a_grant_is_on_what_is_there_and_to_roles_that_the_chain_requires() {
    let schema = schema();
    let on_u = on(&[Select], ObjectRef::new(ObjectKind::Table, "u"), &["anna"]);
    assert_eq!(refused(&schema, &Step::Grant(on_u)), "no table `u`");
    let other = on_function("f", &["uuid"], &["anna"]);
    assert_eq!(refused(&schema, &Step::Grant(other)), "function `f` takes (text), since V2");
    let gone = on_function("g", &[], &["anna"]);
    assert_eq!(refused(&schema, &Step::Grant(gone)), "no function `g`");
    assert_eq!(
        refused(&schema, &Step::Grant(on_t(&[Select], &["carl"]))),
        "no role `carl`: the chain does not require it"
    );
}
