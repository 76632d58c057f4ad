//! Base MCP: who sees which rows, addresses on the globe, and tenants that come and go beside each other.

use pkmig::Error;
use pkmig::testing::Database;
use pkmig_versions::base_mcp::BASE_MCP;
use pkmig_versions::base_mcp_tenant::BASE_MCP_TENANT;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::catalog::{assert_same, of};
use crate::chains::{database_for, migrator};
use crate::{execute, go};

/// The first column of a query, with a space between its rows.
async fn ask(connection: &mut PgConnection, sql: &str) -> String {
    let rows = sqlx::query_scalar::<_, Option<String>>(AssertSqlSafe(sql.to_owned())).fetch_all(connection).await;
    let rows = rows.unwrap_or_else(|error| panic!("{sql}: {error}"));
    rows.into_iter().map(|row| row.unwrap_or_else(|| "-".to_owned())).collect::<Vec<_>>().join(" ")
}

/// What PostgreSQL says against a statement.
async fn refusal(connection: &mut PgConnection, sql: &str) -> String {
    match sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(connection).await {
        Ok(_) => panic!("not refused: {sql}"),
        Err(error) => error.to_string(),
    }
}

const ANN: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const BOB: &str = "bbbbbbbb-0000-4000-8000-000000000002";
/// A merchant that Ann runs and Bob works for.
const SHOP: &str = "cccccccc-0000-4000-8000-000000000003";

/// The tables that policies protect.
const OWNED: [&str; 8] = ["addresses", "emails", "phones", "socials", "images", "documents", "todos", "notes"];

/// A row of each owner in each table; of the shop's documents and notes one for everybody and one that is not.
async fn rows(connection: &mut PgConnection) {
    execute(
        connection,
        &format!(
            "SET search_path = platform, public;
            INSERT INTO users (id, email, hashed_password, inserted_at, updated_at)
                VALUES ('{ANN}', 'ann@x.org', '', now(), now()), ('{BOB}', 'bob@x.org', '', now(), now());
            INSERT INTO user_profiles
                (user_id, entity_type, entity_id, first_name, last_name, is_admin, inserted_at, updated_at)
                VALUES ('{ANN}', 'merchant', '{SHOP}', 'Ann', 'A', true, now(), now()),
                    ('{BOB}', 'merchant', '{SHOP}', 'Bob', 'B', false, now(), now());
            CREATE TEMP TABLE o (owner_type text, owner_id uuid, called text);
            INSERT INTO o VALUES ('user', '{ANN}', 'ann'), ('user', '{BOB}', 'bob'), ('merchant', '{SHOP}', 'shop');
            INSERT INTO addresses (owner_type, owner_id, label, line1, city, postal_code, inserted_at, updated_at)
                SELECT owner_type, owner_id, called, '', '', '', now(), now() FROM o;
            INSERT INTO emails (owner_type, owner_id, label, email, inserted_at, updated_at)
                SELECT owner_type, owner_id, called, '', now(), now() FROM o;
            INSERT INTO phones (owner_type, owner_id, label, phone, inserted_at, updated_at)
                SELECT owner_type, owner_id, called, '', now(), now() FROM o;
            INSERT INTO socials (owner_type, owner_id, platform, username, url, is_public, inserted_at, updated_at)
                SELECT owner_type, owner_id, 'github', called, '', false, now(), now() FROM o;
            INSERT INTO images
                (owner_type, owner_id, storage_bucket, storage_key, filename, mime_type, file_size, inserted_at, updated_at)
                SELECT owner_type, owner_id, '', '', called, '', 1, now(), now() FROM o;
            INSERT INTO documents (owner_type, owner_id, storage_bucket, storage_key, filename, mime_type, file_size, is_sensitive,
                inserted_at, updated_at)
                SELECT owner_type, owner_id, '', '', called || suffix, '', 1, suffix = '', now(), now()
                FROM o, unnest(ARRAY['', '-open']) suffix;
            INSERT INTO todos (owner_type, owner_id, title, assigned_to, inserted_at, updated_at)
                SELECT owner_type, owner_id, called, CASE called WHEN 'shop' THEN '{BOB}'::uuid END, now(), now() FROM o;
            INSERT INTO notes (owner_type, owner_id, content, is_private, inserted_at, updated_at)
                SELECT owner_type, owner_id, called || suffix, suffix = '', now(), now()
                FROM o, unnest(ARRAY['', '-open']) suffix;
            RESET search_path"
        ),
    )
    .await;
}

