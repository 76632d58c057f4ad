//! Who sees and writes what: by the setting up to V6, by the account from V7 on.

use super::Told::{Account, Setting};
use super::{ANN, BOB, install, open, sign_in, sign_out};
use crate::install::Install;

/// The tables in which each user has rows that nobody else sees.
const OWNED: [&str; 14] = [
    "users",
    "clones",
    "memories",
    "conversations",
    "messages",
    "clone_documents",
    "clone_document_chunks",
    "usage_metrics",
    "webhooks",
    "webhook_logs",
    "audit_log",
    "safety_events",
    "api_keys",
    "api_key_usage",
];

/// A row of the user's in every table of `OWNED`, each with the user's own id.
fn rows_of(user: &str) -> String {
    let rows = "
        INSERT INTO clones (id, user_id, name) VALUES ('@', '@', 'c');
        INSERT INTO memories (id, user_id, clone_id, content) VALUES ('@', '@', '@', 'm');
        INSERT INTO conversations (id, user_id, clone_id) VALUES ('@', '@', '@');
        INSERT INTO messages (id, conversation_id, role, content) VALUES ('@', '@', 'user', 'm');
        INSERT INTO clone_documents (id, clone_id, user_id, title, content) VALUES ('@', '@', '@', 't', 'd');
        INSERT INTO clone_document_chunks (id, clone_id, document_id, chunk_index, content)
            VALUES ('@', '@', '@', 0, 'd');
        INSERT INTO usage_metrics (id, user_id) VALUES ('@', '@');
        INSERT INTO webhooks (id, user_id, url, secret) VALUES ('@', '@', 'u', 's');
        INSERT INTO webhook_logs (id, webhook_id, event, payload) VALUES ('@', '@', 'e', '{}');
        INSERT INTO audit_log (id, user_id, event) VALUES ('@', '@', 'e');
        INSERT INTO safety_events (id, user_id, type, reason) VALUES ('@', '@', 'warning', 'r');
        INSERT INTO api_keys (id, user_id, name, key_hash, key_prefix) VALUES ('@', '@', 'k', '@', 'p');
        INSERT INTO api_key_usage (id, api_key_id, window_start) VALUES ('@', '@', now());
        INSERT INTO refresh_tokens (id, user_id, token_hash, expires_at) VALUES ('@', '@', '@', now());
    ";
    rows.replace('@', user)
}

/// Ann and Bob have a row everywhere.
async fn owned(version: u32) -> Install {
    let mut install = install(version).await;
    for user in [ANN, BOB] {
        install.execute(&rows_of(user)).await;
    }
    open(&mut install).await;
    install
}

/// Whose rows a session sees in a table, by the last digit of their ids.
async fn seen(install: &mut Install, table: &str) -> String {
    install.value(&format!("SELECT coalesce(string_agg(right(id::text, 1), '' ORDER BY id), '') FROM {table}")).await
}

#[tokio::test]
async fn each_user_sees_only_their_own_rows() {
    let mut install = owned(6).await;
    for (user, own) in [(ANN, "1"), (BOB, "2")] {
        sign_in(&mut install, &[Setting], user).await;
        for table in OWNED {
            assert_eq!(seen(&mut install, table).await, own, "{table}");
        }
        // As the original has it: everybody may manage the tokens.
        assert_eq!(seen(&mut install, "refresh_tokens").await, "12");
    }
}

#[tokio::test]
async fn a_session_without_the_setting_is_refused() {
    let mut install = owned(6).await;
    sign_in(&mut install, &[Account], ANN).await;
    for table in OWNED {
        let error = install.refused(&format!("SELECT * FROM {table}")).await;
        assert!(error.contains("unrecognized configuration parameter \"app.current_user_id\""), "{table}: {error}");
    }
}

