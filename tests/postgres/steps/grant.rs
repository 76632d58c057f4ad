//! Grants and revokes.

use super::policy::roles;
use crate::support::{ask, database, run, walk_in};

mod kinds {
    pkmig::migration! {
        V01 "objects" {
            create_table track { id: integer }
            create_table t { a: integer }
            create_table u { a: integer }
            create_function f(a: text, "B": integer[]) returns text language sql { "SELECT a" }
            create_function g() returns integer language sql { "SELECT 1" }
        }
    }
    pkmig::migration! {
        V02 "granted" {
            grant select, insert on table {t, u} to pkmig_reader;
            grant (update, delete) on table t to (pkmig_writer, public);
            grant all on table u to pkmig_writer;
            revoke execute on function f(text, integer[]) from public;
            grant execute on function f(text, integer[]) to pkmig_reader;
            grant usage on schema to (pkmig_reader, public);
            grant create on schema to pkmig_writer;
        }
    }
    pkmig::migration! {
        V03 "revoked, and renamed" {
            revoke insert on table t from pkmig_reader;
            revoke all on table u from pkmig_writer;
            revoke create on schema from pkmig_writer;
            rename_table t => w;
            grant select on table w to pkmig_writer;
        }
    }
    pkmig::migration! {
        V04 "dropped" {
            drop_table w;
            drop_function f(text, integer[]);
            revoke usage on schema from public;
        }
    }
    pkmig::migration! {
        V05 "granted on what goes in the same version" {
            grant select on table u to public;
            drop_table u;
            revoke execute on function g() from public;
            create_function f(a: text) returns text language sql { "SELECT a" }
        }
    }
    pkmig::chain! {
        pub static CHAIN: "kinds" tracked_by track {
            requires role {pkmig_reader, pkmig_writer};
            V01, V02, V03, V04, V05
        }
    }
}

#[tokio::test]
async fn privileges_are_granted_revoked_and_come_back() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    roles(connection).await;
    let expected = "
        GRANT USAGE ON SCHEMA expected TO pkmig_reader;
        CREATE FUNCTION f(a text) RETURNS text LANGUAGE sql AS $$SELECT a$$;
        CREATE FUNCTION g() RETURNS integer LANGUAGE sql AS $$SELECT 1$$;
        REVOKE EXECUTE ON FUNCTION g FROM public";
    walk_in(connection, &kinds::CHAIN, expected).await;
}

#[tokio::test]
async fn a_role_may_do_what_it_is_granted_and_no_more() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    roles(connection).await;
    let migrator = kinds::CHAIN.migrator().baseline(false).prefix("acme").allow_data_loss(true);
    migrator.up_to(2, &mut *connection).await.unwrap();
    run(connection, "INSERT INTO acme.t VALUES (1); SET ROLE pkmig_reader").await;
    assert_eq!(ask(connection, "SELECT acme.f(a::text, '{}') FROM acme.t").await, "1");
    run(connection, "INSERT INTO acme.t VALUES (2); RESET ROLE").await;
    let refused = [
        ("pkmig_reader", "TRUNCATE acme.t"),
        ("pkmig_writer", "SELECT FROM acme.t"),
        ("pkmig_writer", "SELECT acme.f('', '{}')"),
        ("pkmig_reader", "CREATE TABLE acme.mine ()"),
    ];
    for (role, statement) in refused {
        let sql = format!("BEGIN; SET LOCAL ROLE {role}; {statement}; COMMIT");
        let error = sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&mut *connection).await.unwrap_err();
        assert_eq!(
            error.as_database_error().and_then(|it| it.code()).as_deref(),
            Some("42501"),
            "{statement}: {error}"
        );
        run(connection, "ROLLBACK").await;
    }
    migrator.down_to(0, &mut *connection).await.unwrap();
}

mod by_others {
    pkmig::migration! {
        V01 "a table that a role may read" {
            create_table track { id: integer }
            grant select on table track to pkmig_reader;
        }
    }
    pkmig::migration! {
        V02 "and may not any more" {
            revoke select on table track from pkmig_reader;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "by_others" tracked_by track {
            requires role pkmig_reader;
            V01, V02
        }
    }
}

/// A revoke takes away what its own role has granted, and says nothing of the rest (manual, REVOKE).
#[tokio::test]
async fn a_revoke_that_revokes_nothing_is_found() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    roles(connection).await;
    let migrator = by_others::CHAIN.migrator().prefix("acme");
    migrator.up_to(1, &mut *connection).await.unwrap();
    run(
        connection,
        "GRANT USAGE ON SCHEMA acme TO pkmig_writer; GRANT SELECT ON acme.track TO pkmig_writer WITH GRANT OPTION;
         SET ROLE pkmig_writer; GRANT SELECT ON acme.track TO pkmig_reader; RESET ROLE",
    )
    .await;
    let failed = crate::support::failed(migrator.up(&mut *connection).await);
    let expected = "TABLE \"acme\".\"track\" is not as declared: expected SELECT revoked from \"pkmig_reader\", found still \
                    granted";
    assert_eq!((failed.sqlstate.as_str(), failed.message.as_str()), ("PKM03", expected));
    assert_eq!(failed.step.as_deref(), Some("revoke select on table track from pkmig_reader"));
    assert_eq!(migrator.version(&mut *connection).await.unwrap().0, 1);
}
