//! What a chain finds outside of its prefix: said before the first statement where it is missing, used where it is there.

use pkmig::Error;

use crate::support::{ask, database, run};

mod platform {
    pkmig::migration! {
        V01 "accounts" {
            create_table accounts { id: bigserial primary_key, owner: uuid }
        }
    }
    pkmig::migration! {
        V02 "names" {
            add_column accounts.name: text;
        }
    }
    pkmig::chain! {
        pub(super) static PLATFORM: "platform" tracked_by accounts { V01, V02 }
    }
}

mod notes {
    pkmig::migration! {
        V01 "notes of accounts" {
            create_table notes {
                id: bigserial primary_key,
                account_id: bigint not_null references("The platform".accounts.id, on_delete: cascade),
                owner: uuid not_null default(sql("outside.me()")),
                people_id: integer references(outside.people.id),
                check notes_mine ("owner = outside.me()"),
            }
        }
    }
    pkmig::migration! {
        V02 "counted" {
            add_column notes.people: bigint;
            backfill notes.people = "(SELECT count(*) FROM outside.people)";
        }
    }
    pkmig::chain! {
        pub(super) static NOTES: "notes" tracked_by notes {
            requires role pkmig_requires_test;
            requires function outside.me();
            requires table outside.people (id: integer, name: text);
            requires table "The platform".accounts (id: bigint);
            requires super::platform::PLATFORM at 2 in prefix "The platform";
            V01, V02,
        }
    }
}

const OUTSIDE: &str = "CREATE ROLE pkmig_requires_test NOLOGIN; CREATE SCHEMA outside;
    CREATE TABLE outside.people (id integer PRIMARY KEY, name text); INSERT INTO outside.people VALUES (1, 'Ann');
    CREATE FUNCTION outside.me() RETURNS uuid LANGUAGE sql AS 'SELECT gen_random_uuid()'";

#[tokio::test]
async fn all_that_is_missing_is_said_at_once_and_what_is_there_is_used() {
    let database = database().await;
    let mut connection = database.connect().await.unwrap();
    let (notes, platform) = (notes::NOTES.migrator().baseline(false).prefix("acme"), platform::PLATFORM.migrator());

    let missing = |error: Error| match error {
        Error::MissingRequirements { chain: "notes", missing } => missing,
        other => panic!("{other}"),
    };
    let expected = [
        "role pkmig_requires_test",
        "function outside.me()",
        "table outside.people",
        "table The platform.accounts",
        "chain platform at V2 in schema The platform, where it is not installed",
    ];
    assert_eq!(missing(notes.up(&mut connection).await.unwrap_err()), expected);
    assert_eq!(ask(&mut connection, "SELECT 'a schema' FROM pg_namespace WHERE nspname = 'acme'").await, "");

    run(&mut connection, OUTSIDE).await;
    run(&mut connection, "ALTER TABLE outside.people ALTER id TYPE bigint, DROP name").await;
    platform.prefix("The platform").up_to(1, &mut connection).await.unwrap();
    let expected = [
        "column id: integer of table outside.people",
        "column name: text of table outside.people",
        "chain platform at V2 in schema The platform, where it is at V1",
    ];
    assert_eq!(missing(notes.up(&mut connection).await.unwrap_err()), expected);

    run(&mut connection, "ALTER TABLE outside.people ALTER id TYPE integer, ADD name text").await;
    platform::PLATFORM.migrator().baseline(false).prefix("The platform").up(&mut connection).await.unwrap();
    for (up, down) in [(1, 0), (2, 0)] {
        notes.up_to(up, &mut connection).await.unwrap();
        notes.down_to(down, &mut connection).await.unwrap();
    }
    notes.up_to(1, &mut connection).await.unwrap();
    run(&mut connection, "INSERT INTO \"The platform\".accounts (name) VALUES ('a')").await;
    let insert = "INSERT INTO acme.notes (account_id, people_id, owner) VALUES (1, 1, outside.me())";
    run(
        &mut connection,
        "CREATE OR REPLACE FUNCTION outside.me() RETURNS uuid IMMUTABLE LANGUAGE sql
        AS $$SELECT 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid$$",
    )
    .await;
    run(&mut connection, insert).await;
    run(&mut connection, "COMMENT ON TABLE acme.notes IS '0'").await;
    assert_eq!(notes.up_to(1, &mut connection).await.unwrap().applied.len(), 1);
    notes.up(&mut connection).await.unwrap();
    assert_eq!(ask(&mut connection, "SELECT people::text FROM acme.notes").await, "1");
    // Run twice: the foreign keys out of the prefix are as declared.
    run(&mut connection, "COMMENT ON TABLE acme.notes IS '1'").await;
    assert_eq!(notes.up(&mut connection).await.unwrap().applied.len(), 1);

    run(&mut connection, "DROP SCHEMA acme CASCADE; DROP OWNED BY pkmig_requires_test; DROP ROLE pkmig_requires_test")
        .await;
}
