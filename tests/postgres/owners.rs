//! Whoever owns an object decides what its triggers and its body do: what others own is neither called nor written.

use pkmig::testing::Database;
use pkmig::{Chain, MisfitKind};
use sqlx::PgConnection;

use crate::stamp::misfit;
use crate::support::{ask, database, quoted, run};
use crate::surroundings::psql;

mod notes {
    pkmig::migration! {
        V01 "notes" {
            create_table track { id: integer }
            create_table notes { id: bigserial primary_key, body: text unique, touched: timestamptz }
            create_function touch() returns trigger language plpgsql { "BEGIN NEW.touched := now(); RETURN NEW; END" }
            create_trigger notes_touch on notes before update for_each row execute touch();
        }
    }
    pkmig::migration! {
        V02 "rows" {
            seed notes (body) on_conflict(body) do_nothing { ("a"), ("b") }
        }
    }
    pkmig::migration! {
        V03 "another body" {
            create_or_replace_function touch() returns trigger language plpgsql { "BEGIN NEW.touched := clock_timestamp(); RETURN NEW; END" }
            backfill notes.touched = "now()" where("notes.touched IS NULL");
        }
    }
    pkmig::chain! {
        pub static CHAIN: "owners" tracked_by track { V01, V02, V03 }
    }
}

static CHAIN: &Chain = &notes::CHAIN;

/// A database with a role that plants, whose objects count how often they are called.
async fn planting() -> (Database, PgConnection, String) {
    let database = database().await;
    let mut connection = database.connect().await.unwrap();
    let mallory = quoted(&format!("{} mallory", ask(&mut connection, "SELECT current_database()::text").await));
    let sql = format!(
        "CREATE ROLE {mallory}; CREATE SCHEMA mallorys AUTHORIZATION {mallory}; CREATE SEQUENCE mallorys.calls;
         CREATE FUNCTION mallorys.planted() RETURNS trigger LANGUAGE plpgsql AS
           $$BEGIN PERFORM nextval('mallorys.calls'); RETURN NEW; END$$;
         ALTER FUNCTION mallorys.planted() OWNER TO {mallory}"
    );
    run(&mut connection, &sql).await;
    (database, connection, mallory)
}

async fn gone(connection: &mut PgConnection, mallory: &str) {
    let calls = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END::text FROM mallorys.calls";
    assert_eq!(ask(connection, calls).await, "0");
    run(connection, &format!("DROP OWNED BY {mallory} CASCADE; DROP ROLE {mallory}")).await;
}

const TRIGGER: &str = "CREATE TRIGGER planted BEFORE INSERT OR UPDATE OR DELETE ON acme.notes FOR EACH ROW EXECUTE FUNCTION mallorys.planted()";

#[tokio::test]
async fn an_install_of_which_somebody_else_owns_a_table_is_not_touched() {
    let (database, mut connection, mallory) = planting().await;
    let connection = &mut connection;
    let migrator = CHAIN.migrator().prefix("acme");
    migrator.up_to(1, &mut *connection).await.unwrap();
    run(connection, &format!("{TRIGGER}; ALTER TABLE acme.notes OWNER TO {mallory}")).await;
    for refused in [
        misfit(migrator.up(&mut *connection).await),
        misfit(migrator.down_to(0, &mut *connection).await),
        misfit(migrator.plan(Some(0), &mut *connection).await),
        misfit(migrator.repair(&mut *connection).await),
        misfit(migrator.plan_repair(None, &mut *connection).await),
    ] {
        assert!(matches!(refused.kind, MisfitKind::Untrusted { .. }), "{refused}");
        let role = mallory.trim_matches('"');
        let said = format!("table `notes` belongs to role `{role}`, of which role `");
        assert!(refused.report().contains(&said), "{refused}");
        assert!(refused.help().contains(&format!("`--trust-owner {role}`")), "{refused}");
    }
    let verified = migrator.verify(&mut *connection).await.unwrap();
    let untrusted: Vec<_> = verified.untrusted().map(|other| other.object.to_string()).collect();
    assert_eq!(untrusted, ["table `notes`"]);
    let script = pkmig::script(&migrator.script(1, 3).unwrap(), &migrator);
    let refused = psql(&database, &script).unwrap_err();
    assert!(refused.contains("relation notes belongs to role"), "{refused}");

    // Who is named is trusted, and so is the role of whom one is a member.
    let trusting = CHAIN.migrator().prefix("acme").trust_owners([mallory.trim_matches('"')]);
    assert!(trusting.verify(&mut *connection).await.unwrap().untrusted().next().is_none());
    run(connection, "DROP TRIGGER planted ON acme.notes").await;
    trusting.up_to(2, &mut *connection).await.unwrap();
    run(connection, &format!("GRANT {mallory} TO CURRENT_USER")).await;
    migrator.up(&mut *connection).await.unwrap();
    run(connection, &format!("REVOKE {mallory} FROM CURRENT_USER; DROP SCHEMA acme CASCADE")).await;
    gone(connection, &mallory).await;
}