/// What Ann may not write, each with the table that refuses it.
const STRANGE: [(&str, &str); 6] = [
    ("INSERT INTO clones (user_id, name) VALUES ('@', 'x')", "clones"),
    ("INSERT INTO memories (user_id, clone_id, content) VALUES ('@', '@', 'x')", "memories"),
    ("INSERT INTO messages (conversation_id, role, content) VALUES ('@', 'user', 'x')", "messages"),
    ("UPDATE clone_documents SET user_id = '@'", "clone_documents"),
    ("UPDATE api_keys SET user_id = '@'", "api_keys"),
    ("INSERT INTO billing_quotas VALUES ('mine', 99, 99, 99)", "billing_quotas"),
];

#[tokio::test]
async fn nobody_writes_rows_of_others() {
    let mut install = owned(6).await;
    sign_in(&mut install, &[Setting], ANN).await;
    for (strange, table) in STRANGE {
        let error = install.refused(&strange.replace('@', BOB)).await;
        assert!(error.contains(&format!("violates row-level security policy for table \"{table}\"")), "{error}");
    }
    install.execute(&format!("INSERT INTO clones (user_id, name) VALUES ('{ANN}', 'another')")).await;
    assert_eq!(install.changed("UPDATE clones SET name = 'x'").await, 2);
    assert_eq!(install.changed("DELETE FROM memories").await, 1);
    // No policy lets anybody change a message or take it away.
    assert_eq!(install.changed("UPDATE messages SET content = 'x'").await, 0);
    assert_eq!(install.changed("DELETE FROM messages").await, 0);
    sign_out(&mut install).await;
    let left = "SELECT string_agg(name, ' ' ORDER BY name) FROM clones";
    assert_eq!(install.value(left).await, "c x x");
    assert_eq!(seen(&mut install, "memories").await, "2");
}

#[tokio::test]
async fn platform_admins_see_all_safety_events_and_set_the_quotas() {
    let mut install = owned(6).await;
    install.execute(&format!("UPDATE users SET is_platform_admin = true WHERE id = '{ANN}'")).await;
    let update = "UPDATE billing_quotas SET max_clones = 3 WHERE plan = 'free'";
    sign_in(&mut install, &[Setting], BOB).await;
    assert_eq!(seen(&mut install, "safety_events").await, "2");
    assert_eq!(install.changed(update).await, 0);
    assert_eq!(install.value("SELECT count(*) FROM billing_quotas").await, "3");
    sign_in(&mut install, &[Setting], ANN).await;
    assert_eq!(seen(&mut install, "safety_events").await, "12");
    assert_eq!(install.changed(update).await, 1);
}

#[tokio::test]
async fn from_v7_on_the_account_decides() {
    let mut install = owned(7).await;
    for (user, own) in [(ANN, "1"), (BOB, "2")] {
        sign_in(&mut install, &[Account], user).await;
        for table in ["clones", "webhooks", "audit_log"] {
            assert_eq!(seen(&mut install, table).await, own, "{table}");
        }
        let error = install.refused("INSERT INTO clones (user_id, name) VALUES (gen_random_uuid(), 'x')").await;
        assert!(error.contains("violates row-level security policy for table \"clones\""), "{error}");
    }
}

/// The tables whose policies of before V7 stay beside those of V7.
const BESIDE: [&str; 4] = ["memories", "conversations", "messages", "api_keys"];

#[tokio::test]
async fn in_v7_old_policies_stay_beside_new_ones() {
    let mut install = owned(7).await;
    sign_in(&mut install, &[Account], ANN).await;
    for table in BESIDE {
        let error = install.refused(&format!("SELECT * FROM {table}")).await;
        assert!(error.contains("unrecognized configuration parameter \"app.current_user_id\""), "{table}: {error}");
    }
    sign_in(&mut install, &[Setting], BOB).await;
    for table in BESIDE {
        assert_eq!(seen(&mut install, table).await, "12", "{table}");
    }
    for table in ["clones", "webhooks", "audit_log"] {
        assert_eq!(seen(&mut install, table).await, "1", "{table}");
    }
}
