//! Random chains: whatever a version does, its derived down leads back, by steps that each can be run, and the schema at
//! its end can be made at once.

use proptest::prelude::*;
use proptest::sample::select;

use super::baseline::made_at_once;
use super::repair::repaired;
use super::support::*;
use super::{function, policy};
use crate::down::inverse::NoInverse;
use crate::name::UNNAMED;
use crate::replay::{Moment, replay};
use crate::step::{Change, LabelPosition};
use crate::{
    Column, Constraint, Domain, DomainCheck, Down, Enum, Grant, Index, List, Migration, Name, ObjectKind, ObjectRef,
    Privilege, Report, Schema, Sql, Step, Type, Version,
};

/// What every chain starts from.
fn first() -> Vec<Step> {
    vec![
        Step::CreateEnum { def: Enum { name: "e", labels: vec!["x"].into() } },
        function::create("f", &[], "integer"),
        Step::CreateDomain { def: domain("d") },
        table("t", &[bigserial("a"), col("b", "integer"), col("c", "text")], &[pk(&["a"])]),
        table("u", &[col("a", "bigint"), col("b", "integer")], &[fk(&["a"], "t", &["a"]), unique(&["b"])]),
    ]
}

fn a_table() -> impl Strategy<Value = Name> {
    select(vec!["t", "u", "v", "w"])
}

fn a_column() -> impl Strategy<Value = Name> {
    select(vec!["a", "b", "c", "d"])
}

/// The name of a constraint or an index.
fn a_name() -> impl Strategy<Value = Name> {
    select(vec!["n", "m", "o", "t_pkey", "u_b_key"])
}

fn a_sequence() -> impl Strategy<Value = Name> {
    select(vec!["s", "t_a_seq", "u_d_seq"])
}

fn a_name_or_none() -> impl Strategy<Value = Name> {
    prop_oneof![Just(""), a_name()]
}

fn an_expression() -> impl Strategy<Value = Name> {
    select(vec!["[a] > 0", "[b] > [a]", "[c] IS NOT NULL", "[b] > @.f()", "[d]::@.e IS NULL"])
}

fn a_definition() -> impl Strategy<Value = Column> {
    let types = select(vec!["integer", "bigint", "text", "e", "d", "timestamptz", "uuid"]);
    (a_column(), types, 0..8).prop_map(|(name, ty, kind)| match kind {
        0 => bigserial(name),
        1 => identity(name),
        2 => generated(col(name, ty), "[b]"),
        3 => default(not_null(col(name, "integer")), number("1")),
        4 => default(col(name, "bigint"), expression("nextval('@.s'::regclass)")),
        5 => default(col(name, "integer"), expression("@.f()")),
        _ => col(name, ty),
    })
}

fn a_constraint() -> impl Strategy<Value = Constraint> {
    let kind = prop_oneof![
        a_column().prop_map(|a| pk(&[a])),
        (a_column(), a_column()).prop_map(|(a, b)| if a == b { unique(&[a]) } else { unique(&[a, b]) }),
        a_column().prop_map(|a| unique(&[a])),
        (an_expression(), any::<bool>()).prop_map(|(e, valid)| if valid { check(e) } else { not_valid(check(e)) }),
        (a_column(), a_table(), a_column()).prop_map(|(a, t, b)| fk(&[a], t, &[b])),
        (a_column(), a_table(), a_column()).prop_map(|(a, t, b)| not_valid(fk(&[a], t, &[b]))),
    ];
    (a_name_or_none(), kind).prop_map(|(name, kind)| named(name, kind))
}

fn an_index() -> impl Strategy<Value = Index> {
    let key = select(vec!["a", "b", "c", "d", "lower([c])", "@.f([b])"]);
    (a_name_or_none(), key, prop::option::of(an_expression()), prop::option::of(a_column()), any::<bool>()).prop_map(
        |(name, key, predicate, include, unique)| Index {
            name,
            unique,
            predicate: predicate.map(sql),
            include: include.into_iter().collect::<List<_>>(),
            ..index(&[key])
        },
    )
}

fn of_a_table() -> impl Strategy<Value = Step> {
    let definitions = prop::collection::vec(a_definition(), 1..4);
    let constraints = prop::collection::vec(a_constraint(), 0..3);
    prop_oneof![
        (a_table(), definitions, constraints).prop_map(|(name, columns, constraints)| table(
            name,
            &columns,
            &constraints
        )),
        a_table().prop_map(drop_table),
        a_table().prop_map(|name| cascade(drop_table(name))),
        (a_table(), a_table()).prop_map(|(from, to)| rename_table(from, to)),
    ]
}