#[tokio::test]
async fn a_function_that_somebody_else_owns_is_not_replaced() {
    let (database, mut connection, mallory) = planting().await;
    let connection = &mut connection;
    let migrator = CHAIN.migrator().prefix("acme");
    let planted = format!(
        "CREATE FUNCTION acme.touch() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NEW; END$$;
         ALTER FUNCTION acme.touch() OWNER TO {mallory}"
    );
    // Before the install, so that its versions would replace it and leave it to its owner.
    run(connection, &format!("CREATE SCHEMA acme; {planted}")).await;
    let refused = misfit(migrator.up(&mut *connection).await);
    assert!(refused.report().contains("function `touch` belongs to role"), "{refused}");
    let refused = psql(&database, &pkmig::script(&migrator.script(0, 3).unwrap(), &migrator)).unwrap_err();
    assert!(refused.contains("function touch belongs to role"), "{refused}");
    assert_eq!(ask(connection, "SELECT to_regclass('acme.notes')::text").await, "-");
    run(connection, "DROP FUNCTION acme.touch()").await;
    // And between two versions.
    migrator.up_to(2, &mut *connection).await.unwrap();
    run(connection, &format!("ALTER FUNCTION acme.touch() OWNER TO {mallory}")).await;
    let refused = misfit(migrator.up(&mut *connection).await);
    assert!(matches!(refused.kind, MisfitKind::Untrusted { .. }), "{refused}");
    let refused = psql(&database, &pkmig::script(&migrator.script(2, 3).unwrap(), &migrator)).unwrap_err();
    assert!(refused.contains("function touch belongs to role"), "{refused}");
    run(connection, "DROP SCHEMA acme CASCADE").await;
    gone(connection, &mallory).await;
}

#[tokio::test]
async fn what_is_planted_in_a_tables_place_is_neither_filled_nor_counted() {
    let (database, mut connection, mallory) = planting().await;
    let connection = &mut connection;
    let migrator = CHAIN.migrator().prefix("acme").take_over(["notes"]);
    run(connection, "CREATE SCHEMA acme").await;
    let table = format!(
        "CREATE TABLE acme.notes (id bigserial PRIMARY KEY, body text CONSTRAINT notes_body_key UNIQUE, touched timestamptz);
         {TRIGGER}; ALTER TABLE acme.notes OWNER TO {mallory}"
    );
    let view = format!(
        "CREATE VIEW acme.notes AS SELECT NULL::bigint AS id, NULL::text AS body, NULL::timestamptz AS touched;
         CREATE TRIGGER planted INSTEAD OF INSERT OR UPDATE ON acme.notes FOR EACH ROW EXECUTE FUNCTION mallorys.planted();
         ALTER VIEW acme.notes OWNER TO {mallory}"
    );
    for (plant, drop) in [(table, "DROP TABLE acme.notes"), (view, "DROP VIEW acme.notes")] {
        run(connection, &plant).await;
        for migrator in [&migrator, &CHAIN.migrator().prefix("acme")] {
            misfit(migrator.up(&mut *connection).await);
        }
        let refused = psql(&database, &pkmig::script(&migrator.script(0, 3).unwrap(), &migrator)).unwrap_err();
        assert!(refused.contains("relation notes belongs to role"), "{refused}");
        run(connection, drop).await;
    }
    gone(connection, &mallory).await;
}

/// A schema in which others may create functions could hold one of the same name that takes the arguments better.
#[tokio::test]
async fn a_prefix_whose_functions_others_could_overload_is_refused() {
    mod overloaded {
        pkmig::migration! {
            V01 "a function with arguments" {
                create_table track { id: integer }
                create_function shout(a: text) returns text language plpgsql immutable { "BEGIN RETURN upper(a); END" }
                create_table notes { id: integer primary_key, body: varchar(20), loud: text }
            }
        }
        pkmig::migration! {
            V02 "that is called" {
                backfill notes.loud = "@.shout(notes.body)" where("notes.loud IS NULL");
            }
        }
        pkmig::chain! {
            pub static CHAIN: "overloaded" tracked_by track { V01, V02 }
        }
    }
    let (database, mut connection, mallory) = planting().await;
    let connection = &mut connection;
    let migrator = overloaded::CHAIN.migrator().prefix("acme");
    migrator.up_to(1, &mut *connection).await.unwrap();
    run(connection, &format!("GRANT USAGE, CREATE ON SCHEMA acme TO {mallory}")).await;
    let refused = migrator.up(&mut *connection).await.unwrap_err().report();
    assert!(refused.contains("may create objects in schema `acme`"), "{refused}");
    let refused = psql(&database, &pkmig::script(&migrator.script(1, 2).unwrap(), &migrator)).unwrap_err();
    assert!(refused.contains("may create objects in schema acme"), "{refused}");
    run(connection, &format!("REVOKE CREATE ON SCHEMA acme FROM {mallory}")).await;
    migrator.up(&mut *connection).await.unwrap();
    gone(connection, &mallory).await;
}
