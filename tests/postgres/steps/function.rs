//! Functions: create, replace, drop.

use crate::support::walk;

mod functions {
    pkmig::migration! {
        V01 "functions" {
            create_table track { id: integer }
            create_function shout(a: text, b: integer default("1 + 1"), c: text default("'it''s'")) returns text language sql immutable strict {
                "SELECT upper(a) || b || c"
            }
            create_function next_id() returns uuid language plpgsql volatile security_definer {
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
    pkmig::chain! {
        pub static CHAIN: "functions" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn functions_are_made_replaced_dropped_and_come_back() {
    walk(
        &functions::CHAIN,
        r#"
        CREATE FUNCTION shout(a text, b integer DEFAULT 1 + 1, c text DEFAULT 'it''s') RETURNS text
            LANGUAGE sql IMMUTABLE STRICT AS 'SELECT lower(a)';
        CREATE FUNCTION nothing() RETURNS void LANGUAGE sql STABLE AS 'SELECT 1';
        CREATE FUNCTION rows() RETURNS SETOF integer LANGUAGE sql AS 'SELECT id FROM "track"';
        CREATE TABLE t (id uuid NOT NULL, name text DEFAULT shout('x'))
        "#,
    )
    .await;
}