fn of_a_column() -> impl Strategy<Value = Step> {
    let types = select(vec!["bigint", "text", "varchar(9)", "timestamp"]);
    let values = select(vec![number("2"), text("3"), expression("@.f()"), expression("nextval('@.s'::regclass)")]);
    let own = a_sequence().prop_map(crate::down::inverse::next_value);
    prop_oneof![
        3 => (a_table(), a_definition()).prop_map(|(table, column)| add_column(table, column)),
        2 => (a_table(), a_column()).prop_map(|(table, column)| drop_column(table, column)),
        2 => (a_table(), a_column()).prop_map(|(table, column)| cascade(drop_column(table, column))),
        2 => (a_table(), a_column(), a_column()).prop_map(|(table, from, to)| rename_column(table, from, to)),
        1 => (a_table(), a_column(), types).prop_map(|(table, column, ty)| set_type(table, column, ty)),
        1 => (a_table(), a_column()).prop_map(|(table, column)| set_not_null(table, column)),
        1 => (a_table(), a_column()).prop_map(|(table, column)| drop_not_null(table, column)),
        2 => (a_table(), a_column(), values).prop_map(|(table, column, value)| set_default(table, column, value)),
        1 => (a_table(), a_column(), own).prop_map(|(table, column, value)| set_default(table, column, value)),
        1 => (a_table(), a_column()).prop_map(|(table, column)| drop_default(table, column)),
    ]
}

fn of_a_key() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (a_table(), a_constraint()).prop_map(|(table, constraint)| add(table, constraint)),
        1 => (a_table(), a_name()).prop_map(|(table, constraint)| Step::ValidateConstraint { table, constraint }),
        1 => (a_table(), a_name()).prop_map(|(table, name)| drop_constraint(table, name)),
        1 => (a_table(), a_name()).prop_map(|(table, name)| cascade(drop_constraint(table, name))),
        1 => (a_table(), a_name(), a_name()).prop_map(|(table, from, to)| rename_constraint(table, from, to)),
        3 => (a_table(), an_index()).prop_map(|(table, index)| create_index(table, index)),
        1 => a_name().prop_map(drop_index),
        1 => (a_name(), a_name()).prop_map(|(from, to)| rename_index(from, to)),
    ]
}

fn domain(name: Name) -> Domain {
    let check = DomainCheck { name: UNNAMED, expression: sql("[value] > @.f()") };
    let default = Some(number("7"));
    Domain { name, ty: Type::plain("integer"), not_null: false, default, checks: vec![check].into() }
}

fn of_something_else() -> impl Strategy<Value = Step> {
    let enums = select(vec!["e", "o"]);
    let domains = select(vec!["o", "d"]);
    let owner = prop::option::of((a_table(), a_column()));
    let target = prop_oneof![
        a_table().prop_map(|table| ObjectRef::new(ObjectKind::Table, table)),
        (a_table(), a_column()).prop_map(|(table, column)| ObjectRef::part(ObjectKind::Column, table, column)),
        (a_table(), a_name()).prop_map(|(table, name)| ObjectRef::part(ObjectKind::Constraint, table, name)),
        a_name().prop_map(|name| ObjectRef::new(ObjectKind::Index, name)),
        Just(ObjectRef::new(ObjectKind::Function, "f")),
    ];
    prop_oneof![
        (a_sequence(), owner).prop_map(|(name, owned_by)| sequence(name, owned_by)),
        a_sequence().prop_map(|name| Step::DropSequence { name, if_exists: false }),
        enums.clone().prop_map(|name| Step::CreateEnum { def: Enum { name, labels: vec!["y"].into() } }),
        enums.prop_map(|name| Step::DropEnum { name }),
        domains.clone().prop_map(|name| Step::CreateDomain { def: domain(name) }),
        domains.prop_map(|name| Step::DropDomain { name }),
        Just(Step::AddEnumValue { name: "o", label: "z", position: Some(LabelPosition::Before("y")) }),
        Just(function::create("f", &[], "integer")),
        Just(function::drop("f", &[])),
        (target, select(vec!["one", "two"])).prop_map(|(target, text)| comment_on(target, text)),
    ]
}

/// A condition of a policy, whose columns belong to its table or to the one that its query is about.
fn about(table: Name, text: Name) -> Sql {
    let tables = if text.contains("@.u") { vec!["u", table] } else { vec![table] };
    policy::about(&tables, text)
}

/// Row level security, policies and privileges.
fn of_security() -> impl Strategy<Value = Step> {
    let expressions = select(vec!["[b] > 0", "[a] IN (SELECT [b] FROM @.u)", "@.f() > [a]"]);
    let names = select(vec!["p", "q"]);
    let target = prop_oneof![
        a_table().prop_map(|table| ObjectRef::new(ObjectKind::Table, table)),
        Just(ObjectRef::new(ObjectKind::Function, "f")),
        Just(ObjectRef::schema()),
    ];
    let grant = target.prop_map(|on| {
        let privileges = Privilege::on(on.kind)[..1].to_vec().into();
        Grant { privileges, roles: vec!["public"].into(), ..Grant::on(on) }
    });
    prop_oneof![
        3 => a_table().prop_map(|table| Step::EnableRowLevelSecurity { table }),
        1 => a_table().prop_map(|table| Step::ForceRowLevelSecurity { table }),
        1 => a_table().prop_map(|table| Step::DisableRowLevelSecurity { table }),
        4 => (a_table(), names.clone(), expressions.clone())
            .prop_map(|(table, name, text)| policy::create(table, name, about(table, text))),
        2 => (a_table(), names.clone(), expressions)
            .prop_map(|(table, name, text)| policy::replace(table, name, about(table, text))),
        1 => (a_table(), names.clone()).prop_map(|(table, name)| policy::drop(table, name)),
        1 => (a_table(), names.clone(), names)
            .prop_map(|(table, from, to)| Step::RenamePolicy { table, from, to }),
        3 => grant.clone().prop_map(Step::Grant),
        2 => grant.prop_map(Step::Revoke),
    ]
}

