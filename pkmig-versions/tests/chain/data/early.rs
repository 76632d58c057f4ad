//! V2 to V34: users, settings, files.

use super::{Install, USERS};

#[tokio::test]
async fn v2_keeps_the_assignments_that_were_active() {
    let insert = format!(
        "{USERS} ('a@x.org', '', now(), now());
         INSERT INTO phoenix_kit_user_role_assignments (user_id, role_id, is_active, inserted_at)
         VALUES (1, 1, true, now()), (1, 2, false, now())"
    );
    let mut install = Install::around(2, &insert).await;
    let left = "SELECT role_id FROM phoenix_kit_user_role_assignments";
    assert_eq!(install.rows(left).await, [r#"{"role_id":1}"#]);
    install.go(1).await;
    let back = "SELECT role_id, is_active FROM phoenix_kit_user_role_assignments";
    assert_eq!(install.rows(back).await, [r#"{"role_id":1,"is_active":true}"#]);
}

#[tokio::test]
async fn v8_makes_usernames_from_addresses() {
    let insert = format!(
        "{USERS} ('Jane.Doe@x.org', '', now(), now()), ('jane_doe@y.org', '', now(), now()), ('7@x.org', '', now(), now()),
         ('ab@x.org', '', now(), now())"
    );
    let mut install = Install::around(8, &insert).await;
    let names = "SELECT string_agg(username, ' ' ORDER BY id) FROM phoenix_kit_users";
    assert_eq!(install.value(names).await, "jane_doe jane_doe_1 user_7 ab_1");
}

#[tokio::test]
async fn v12_fills_settings_without_a_string_on_the_way_down() {
    let mut install = Install::at(12).await;
    let insert = r#"INSERT INTO phoenix_kit_settings (key, value, value_json) VALUES ('doc', NULL, '{"a": 1}')"#;
    install.execute(insert).await;
    install.go(11).await;
    assert_eq!(install.value("SELECT value FROM phoenix_kit_settings WHERE key = 'doc'").await, "");
}

#[tokio::test]
async fn v26_tells_the_files_of_users_apart() {
    let insert = format!(
        "{USERS} ('a@x.org', '', now(), now());
         INSERT INTO phoenix_kit_files (id, original_file_name, file_name, mime_type, file_type, ext, checksum, size,
           status, user_id, inserted_at, updated_at)
         VALUES (gen_random_uuid(), 'a', 'a', 'text/plain', 'document', 'txt', 'abc', 1, 'active', 1, now(), now())"
    );
    let mut install = Install::around(26, &insert).await;
    // The second one is the SHA-256 of `1abc`.
    let sums = "SELECT file_checksum, user_file_checksum FROM phoenix_kit_files";
    let both = r#"{"file_checksum":"abc","user_file_checksum":"57cb980e41933ae69e22f0a76bb5a0b55717af4fb2816e0431f31b3afe79eb5e"}"#;
    assert_eq!(install.rows(sums).await, [both]);
    install.go(25).await;
    assert_eq!(install.value("SELECT checksum FROM phoenix_kit_files").await, "abc");
}

#[tokio::test]
async fn v30_moves_the_preferred_locale_and_back() {
    let insert = format!(
        "{USERS} ('a@x.org', '', now(), now()), ('b@x.org', '', now(), now());
         UPDATE phoenix_kit_users SET preferred_locale = 'de-AT', custom_fields = '{{\"x\": 1}}' WHERE id = 1"
    );
    let mut install = Install::around(30, &insert).await;
    let fields = "SELECT custom_fields AS f FROM phoenix_kit_users ORDER BY id";
    assert_eq!(install.rows(fields).await, [r#"{"f":{"x": 1, "preferred_locale": "de-AT"}}"#, r#"{"f":{}}"#]);
    install.go(29).await;
    let back = "SELECT preferred_locale AS l, custom_fields AS f FROM phoenix_kit_users ORDER BY id";
    assert_eq!(install.rows(back).await, [r#"{"l":"de-AT","f":{"x": 1}}"#, r#"{"l":null,"f":{}}"#]);
}

#[tokio::test]
async fn v34_brings_the_setting_that_it_deletes_back_under_its_number() {
    let mut install = Install::at(33).await;
    let slots = "SELECT id, value FROM phoenix_kit_settings WHERE key = 'ai_text_processing_slots'";
    let before = install.rows(slots).await;
    assert_eq!(before.len(), 1);
    install.go(34).await;
    assert_eq!(install.rows(slots).await, Vec::<String>::new());
    install.go(33).await;
    assert_eq!(install.rows(slots).await, before);
}
