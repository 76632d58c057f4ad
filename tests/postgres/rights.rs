//! A plan says which rights it needs. A role with exactly these runs it; without any one of them it is refused before the
//! first statement, and what the refusal says helps.

use std::collections::BTreeSet;

use pkmig::schema::ObjectKind;
use pkmig::{Error, Migrator, Right};
use sqlx::{Connection, PgConnection};

use crate::refusals::{drop_role, role};
use crate::support::{ask, catalog, database, quoted, run, same};

mod chain {
    pkmig::migration! {
        V01 "what is there" {
            create_table track { id: integer }
            create_table altered { id: bigint primary_key, a: text, b: text }
            create_table renamed { id: bigint primary_key, a: text, index renamed_a (a) }
            create_table indexed { id: bigint primary_key, a: text, index indexed_a (a) }
            create_table pointed_at { id: bigint primary_key }
            create_table read { id: bigint primary_key, a: text }
            create_table left_alone { id: bigint primary_key }
            create_table named_in_sql { id: bigint primary_key }
            create_enum mood { "sad" }
            create_enum dropped { "x" }
            create_domain dropped_too: text;
            create_sequence counter;
            create_function f() returns integer language sql { "SELECT 1" }
            create_function alone() returns integer language sql { "SELECT 1" }
            create_view shown as "SELECT i.id FROM @.left_alone i";
            create_materialized_view kept as "SELECT i.id FROM @.left_alone i";
            create_view called as "SELECT i.id FROM @.left_alone i";
        }
    }
    pkmig::migration! {
        V02 "what changes it" {
            set_not_null altered.a;
            rename_table renamed => known;
            drop_index indexed_a;
            create_table fresh {
                id: bigint primary_key references(pointed_at.id),
                outside: uuid references(elsewhere.things.id),
            }
            backfill fresh.outside = "(SELECT NULL::uuid FROM @.read r LIMIT 1)";
            execute "DELETE FROM @.named_in_sql" idempotent irreversible("the rows are gone");
            drop_enum dropped;
            drop_domain dropped_too;
            drop_sequence counter;
            create_or_replace_function f() returns integer language sql { "SELECT 2" }
            drop_view shown;
            drop_materialized_view kept;
            rename_view called => renamed;
        }
    }
    pkmig::migration! {
        V03 "on what the plan has made" {
            create_index on fresh.outside;
            rename_table known => known_well;
            comment_on view renamed "by its new name";
            grant usage on schema to public;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "rights" tracked_by track {
            requires table elsewhere.things (id: uuid);
            V01, V02, V03
        }
    }
}

/// An install at V1 that belongs to somebody else, where nobody may do anything.
async fn prepare(owner: &mut PgConnection) -> Migrator {
    run(owner, "REVOKE CREATE ON SCHEMA public FROM PUBLIC; CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.things (id uuid PRIMARY KEY)").await;
    let migrator = chain::CHAIN.migrator().prefix("acme").allow_data_loss(true);
    migrator.up_to(1, &mut *owner).await.unwrap();
    migrator
}

/// The rights of a whole plan.
async fn rights(migrator: &Migrator, target: u32, connection: &mut PgConnection) -> BTreeSet<Right> {
    let planned = migrator.plan(Some(target), &mut *connection).await.unwrap();
    planned.iter().flat_map(|version| version.rights.clone()).collect()
}

#[tokio::test]
async fn a_plan_needs_rights_of_what_it_touches_only() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = prepare(connection).await;
    let own = |kind, name: &str| Right::Own(kind, name.to_owned());
    let expected = [
        Right::Create,
        Right::Usage("elsewhere".to_owned()),
        Right::OwnSchema,
        own(ObjectKind::Table, "altered"),
        own(ObjectKind::Table, "indexed"),
        own(ObjectKind::Table, "named_in_sql"),
        own(ObjectKind::Table, "renamed"),
        own(ObjectKind::Table, "track"),
        own(ObjectKind::View, "called"),
        own(ObjectKind::View, "shown"),
        own(ObjectKind::MaterializedView, "kept"),
        own(ObjectKind::Sequence, "counter"),
        own(ObjectKind::Enum, "dropped"),
        own(ObjectKind::Domain, "dropped_too"),
        own(ObjectKind::Function, "f"),
        Right::References(None, "pointed_at".to_owned()),
        Right::References(Some("elsewhere".to_owned()), "things".to_owned()),
        Right::Select("read".to_owned()),
    ];
    assert_eq!(rights(&migrator, 3, connection).await, BTreeSet::from(expected));
}

/// Whoever is told what is missing, has it done and tries again gets there; before, nothing has changed.
#[tokio::test]
async fn each_right_that_is_missing_is_named_with_what_helps() {
    let database = database().await;
    let owner = &mut database.connect().await.unwrap();
    let migrator = prepare(owner).await;
    let (name, mut theirs) = role(&database, owner).await;
    let wanted = rights(&migrator, 2, owner).await;
    let missing = lacking(migrator.up_to(2, &mut theirs).await.map(|_| ()));
    assert_eq!(missing.len(), wanted.len(), "{missing:#?}");
    for (index, left_out) in missing.iter().enumerate() {
        for (_, help) in missing.iter().enumerate().filter(|(other, _)| *other != index) {
            run(owner, help).await;
        }
        let before = catalog(owner, "acme").await;
        assert_eq!(lacking(migrator.up_to(2, &mut theirs).await.map(|_| ())), [left_out.as_str()]);
        same(&catalog(owner, "acme").await, &before, left_out);
        if index + 1 < missing.len() {
            take_back(&name, owner).await;
        }
    }
    run(owner, missing.last().unwrap()).await;
    assert_eq!(migrator.up_to(2, &mut theirs).await.unwrap().applied.len(), 1);
    let owners = "SELECT (tableowner = current_user)::text FROM pg_tables WHERE tablename = 'left_alone'";
    assert_eq!(ask(owner, owners).await, "true");
    let schema = lacking(migrator.up(&mut theirs).await.map(|_| ()));
    assert_eq!(schema, [format!("ALTER SCHEMA \"acme\" OWNER TO {}", quoted(&name))]);
    run(owner, &schema[0]).await;
    assert_eq!(migrator.up(&mut theirs).await.unwrap().applied.len(), 1);
    theirs.close().await.unwrap();
    drop_role(owner, &name).await;
}

/// What to say to PostgreSQL for each right that is missing.
fn lacking(result: Result<(), Error>) -> Vec<String> {
    match result {
        Err(Error::Privileges { missing, .. }) => {
            missing.into_iter().map(|it| it.help.replace(", or run as its owner", "")).collect()
        }
        other => panic!("expected missing rights, got {other:?}"),
    }
}

/// Leaves the role without any right.
async fn take_back(role: &str, owner: &mut PgConnection) {
    let role = quoted(role);
    run(owner, &format!("REASSIGN OWNED BY {role} TO CURRENT_USER; DROP OWNED BY {role}")).await;
}