/// A connection of a role of its own, for which `user` has signed in.
async fn signed_in(database: &Database, owner: &mut PgConnection, role: &str, user: &str) -> PgConnection {
    execute(
        owner,
        &format!(
            // Roles belong to the server, and other tests make them at the same moment.
            "DO $$ BEGIN CREATE ROLE {role} LOGIN PASSWORD 'x';
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$;
            GRANT USAGE ON SCHEMA platform TO {role};
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA platform TO {role}"
        ),
    )
    .await;
    let url = database.url_for(role, "x").unwrap();
    let mut connection = PgConnection::connect(&url).await.unwrap();
    execute(&mut connection, &format!("SET app.current_user_id = '{user}'")).await;
    connection
}

/// What a connection sees of the tables that policies protect, a line each.
async fn seen(connection: &mut PgConnection) -> String {
    let mut lines = Vec::new();
    for table in OWNED {
        let sql = format!(
            "SELECT coalesce(r->>'label', r->>'username', r->>'filename', r->>'content', r->>'title')
            FROM (SELECT to_jsonb(t) AS r FROM platform.{table} t) rows ORDER BY 1"
        );
        lines.push(format!("{table}: {}", ask(connection, &sql).await));
    }
    lines.join("\n")
}

#[tokio::test]
async fn rows_of_one_user_are_not_seen_by_another() {
    let test = "rows_of_one_user_are_not_seen_by_another";
    let Some((database, mut owner)) = database_for(test, &[&BASE_MCP]).await else { return };
    go(&migrator(&BASE_MCP, "platform"), BASE_MCP.latest().0, &mut owner).await;
    rows(&mut owner).await;
    let mut ann = signed_in(&database, &mut owner, "pkmig_base_ann", ANN).await;
    let mut bob = signed_in(&database, &mut owner, "pkmig_base_bob", BOB).await;

    let of_ann = "addresses: ann shop\nemails: ann shop\nphones: ann shop\nsocials: ann shop\nimages: ann shop\n\
        documents: ann ann-open shop shop-open\ntodos: ann\nnotes: ann ann-open shop shop-open";
    let of_bob = "addresses: bob shop\nemails: bob shop\nphones: bob shop\nsocials: bob shop\nimages: bob shop\n\
        documents: bob bob-open shop-open\ntodos: bob shop\nnotes: bob bob-open shop-open";
    assert_eq!(seen(&mut ann).await, of_ann);
    assert_eq!(seen(&mut bob).await, of_bob);

    // A profile that is no longer active opens addresses, emails and phones no more.
    execute(&mut owner, &format!("UPDATE platform.user_profiles SET status = 'suspended' WHERE user_id = '{BOB}'"))
        .await;
    let suspended = of_bob.replacen("bob shop", "bob", 3);
    assert_eq!(seen(&mut bob).await, suspended);

    // Who has not signed in sees nothing but what is public; neither does one who has signed out.
    for signed_out in ["RESET app.current_user_id", "SET app.current_user_id = ''"] {
        execute(&mut bob, signed_out).await;
        assert_eq!(seen(&mut bob).await, OWNED.map(|table| format!("{table}: ")).join("\n"), "{signed_out}");
    }
    execute(&mut owner, "UPDATE platform.socials SET is_public = true WHERE username = 'ann'").await;
    assert_eq!(ask(&mut bob, "SELECT username FROM platform.socials").await, "ann");
}

