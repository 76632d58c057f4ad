//! Domains: what they are over, who is of them, and their way back.

use super::support::*;
use crate::schema::DomainCheck;
use crate::{Domain, Name, Step, Type, Value};

fn over(name: Name, ty: Type) -> Domain {
    Domain { name, ty, not_null: false, default: None, checks: Vec::new().into() }
}

fn checked(def: Domain, checks: &[(Name, Name)]) -> Step {
    let check = |(name, text): &(Name, Name)| DomainCheck { name, expression: sql(text) };
    Step::CreateDomain { def: Domain { checks: checks.iter().map(check).collect(), ..def } }
}

fn email() -> Domain {
    over("email", Type::plain("text"))
}

fn domain(def: Domain) -> Step {
    Step::CreateDomain { def }
}

const DROP: Step = Step::DropDomain { name: "email" };

#[test]
fn a_domain_is_created_dropped_and_undone() {
    let def = Domain { not_null: true, default: Some(text("x@y")), ..email() };
    let made = checked(def, &[("", "[value] LIKE '%a%'"), ("short", "length([value]) < 99"), ("", "[value] <> ''")]);
    assert_eq!(undone(&after([]), &made), ["drop_domain email"]);
    let whole = "create_domain email: text not_null default(\"x@y\") check email_check (\"value LIKE '%a%'\") \
                 check short (\"length(value) < 99\") check email_check1 (\"value <> ''\")";
    assert_eq!(undone(&after([made.clone()]), &DROP), [whole]);
    assert_eq!(refused(&after([made.clone()]), &made), "domain `email` already exists, since V1");
    assert_eq!(refused(&after([made.clone()]), &table("email", &[], &[])), "domain `email` already exists, since V1");
    assert_eq!(refused(&after([table("email", &[], &[])]), &made), "table `email` already exists, since V1");
    assert_eq!(refused(&after([made, DROP]), &DROP), "no domain `email`: it was dropped in V2");
}

#[test]
fn what_a_domain_is_over_and_asks_for_is_there() {
    let schema = after([domain(email())]);
    let other = |ty| domain(over("other", Type::plain(ty)));
    let itself = "`email` is itself a domain: a domain needs a type of PostgreSQL or an enum";
    assert_eq!(refused(&schema, &other("email")), itself);
    assert_eq!(
        refused(&schema, &other("json")),
        "a domain cannot have type json: PostgreSQL cannot compare its values"
    );
    assert_eq!(refused(&schema, &other("emial")), "no type `emial`");
    let bad = Domain { default: Some(text("x")), ..over("other", Type::plain("integer")) };
    assert_eq!(refused(&schema, &domain(bad)), "default not valid for integer: `x`");
    let of_a_column = checked(over("other", Type::plain("integer")), &[("", "[value] > [least]")]);
    assert_eq!(refused(&schema, &of_a_column), "a domain has no column `least`");
    let twice = checked(over("other", Type::plain("integer")), &[("a", "[value] > 1"), ("a", "[value] < 9")]);
    assert_eq!(refused(&schema, &twice), "duplicate check `a`");
    let calls = checked(over("other", Type::plain("integer")), &[("", "@.f([value])")]);
    assert_eq!(refused(&schema, &calls), "no object `@.f` in the schema");
}

#[test]
fn what_is_of_a_domain_keeps_it() {
    let schema = after([domain(email()), table("t", &[col("a", "email")], &[])]);
    assert_eq!(refused(&schema, &DROP), "domain `email` is the type of `t.a`, since V2");
    let function = super::function::create("f", &["email"], "integer");
    let schema = after([domain(email()), function]);
    assert_eq!(refused(&schema, &DROP), "domain `email` is a type of function `f`");
    let named = table("t", &[default(col("a", "text"), expression("'x'::@.email"))], &[]);
    let schema = after([domain(email()), named]);
    assert_eq!(refused(&schema, &DROP), "domain `email` is used in the default of column `a` of table `t`");
}

#[test]
fn a_domain_keeps_what_it_is_over_and_calls() {
    let function = super::function::create("f", &["integer"], "boolean");
    let mood = Step::CreateEnum { def: crate::Enum { name: "mood", labels: vec!["sad"].into() } };
    let schema = after([
        mood,
        function,
        domain(over("moody", Type::plain("mood"))),
        checked(over("even", Type::plain("integer")), &[("", "@.f([value])")]),
    ]);
    assert_eq!(refused(&schema, &Step::DropEnum { name: "mood" }), "enum `mood` is used in domain `moody`");
    let drop = super::function::drop("f", &["integer"]);
    assert_eq!(refused(&schema, &drop), "function `f` is used in domain `even`");
    let steps: Vec<_> = crate::baseline::baseline(&schema).iter().map(ToString::to_string).collect();
    let place = |start: &str| steps.iter().position(|step| step.starts_with(start));
    assert!(place("create_function f") < place("create_domain even"), "{steps:?}");
    assert!(place("create_enum mood") < place("create_domain moody"), "{steps:?}");
}

#[test]
fn values_of_a_domain_are_those_of_its_type() {
    let amount = Domain { not_null: true, ..over("amount", Type::plain("integer")) };
    let filled = Domain { default: Some(number("1")), ..Domain { name: "filled", ..amount.clone() } };
    let schema = after([domain(amount), domain(filled), table("t", &[col("a", "integer")], &[])]);
    let add = |def| add_column("t", def);
    let lacking = "column `b` of domain `amount` is not_null without a default, but table `t` may have rows since V3";
    assert_eq!(refused(&schema, &add(col("b", "amount"))), lacking);
    assert_eq!(undone(&schema, &add(col("b", "filled"))), ["drop_column t.b"]);
    assert_eq!(undone(&schema, &add(default(col("b", "amount"), number("2")))), ["drop_column t.b"]);
    let other = add(default(col("b", "amount"), text("x")));
    assert_eq!(refused(&schema, &other), "default not valid for integer: `x`");
    let schema = after([domain(over("filled", Type::plain("integer"))), table("t", &[], &[])]);
    let null = add_column("t", default(col("b", "filled"), Value::Literal(crate::Literal::Null("null"))));
    let overrides = "a null default of `b` would override the default of its domain `filled`";
    assert_eq!(refused(&schema, &null), overrides);
}

#[test]
fn a_domain_is_not_dropped_and_made_again_in_one_version() {
    let mut schema = after([domain(email())]);
    let mut report = crate::Report::default();
    schema.begin(crate::Version(2));
    DROP.apply(&mut schema, &mut report);
    domain(email()).apply(&mut schema, &mut report);
    let problems: Vec<_> = report.into_problems().into_iter().map(|problem| problem.message).collect();
    let twice = "domain `email` is dropped and created in one version: run twice, the new one would be dropped";
    assert_eq!(problems, [twice]);
}
