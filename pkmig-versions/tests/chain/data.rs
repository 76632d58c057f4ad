//! Rows in before a version, rows out after it, and after its down.

use crate::{database, execute, go, phoenix_kit, rows};

/// Brings a fresh install to the version before `version`, puts rows in, and goes up.
async fn around(version: u32, before: &str) -> (pkmig::testing::Database, sqlx::PgConnection) {
    let (database, mut connection) = database().await;
    go(&phoenix_kit("acme"), version - 1, &mut connection).await;
    execute(&mut connection, before).await;
    go(&phoenix_kit("acme"), version, &mut connection).await;
    (database, connection)
}

const USERS: &str = "INSERT INTO acme.phoenix_kit_users (email, hashed_password, inserted_at, updated_at) VALUES ";

#[tokio::test]
async fn v2_keeps_the_assignments_that_were_active() {
    let insert = format!(
        "{USERS} ('a@x.org', '', now(), now());
         INSERT INTO acme.phoenix_kit_user_role_assignments (user_id, role_id, is_active, inserted_at)
         VALUES (1, 1, true, now()), (1, 2, false, now())"
    );
    let (_database, mut connection) = around(2, &insert).await;
    let left = "SELECT role_id FROM acme.phoenix_kit_user_role_assignments";
    assert_eq!(rows(&mut connection, left).await, ["(1)"]);
    go(&phoenix_kit("acme"), 1, &mut connection).await;
    let back = "SELECT role_id, is_active FROM acme.phoenix_kit_user_role_assignments";
    assert_eq!(rows(&mut connection, back).await, ["(1,t)"]);
}

#[tokio::test]
async fn v8_makes_usernames_from_addresses() {
    let insert = format!(
        "{USERS} ('Jane.Doe@x.org', '', now(), now()), ('jane_doe@y.org', '', now(), now()), ('7@x.org', '', now(), now()),
         ('ab@x.org', '', now(), now())"
    );
    let (_database, mut connection) = around(8, &insert).await;
    let names = "SELECT username FROM acme.phoenix_kit_users ORDER BY id";
    assert_eq!(rows(&mut connection, names).await, ["(jane_doe)", "(jane_doe_1)", "(user_7)", "(ab_1)"]);
}

#[tokio::test]
async fn v12_fills_settings_without_a_string_on_the_way_down() {
    let (_database, mut connection) = around(12, "SELECT 1").await;
    let insert = "INSERT INTO acme.phoenix_kit_settings (key, value, value_json) VALUES ('doc', NULL, '{\"a\": 1}')";
    execute(&mut connection, insert).await;
    go(&phoenix_kit("acme"), 11, &mut connection).await;
    let value = "SELECT value FROM acme.phoenix_kit_settings WHERE key = 'doc'";
    assert_eq!(rows(&mut connection, value).await, ["(\"\")"]);
}

#[tokio::test]
async fn v26_tells_the_files_of_users_apart() {
    let insert = format!(
        "{USERS} ('a@x.org', '', now(), now());
         INSERT INTO acme.phoenix_kit_files (id, original_file_name, file_name, mime_type, file_type, ext, checksum, size,
           status, user_id, inserted_at, updated_at)
         VALUES (gen_random_uuid(), 'a', 'a', 'text/plain', 'document', 'txt', 'abc', 1, 'active', 1, now(), now())"
    );
    let (_database, mut connection) = around(26, &insert).await;
    let sums = "SELECT file_checksum, user_file_checksum = encode(sha256('1abc'), 'hex') FROM acme.phoenix_kit_files";
    assert_eq!(rows(&mut connection, sums).await, ["(abc,t)"]);
    go(&phoenix_kit("acme"), 25, &mut connection).await;
    assert_eq!(rows(&mut connection, "SELECT checksum FROM acme.phoenix_kit_files").await, ["(abc)"]);
}

#[tokio::test]
async fn v30_moves_the_preferred_locale_and_back() {
    let insert = format!(
        "{USERS} ('a@x.org', '', now(), now()), ('b@x.org', '', now(), now());
         UPDATE acme.phoenix_kit_users SET preferred_locale = 'de-AT', custom_fields = '{{\"x\": 1}}' WHERE id = 1"
    );
    let (_database, mut connection) = around(30, &insert).await;
    let fields = "SELECT custom_fields FROM acme.phoenix_kit_users ORDER BY id";
    let moved = ["(\"{\"\"x\"\": 1, \"\"preferred_locale\"\": \"\"de-AT\"\"}\")", "({})"];
    assert_eq!(rows(&mut connection, fields).await, moved);
    go(&phoenix_kit("acme"), 29, &mut connection).await;
    let back = "SELECT preferred_locale, custom_fields FROM acme.phoenix_kit_users ORDER BY id";
    assert_eq!(rows(&mut connection, back).await, ["(de-AT,\"{\"\"x\"\": 1}\")", "(,{})"]);
}

#[tokio::test]
async fn v34_brings_the_setting_that_it_deletes_back_under_its_number() {
    let (_database, mut connection) = database().await;
    let migrator = phoenix_kit("acme");
    let slots = "SELECT id FROM acme.phoenix_kit_settings WHERE key = 'ai_text_processing_slots'";
    go(&migrator, 33, &mut connection).await;
    let before = rows(&mut connection, slots).await;
    go(&migrator, 34, &mut connection).await;
    assert_eq!(rows(&mut connection, slots).await, Vec::<String>::new());
    go(&migrator, 33, &mut connection).await;
    assert_eq!(rows(&mut connection, slots).await, before);
}
