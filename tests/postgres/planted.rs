//! A database in which somebody else has put objects of PostgreSQL's names on everybody's search path (CVE-2018-1058): none
//! of them is ever called, whatever is run.

use pkmig::Chain;
use pkmig::testing::Database;
use sqlx::PgConnection;

use crate::support::{ask, database, run};
use crate::surroundings::psql;

mod everything {
    pkmig::migration! {
        V01 "tables" {
            create_extension citext;
            create_table track { id: integer }
            create_function shout(a: text) returns text language plpgsql immutable { "BEGIN RETURN pg_catalog.upper(a); END" }
            create_enum mood { "sad", "glad" }
            create_table notes {
                id: bigserial primary_key,
                owner: citext not_null default("nobody"),
                body: text check("length(body) < 1000"),
                mood: mood default("sad"),
                at: timestamptz default(now()),
                index notes_body ("lower(body)") where("body <> 'x'"),
            }
            enable_row_level_security notes;
            create_policy notes_all on notes using("owner = current_user::citext");
        }
    }
    pkmig::migration! {
        V02 "rows" {
            seed notes (id, owner, body) on_conflict(id) do_nothing { (1, "A", "one"), (2, "b", "two") }
            add_column notes.loud: text;
            backfill notes.loud = "@.shout(notes.body)" where("notes.loud IS NULL") batch(1);
            execute "UPDATE @.notes SET body = upper(body) WHERE owner = 'a'" idempotent down_noop("they may stay");
        }
    }
    pkmig::migration! {
        V03 "outside" {
            create_index notes_upper on notes ("upper(loud)") where("loud <> ''") concurrently;
            create_view loud as "SELECT id, upper(body) AS body FROM @.notes";
            rename_column notes.body => content;
            add_check notes short ("length(content) < 100") not_valid;
            validate_constraint notes short;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "planted" tracked_by track { V01, V02, V03 }
    }
}

static CHAIN: &Chain = &everything::CHAIN;

/// For every function, operator, type and table of PostgreSQL's one of the same name, and for functions those that would be
/// the better match for some types. Each that is called counts, in a sequence, which no rollback takes back.
const PLANT: &str = r#"
CREATE SCHEMA evil;
CREATE SEQUENCE evil.calls;
CREATE FUNCTION evil.planted(what text) RETURNS boolean LANGUAGE plpgsql AS $f$
BEGIN PERFORM pg_catalog.nextval('evil.calls'); RAISE EXCEPTION 'planted: %', what; END $f$;
DO $plant$
DECLARE
  one record;
BEGIN
  FOR one IN
    WITH known AS (
      SELECT DISTINCT p.proname, pg_get_function_identity_arguments(p.oid) AS names, p.proretset,
        CASE WHEN p.prorettype = 'trigger'::regtype THEN 'text' ELSE format_type(p.prorettype, NULL) END AS result,
        oidvectortypes(p.proargtypes) AS args
      FROM pg_proc p WHERE pronamespace = 'pg_catalog'::regnamespace AND pronargs BETWEEN 0 AND 4),
    kinds (this, that) AS (VALUES ('', ''), ('text', 'name'), ('text', 'character varying'), ('name', 'text'),
      ('oid', 'regclass'), ('"any"', 'text'), ('anyelement', 'text'), ('anynonarray', 'text'), ('anyarray', 'text[]'),
      ('bigint', 'integer'), ('regclass', 'text'))
    SELECT DISTINCT proname, replace(args, this, that) AS args,
      CASE WHEN result IN ('anyelement', 'anyarray', 'internal', 'cstring', 'record') THEN 'text' ELSE result END AS result
    FROM known, kinds WHERE strpos(args, this) > 0
  LOOP
    BEGIN
      EXECUTE format('CREATE FUNCTION evil.%I(%s) RETURNS %s LANGUAGE plpgsql AS %L', one.proname, one.args, one.result,
        format('BEGIN PERFORM pg_catalog.nextval(''evil.calls''); RAISE EXCEPTION ''planted: %%'', %L; END',
          format('%s(%s)', one.proname, one.args)));
    EXCEPTION WHEN OTHERS THEN NULL; -- What PL/pgSQL cannot take.
    END;
  END LOOP;
  FOR one IN
    SELECT o.oprname, p.proname, format_type(nullif(o.oprleft, 0), NULL) AS lefty, format_type(o.oprright, NULL) AS righty
    FROM pg_operator o JOIN pg_proc p ON p.oid = o.oprcode WHERE oprnamespace = 'pg_catalog'::regnamespace
  LOOP
    BEGIN
      EXECUTE format('CREATE OPERATOR evil.%s (FUNCTION = evil.%I, %s RIGHTARG = %s)', one.oprname, one.proname,
        'LEFTARG = ' || one.lefty || ',', one.righty);
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
  FOR one IN SELECT typname FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typtype = 'b' AND typcategory <> 'A' LOOP
    BEGIN
      EXECUTE format('CREATE DOMAIN evil.%I AS pg_catalog.%I CHECK (evil.planted(%L))', one.typname, one.typname, one.typname);
    EXCEPTION WHEN OTHERS THEN NULL;
    END;
  END LOOP;
  FOR one IN SELECT relname FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v') LOOP
    BEGIN
      EXECUTE format('CREATE VIEW evil.%I AS SELECT * FROM pg_catalog.%1$I WHERE evil.planted(%1$L)', one.relname);
    EXCEPTION WHEN OTHERS THEN NULL; -- What has a column of a pseudo-type.
    END;
  END LOOP;
END $plant$;
"#;

/// A database in which all of it is on the path of every session, in front of PostgreSQL's own.
async fn planted() -> (Database, PgConnection) {
    let database = database().await;
    let mut connection = database.connect().await.unwrap();
    run(&mut connection, PLANT).await;
    let much =
        "SELECT (count(*) > 3000)::text FROM pg_catalog.pg_proc WHERE pronamespace = 'evil'::pg_catalog.regnamespace";
    assert_eq!(ask(&mut connection, much).await, "true");
    let name = ask(&mut connection, "SELECT current_database()::text").await;
    run(&mut connection, &format!("ALTER DATABASE \"{name}\" SET search_path = evil, pg_catalog, public")).await;
    let connection = database.connect().await.unwrap();
    (database, connection)
}

async fn calls(connection: &mut PgConnection) -> String {
    let asked = "SELECT CASE WHEN is_called THEN last_value ELSE 0 END::pg_catalog.text FROM evil.calls";
    ask(connection, asked).await
}

#[tokio::test]
async fn a_planted_object_is_called_where_nothing_is_pinned() {
    let (_database, mut connection) = planted().await;
    let asked = sqlx::raw_sql("SELECT lower('A')").execute(&mut connection).await;
    assert!(asked.unwrap_err().to_string().contains("planted: "));
    assert_eq!(calls(&mut connection).await, "1");
}

#[tokio::test]
async fn nothing_that_is_planted_on_the_path_is_called() {
    let (database, mut connection) = planted().await;
    let connection = &mut connection;
    let migrator = CHAIN.migrator().prefix("acme").allow_data_loss(true);
    let replayed = CHAIN.migrator().prefix("other").allow_data_loss(true).baseline(false);
    for migrator in [&migrator, &replayed] {
        migrator.up_to(2, &mut *connection).await.unwrap();
        migrator.status(&mut *connection).await.unwrap();
        migrator.plan(None, &mut *connection).await.unwrap();
        migrator.up(&mut *connection).await.unwrap();
        migrator.up(&mut *connection).await.unwrap();
        let verified = migrator.verify(&mut *connection).await.unwrap();
        assert!(verified.is_clean(), "{:?}", verified.differences);
        assert!(migrator.ledger(&mut *connection).await.unwrap().unread.is_none());
        migrator.plan(Some(0), &mut *connection).await.unwrap();
    }
    run(connection, "ALTER TABLE acme.notes DROP CONSTRAINT short; DROP VIEW acme.loud; DELETE FROM acme.notes").await;
    migrator.plan_repair(None, &mut *connection).await.unwrap();
    assert!(migrator.repair(&mut *connection).await.unwrap().complete);
    run(connection, "COMMENT ON TABLE acme.track IS 'x'").await;
    migrator.plan_heal(&mut *connection).await.unwrap();
    migrator.heal(&mut *connection).await.unwrap();
    run(connection, "COMMENT ON TABLE acme.track IS NULL").await;
    migrator.adopt(None, &mut *connection).await.unwrap();
    migrator.down_to(1, &mut *connection).await.unwrap();
    migrator.down_to(0, &mut *connection).await.unwrap();
    run(connection, "BEGIN").await;
    let path = "SELECT pg_catalog.current_setting('search_path')";
    let hosts = CHAIN.migrator().prefix("hosts").allow_data_loss(true);
    hosts.up_to(1, &mut *connection).await.unwrap();
    hosts.verify(&mut *connection).await.unwrap();
    hosts.plan(Some(0), &mut *connection).await.unwrap();
    hosts.repair(&mut *connection).await.unwrap();
    assert_eq!(ask(connection, path).await, "evil, pg_catalog, public", "a host's transaction has its path back");
    hosts.down_to(0, &mut *connection).await.unwrap();
    assert_eq!(ask(connection, path).await, "evil, pg_catalog, public");
    run(connection, "COMMIT").await;
    assert_eq!(calls(connection).await, "0");
    drop(database);
}

#[tokio::test]
async fn a_script_calls_nothing_that_is_planted() {
    let (database, mut connection) = planted().await;
    let migrator = CHAIN.migrator().prefix("acme").allow_data_loss(true);
    for (from, to) in [(0, 3), (0, 3), (3, 0)] {
        let script = pkmig::script(&migrator.script(from, to).unwrap(), &migrator);
        psql(&database, &format!("SET pkmig.allow_data_loss = 'on';\n{script}")).unwrap();
    }
    assert_eq!(calls(&mut connection).await, "0");
}

#[tokio::test]
async fn a_schema_of_extensions_that_others_may_write_to_is_refused() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    run(connection, "GRANT CREATE ON SCHEMA public TO PUBLIC").await;
    let migrator = CHAIN.migrator().prefix("acme");
    let refused = migrator.up(&mut *connection).await.unwrap_err().report();
    assert!(refused.contains("everybody may create objects in schema `public`"), "{refused}");
    assert!(refused.ends_with("help: REVOKE CREATE ON SCHEMA \"public\" FROM PUBLIC"), "{refused}");
    assert_eq!(ask(connection, "SELECT to_regnamespace('acme')::text").await, "-");
    run(connection, "REVOKE CREATE ON SCHEMA public FROM PUBLIC").await;
    migrator.up(&mut *connection).await.unwrap();
    run(connection, "GRANT CREATE ON SCHEMA public TO PUBLIC").await;
    for refused in [
        migrator.verify(&mut *connection).await.unwrap_err(),
        migrator.repair(&mut *connection).await.unwrap_err(),
        migrator.heal(&mut *connection).await.unwrap_err(),
        migrator.clone().allow_data_loss(true).down_to(1, &mut *connection).await.unwrap_err(),
    ] {
        assert!(matches!(refused, pkmig::Error::OpenPath { .. }), "{refused}");
    }
    // What asks for nothing of an author's goes on.
    migrator.status(&mut *connection).await.unwrap();
    migrator.up(&mut *connection).await.unwrap();
}