#[tokio::test]
async fn rows_are_written_by_their_owner_alone() {
    let test = "rows_are_written_by_their_owner_alone";
    let Some((database, mut owner)) = database_for(test, &[&BASE_MCP]).await else { return };
    go(&migrator(&BASE_MCP, "platform"), BASE_MCP.latest().0, &mut owner).await;
    rows(&mut owner).await;
    let mut ann = signed_in(&database, &mut owner, "pkmig_base_ann", ANN).await;
    let mut bob = signed_in(&database, &mut owner, "pkmig_base_bob", BOB).await;
    let note = |whose: &str| {
        format!(
            "INSERT INTO platform.notes (owner_type, owner_id, content, inserted_at, updated_at)
            VALUES ('{}', '{whose}', 'new', now(), now())",
            if whose == SHOP { "merchant" } else { "user" }
        )
    };
    execute(&mut ann, &note(ANN)).await;
    execute(&mut ann, &note(SHOP)).await;
    for (connection, whose) in [(&mut ann, BOB), (&mut bob, SHOP)] {
        let said = refusal(connection, &note(whose)).await;
        assert!(said.contains("violates row-level security policy for table \"notes\""), "{said}");
    }
    let image = "INSERT INTO platform.images
        (owner_type, owner_id, storage_bucket, storage_key, filename, mime_type, file_size, inserted_at, updated_at)
        SELECT 'user', platform.current_user_id(), '', '', '', '', 1, now(), now()";
    let said = refusal(&mut ann, image).await;
    assert!(said.contains("violates row-level security policy for table \"images\""), "{said}");
    let removed =
        "WITH removed AS (DELETE FROM platform.notes RETURNING content) SELECT content FROM removed ORDER BY 1";
    assert_eq!(ask(&mut bob, removed).await, "bob bob-open");
    assert_eq!(ask(&mut ann, removed).await, "ann ann-open new new shop shop-open");
}

#[tokio::test]
async fn addresses_come_to_the_globe_and_back_whole() {
    let test = "addresses_come_to_the_globe_and_back_whole";
    let Some((_database, mut connection)) = database_for(test, &[&BASE_MCP]).await else { return };
    let connection = &mut connection;
    let platform = migrator(&BASE_MCP, "platform");
    go(&platform, 10, connection).await;
    let addresses = "INSERT INTO platform.addresses
        (owner_type, owner_id, line1, city, postal_code, location, inserted_at, updated_at)
        SELECT 'user', gen_random_uuid(), '', '', '', place::geometry, now(), now()
        FROM unnest(ARRAY['SRID=4326;POINT(-122.4194 37.7749)', 'SRID=4326;POINT(23.3219 42.6977)', NULL]) place";
    execute(connection, addresses).await;
    let places = "SELECT ST_AsEWKT(location::geometry) FROM platform.addresses ORDER BY 1";
    let before = ask(connection, places).await;
    assert!(before.ends_with("SRID=4326;POINT(23.3219 42.6977) -"), "{before}");
    let near = "SELECT count(*)::text FROM platform.addresses
        WHERE ST_DWithin(location, 'SRID=4326;POINT(-122.42 37.775)'::geography, 5000)";
    for _ in 0..2 {
        go(&platform, 11, connection).await;
        assert_eq!(ask(connection, places).await, before);
        assert_eq!(ask(connection, near).await, "1");
        go(&platform, 10, connection).await;
        assert_eq!(ask(connection, places).await, before);
    }
}

/// The platform in its place, and a tenant of each name.
async fn tenants(prefixes: &[&str], connection: &mut PgConnection) {
    go(&migrator(&BASE_MCP, "platform"), BASE_MCP.latest().0, connection).await;
    for prefix in prefixes {
        go(&migrator(&BASE_MCP_TENANT, prefix), BASE_MCP_TENANT.latest().0, connection).await;
        let merchant =
            format!("INSERT INTO {prefix}.merchants (slug, business_name, subdomain) VALUES ('m', 'M', 'm')");
        execute(connection, &merchant).await;
    }
}

