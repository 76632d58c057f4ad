//! V40, V56, V73: every row has a uuid of its own.

use super::{Install, USERS};

/// The rows of a table: how many, how many different uuids, how many of them are of version 7.
fn uuids_of(table: &str) -> String {
    format!(
        "SELECT count(*) AS rows, count(DISTINCT uuid) AS uuids,
           count(*) FILTER (WHERE substr(uuid::text, 15, 1) = '7' AND substr(uuid::text, 20, 1) ~ '[89ab]') AS v7
         FROM {table}"
    )
}

#[tokio::test]
async fn v40_gives_every_row_a_uuid_that_sorts_by_time() {
    let insert = format!(
        "{USERS} ('a', '', now(), now()), ('b', '', now(), now());
         INSERT INTO phoenix_kit_email_logs (message_id, \"from\", \"to\", inserted_at, updated_at)
         SELECT 'm' || n, 'f', 't', now(), now() FROM generate_series(1, 25000) AS n;
         INSERT INTO phoenix_kit_audit_logs (target_user_id, admin_user_id, action, inserted_at)
         VALUES (1, 2, 'x', now())"
    );
    let mut install = Install::around(40, &insert).await;
    let all = install.rows(&uuids_of("phoenix_kit_email_logs")).await;
    assert_eq!(all, [r#"{"rows":25000,"uuids":25000,"v7":25000}"#]);
    assert_eq!(install.rows(&uuids_of("phoenix_kit_audit_logs")).await, [r#"{"rows":1,"uuids":1,"v7":1}"#]);
    install.execute(&format!("SELECT pg_sleep(0.002); {USERS} ('c', '', now(), now())")).await;
    let last = "SELECT email FROM phoenix_kit_users ORDER BY uuid DESC LIMIT 1";
    assert_eq!(install.value(last).await, "c");
    install.go(39).await;
    let people = "SELECT string_agg(email, ' ' ORDER BY id) FROM phoenix_kit_users";
    assert_eq!(install.value(people).await, "a b c");
}

#[tokio::test]
async fn v40_keeps_uuids_that_were_there_before_it() {
    let insert = format!(
        "{USERS} ('early', '', now(), now()), ('missed', '', now(), now());
         ALTER TABLE phoenix_kit_users ADD COLUMN uuid uuid;
         UPDATE phoenix_kit_users SET uuid = '00000000-0000-0000-0000-000000000001' WHERE email = 'early'"
    );
    let mut install = Install::around(40, &insert).await;
    let early = "SELECT uuid FROM phoenix_kit_users WHERE email = 'early'";
    assert_eq!(install.value(early).await, "00000000-0000-0000-0000-000000000001");
    assert_eq!(install.rows(&uuids_of("phoenix_kit_users")).await, [r#"{"rows":2,"uuids":2,"v7":1}"#]);
}

#[tokio::test]
async fn v56_takes_uuids_that_were_held_as_text() {
    let mut install = Install::at(55).await;
    let insert = format!(
        "ALTER TABLE phoenix_kit_users ALTER COLUMN uuid TYPE varchar(255);
         ALTER TABLE phoenix_kit_email_logs ALTER COLUMN uuid DROP DEFAULT, ALTER COLUMN uuid TYPE text;
         {USERS} ('al', '', now(), now());
         INSERT INTO phoenix_kit_email_logs (message_id, user_id, uuid, \"from\", \"to\", inserted_at, updated_at)
         VALUES ('e1', 1, '00000000-0000-0000-0000-00000000000A', 'f', 't', now(), now());
         INSERT INTO phoenix_kit_email_events (event_type, email_log_id, inserted_at, updated_at)
         VALUES ('open', 1, now(), now())"
    );
    install.execute(&insert).await;
    install.go(57).await;
    let sent = "
        SELECT event_type, u.email, l.uuid FROM phoenix_kit_email_events AS e
        JOIN phoenix_kit_email_logs AS l ON l.uuid = e.email_log_uuid JOIN phoenix_kit_users AS u ON u.uuid = l.user_uuid";
    let found = r#"{"event_type":"open","email":"al","uuid":"00000000-0000-0000-0000-00000000000a"}"#;
    assert_eq!(install.rows(sent).await, [found]);
}

#[tokio::test]
async fn v56_fills_a_uuid_before_anything_points_at_it() {
    let mut install = Install::at(55).await;
    // The original's V40 leaves a column alone that was there before.
    let insert = format!(
        "ALTER TABLE phoenix_kit_users ALTER COLUMN uuid DROP NOT NULL, ALTER COLUMN uuid DROP DEFAULT;
         {USERS} ('missed', '', now(), now());
         INSERT INTO phoenix_kit_comments (resource_type, resource_id, content, user_id)
         VALUES ('post', gen_random_uuid(), 'hi', 1);
         INSERT INTO phoenix_kit_role_permissions (role_id, module_key, uuid) VALUES (1, 'x', NULL)"
    );
    install.execute(&insert).await;
    install.go(56).await;
    let author = "
        SELECT u.email FROM phoenix_kit_comments AS c JOIN phoenix_kit_users AS u ON u.uuid = c.user_uuid";
    assert_eq!(install.rows(author).await, [r#"{"email":"missed"}"#]);
    let missed = "SELECT count(*) FROM phoenix_kit_role_permissions WHERE uuid IS NULL";
    assert_eq!(install.value(missed).await, "0");

    let insert = "
        INSERT INTO phoenix_kit_consent_logs (consent_type, uuid, inserted_at, updated_at)
        VALUES ('necessary', NULL, now(), now()), ('analytics', '00000000-0000-0000-0000-000000000001', now(), now())";
    install.execute(insert).await;
    install.go(73).await;
    assert_eq!(install.rows(&uuids_of("phoenix_kit_consent_logs")).await, [r#"{"rows":2,"uuids":2,"v7":1}"#]);
}