fn a_step() -> impl Strategy<Value = Step> {
    prop_oneof![3 => of_security(), 2 => of_a_table(), 4 => of_a_column(), 4 => of_a_key(), 1 => of_something_else()]
}

/// Those of the steps that can be taken, one after the other.
fn possible(before: &Schema, version: Version, steps: Vec<Step>) -> Vec<Step> {
    let mut schema = before.clone();
    schema.begin(version);
    let takes = |step: &Step| {
        let (mut next, mut report) = (schema.clone(), Report::default());
        step.apply(&mut next, &mut report);
        if report.is_empty() {
            schema = next;
        }
        report.is_empty()
    };
    steps.into_iter().filter(takes).collect()
}

fn leads_back(before: &Schema, version: Version, steps: Vec<Step>) -> Schema {
    let migration = Migration { version, title: "random", steps: steps.leak(), down: Down::Derived };
    let mut report = Report::default();
    let replayed = replay(before, &migration, &mut report);
    assert!(report.is_empty(), "{report:?}");
    let shown = || migration.steps.iter().map(|step| format!("{step:?}\n")).collect::<String>();
    let moments = match replayed.down(&migration, &mut report) {
        Ok((moments, _)) => moments,
        // A type that does not turn back, an enum's value.
        Err(NoInverse::Missing(_)) => return replayed.after,
        Err(NoInverse::Irreversible(why)) => panic!("{why}"),
    };
    replayed.moments.iter().chain(&moments).for_each(takes_effect);
    let restored = moments.last().map_or(&replayed.after, |moment| &moment.after);
    let down = || moments.iter().map(|moment| format!("{}\n", moment.step)).collect::<String>();
    assert_eq!(restored.difference(before), None, "up:\n{}down:\n{}", shown(), down());
    for moment in &moments {
        assert_eq!(complaints(&moment.before, &moment.step), [], "up:\n{}down:\n{}", shown(), down());
    }
    replayed.after
}

/// What a step says that it does is what it does to the model.
fn takes_effect(moment: &Moment) {
    let Some(effect) = moment.step.effect().filter(|effect| effect.object.name != UNNAMED) else { return };
    let (was, is) = (has(&moment.before, &effect.object), has(&moment.after, &effect.after()));
    let expected = match effect.change {
        Change::Create => true,
        Change::Drop => false,
        // What history may not have is passed over.
        Change::Rename(_) | Change::Alter | Change::Rows => was,
    };
    assert_eq!(is, expected, "{}: {effect:?}", moment.step);
}

fn has(schema: &Schema, object: &ObjectRef) -> bool {
    let ObjectRef { kind, of, name } = *object;
    let table = of.and_then(|of| schema.table(of));
    match kind {
        ObjectKind::Table | ObjectKind::PartitionedTable | ObjectKind::ForeignTable => schema.table(name).is_some(),
        ObjectKind::View | ObjectKind::MaterializedView => schema.view(name).is_some(),
        ObjectKind::Sequence => schema.sequence(name).is_some(),
        ObjectKind::Enum => schema.enumeration(name).is_some(),
        ObjectKind::Domain => schema.domain(name).is_some(),
        ObjectKind::Function => schema.function(name).is_some(),
        ObjectKind::Extension => schema.extensions().any(|it| it == name),
        ObjectKind::Schema => true,
        ObjectKind::Index => schema.table_of_index(name).is_some() || schema.view_of_index(name).is_some(),
        ObjectKind::Column => table.is_some_and(|table| table.column(name).is_some()),
        ObjectKind::Constraint => table.is_some_and(|table| table.constraint(name).is_some()),
        ObjectKind::Policy => table.is_some_and(|table| table.policy(name).is_some()),
        ObjectKind::Trigger => {
            let of_view = of.and_then(|of| schema.view(of)).and_then(|view| view.trigger(name));
            of_view.is_some() || table.is_some_and(|table| table.trigger(name).is_some())
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_version_of_a_random_chain_leads_back(
        versions in prop::collection::vec(prop::collection::vec(a_step(), 1..12), 1..5)
    ) {
        let mut schema = after(first());
        for (steps, number) in versions.into_iter().zip(schema.version.0 + 1..) {
            let steps = possible(&schema, Version(number), steps);
            schema = leads_back(&schema, Version(number), steps);
            made_at_once(&schema);
            repaired(&schema);
        }
    }
}