#[tokio::test]
async fn a_tenant_goes_without_touching_the_other() {
    let test = "a_tenant_goes_without_touching_the_other";
    let Some((_database, mut connection)) = database_for(test, &[&BASE_MCP_TENANT]).await else { return };
    let connection = &mut connection;
    tenants(&["acq_a", "acq_b"], connection).await;
    let (platform, b) = (of(connection, "platform").await, of(connection, "acq_b").await);
    assert!(b.iter().any(|line| line.starts_with("row of merchants")));
    let a = migrator(&BASE_MCP_TENANT, "acq_a");

    go(&a, 0, connection).await;
    assert_eq!(of(connection, "acq_a").await, Vec::<String>::new());
    assert_same("acq_b after acq_a went down", &b, &of(connection, "acq_b").await);

    go(&a, BASE_MCP_TENANT.latest().0, connection).await;
    execute(connection, "SELECT platform.drop_tenant_schema('a')").await;
    assert_eq!(ask(connection, "SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'acq%'").await, "acq_b");
    assert_same("acq_b after acq_a was dropped", &b, &of(connection, "acq_b").await);
    assert_same("the platform", &platform, &of(connection, "platform").await);
    assert_eq!(a.version(&mut *connection).await.unwrap().0, 0);
}

#[tokio::test]
async fn a_tenant_without_the_platform_is_told_so() {
    let test = "a_tenant_without_the_platform_is_told_so";
    let Some((_database, mut connection)) = database_for(test, &[&BASE_MCP]).await else { return };
    let (platform, tenant) = (migrator(&BASE_MCP, "platform"), migrator(&BASE_MCP_TENANT, "acq_a"));
    for (version, place) in [(0, "where it is not installed"), (9, "where it is at V9")] {
        go(&platform, version, &mut connection).await;
        let Err(Error::MissingRequirements { missing, .. }) = tenant.up(&mut connection).await else {
            panic!("it found a platform at V{version}");
        };
        assert_eq!(missing, [format!("chain base_mcp at V10 in schema platform, {place}")]);
        assert_eq!(ask(&mut connection, "SELECT nspname::text FROM pg_namespace WHERE nspname = 'acq_a'").await, "");
    }
    go(&platform, 10, &mut connection).await;
    tenant.up(&mut connection).await.unwrap();
}

#[tokio::test]
async fn the_templates_make_what_the_chain_makes() {
    let test = "the_templates_make_what_the_chain_makes";
    let Some((_database, mut connection)) = database_for(test, &[&BASE_MCP_TENANT]).await else { return };
    let connection = &mut connection;
    tenants(&["acq_a"], connection).await;
    let templates = "SELECT platform.create_tenant_schema('b');
        DO $$ DECLARE template record; BEGIN
            FOR template IN SELECT create_sql FROM platform.tenant_table_templates
                ORDER BY array_position(ARRAY['merchants', 'mids', 'stores', 'customers'], table_name) LOOP
                EXECUTE format(template.create_sql, 'acq_b');
            END LOOP;
        END $$";
    execute(connection, templates).await;
    let mut expected = of(connection, "acq_a").await;
    expected.retain(|line| !line.starts_with("row of") && !line.starts_with("table pkmig_"));
    let mut found = of(connection, "acq_b").await;
    // `create_tenant_schema` lets everybody use the schema; the migrator leaves that to the host.
    found.retain(|line| !line.contains(" on the schema to "));
    assert_same("the templates", &expected, &found);

    let counted =
        ["column ", "constraint ", "index "].map(|kind| expected.iter().filter(|l| l.starts_with(kind)).count());
    // 7 primary keys, 7 unique constraints, 11 checks, 6 foreign keys; an index behind each key, and 25 more.
    assert_eq!(counted, [104, 31, 39]);
}

