//! Functions: create, replace, drop.

use crate::support::{ODD, ask, database, quoted, walk};

mod functions {
    pkmig::migration! {
        V01 "functions" {
            create_table track { id: integer }
            create_function shout(a: text, b: integer default("1 + 1"), c: text default("'it''s'")) returns text language sql immutable strict {
                "SELECT upper(a) || b || c"
            }
            create_function next_id() returns uuid language plpgsql volatile security_definer set search_path = "" {
                r#"
                DECLARE
                    -- it's a comment
                    found uuid;
                BEGIN
                    SELECT gen_random_uuid() INTO found FROM @.track;
                    RETURN coalesce(found, gen_random_uuid());
                END
                "#
            }
            create_function touch() returns trigger language plpgsql { "BEGIN RETURN NEW; END" }
            create_function nothing() returns void language sql stable { "SELECT 1" }
            create_function rows() returns setof integer language sql { "SELECT id FROM @.track" }
            create_table t { id: uuid not_null default(@.next_id()), name: text default(@.shout("x")) }
        }
    }
    pkmig::migration! {
        V02 "replaced" {
            create_or_replace_function shout(a: text, b: integer default("1 + 1"), c: text default("'it''s'")) returns text language sql immutable strict {
                "SELECT lower(a)"
            }
            drop_function touch();
            drop_default t.id;
            drop_function next_id();
        }
    }
    pkmig::migration! {
        V03 "options" {
            create_function found(a: integer, b: text) returns table ("The id": integer, mood: text, at: timestamptz[])
                language sql stable security_definer set search_path = "@, pg_temp" set "plan.x" = "it's" {
                "SELECT id, NULL::text, NULL::timestamptz[] FROM @.track WHERE id = a"
            }
            create_function safe() returns text language plpgsql set search_path = "" set work_mem = "64kB" {
                "BEGIN RETURN current_setting('search_path') || ' ' || current_setting('work_mem'); END"
            }
            create_function own() returns text language sql set search_path = "@" { "SELECT current_schema" }
            comment_on function safe() "depends on nothing";
        }
    }
    pkmig::migration! {
        V04 "other options" {
            create_or_replace_function safe() returns text language plpgsql set search_path = "pg_catalog" {
                "BEGIN RETURN current_setting('search_path'); END"
            }
            create_or_replace_function found(a: integer, b: text default("'x'")) returns table ("The id": integer, mood: text, at: timestamptz[])
                language sql {
                "SELECT id, NULL::text, NULL::timestamptz[] FROM @.track WHERE id = a"
            }
        }
    }
    pkmig::chain! {
        pub static CHAIN: "functions" tracked_by track { V01, V02, V03, V04 }
    }
}

#[tokio::test]
async fn functions_are_made_replaced_dropped_and_come_back() {
    walk(
        &functions::CHAIN,
        r#"
        CREATE FUNCTION shout(a text, b integer DEFAULT 1 + 1, c text DEFAULT 'it''s') RETURNS text
            LANGUAGE sql IMMUTABLE STRICT AS 'SELECT lower(a)';
        CREATE FUNCTION safe() RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog AS
            'BEGIN RETURN current_setting(''search_path''); END';
        COMMENT ON FUNCTION safe() IS 'depends on nothing';
        CREATE FUNCTION found(a integer, b text DEFAULT 'x') RETURNS TABLE ("The id" integer, mood text, at timestamptz[])
            LANGUAGE sql AS 'SELECT id, NULL::text, NULL::timestamptz[] FROM "track" WHERE id = a';
        CREATE FUNCTION own() RETURNS text LANGUAGE sql SET search_path = expected AS 'SELECT current_schema';
        CREATE FUNCTION nothing() RETURNS void LANGUAGE sql STABLE AS 'SELECT 1';
        CREATE FUNCTION rows() RETURNS SETOF integer LANGUAGE sql AS 'SELECT id FROM "track"';
        CREATE TABLE t (id uuid NOT NULL, name text DEFAULT shout('x'))
        "#,
    )
    .await;
}

#[tokio::test]
async fn what_a_function_sets_holds_while_it_runs() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    functions::CHAIN.migrator().baseline(false).prefix(ODD).up_to(3, &mut *connection).await.unwrap();
    assert_eq!(ask(connection, &format!("SELECT {}.own()", quoted(ODD))).await, ODD);
    assert_eq!(ask(connection, &format!("SELECT {}.safe()", quoted(ODD))).await, "\"\" 64kB");
    assert_eq!(ask(connection, "SELECT current_schema").await, "public");
}