#[tokio::test]
async fn a_tenant_is_named_by_a_slug() {
    let Some((_database, mut connection)) = database_for("a_tenant_is_named_by_a_slug", &[&BASE_MCP]).await else {
        return;
    };
    let connection = &mut connection;
    go(&migrator(&BASE_MCP, "platform"), BASE_MCP.latest().0, connection).await;
    execute(
        connection,
        "SELECT platform.create_tenant_schema('7-eleven'); SELECT platform.create_tenant_schema('7-eleven')",
    )
    .await;
    let schemas =
        "SELECT nspname::text || ' ' || (nspacl::text LIKE '%,=U/%')::text FROM pg_namespace WHERE nspname LIKE 'acq%'";
    assert_eq!(ask(connection, schemas).await, "acq_7-eleven true");
    let long = format!("'{}'", "x".repeat(60));
    for slug in ["'A'", "'a b'", "''", "NULL", "E'a\\nb'", "'a\"; DROP SCHEMA platform; --'", long.as_str()] {
        for function in ["create_tenant_schema", "drop_tenant_schema"] {
            let said = refusal(connection, &format!("SELECT platform.{function}({slug})")).await;
            assert!(said.contains("no slug of a tenant"), "{said}");
        }
    }
    execute(
        connection,
        "SELECT platform.drop_tenant_schema('7-eleven'); SELECT platform.drop_tenant_schema('7-eleven')",
    )
    .await;
    assert_eq!(ask(connection, schemas).await, "");
}

/// A library for tenants, whose rows point to the platform's users.
mod staff {
    pkmig::migration! {
        V01 "who works for a tenant" {
            create_table staff {
                id: bigserial primary_key,
                user_id: uuid not_null unique references(platform.users.id, on_delete: cascade),
                role: text not_null,
            }
        }
    }
    pkmig::chain! {
        pub(super) static STAFF: "staff" tracked_by staff {
            requires table platform.users (id: uuid);
            V01,
        }
    }
}

#[tokio::test]
async fn a_foreign_key_of_a_tenant_points_into_the_platform() {
    let test = "a_foreign_key_of_a_tenant_points_into_the_platform";
    let Some((_database, mut connection)) = database_for(test, &[&BASE_MCP_TENANT]).await else { return };
    let connection = &mut connection;
    tenants(&["acq_a"], connection).await;
    let users = format!(
        "INSERT INTO platform.users (id, email, hashed_password, inserted_at, updated_at)
        VALUES ('{ANN}', 'ann@x.org', '', now(), now()), ('{BOB}', 'bob@x.org', '', now(), now())"
    );
    execute(connection, &users).await;
    let staff = migrator(&staff::STAFF, "acq_a");
    staff.up(&mut *connection).await.unwrap();
    execute(
        connection,
        &format!("INSERT INTO acq_a.staff (user_id, role) VALUES ('{ANN}', 'cook'), ('{BOB}', 'cook')"),
    )
    .await;
    let said = refusal(connection, &format!("INSERT INTO acq_a.staff (user_id, role) VALUES ('{SHOP}', 'cook')")).await;
    assert!(said.contains("violates foreign key constraint \"staff_user_id_fkey\""), "{said}");
    execute(connection, &format!("DELETE FROM platform.users WHERE id = '{BOB}'; COMMENT ON TABLE acq_a.staff IS '0'"))
        .await;
    assert_eq!(ask(connection, "SELECT user_id::text FROM acq_a.staff").await, ANN);
    // Run twice: the foreign key out of the schema is as declared.
    assert_eq!(staff.up(&mut *connection).await.unwrap().applied.len(), 1);
    go(&staff, 0, connection).await;
    assert_eq!(ask(connection, "SELECT count(*)::text FROM acq_a.merchants").await, "1");
    assert_eq!(ask(connection, "SELECT count(*)::text FROM platform.users").await, "1");
}
