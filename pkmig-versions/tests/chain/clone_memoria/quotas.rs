//! V1 to V5: times that follow changes, consents, platform admins, and what a plan allows.

use super::{ANN, BOB, install};
use crate::install::Install;

#[tokio::test]
async fn a_change_sets_its_time() {
    let mut install = install(7).await;
    install.execute("UPDATE users SET updated_at = '2000-01-01'").await;
    assert_eq!(install.value("SELECT bool_and(updated_at > now() - interval '1 hour') FROM users").await, "true");
}

#[tokio::test]
async fn a_platform_admin_is_who_the_setting_names() {
    let mut install = install(3).await;
    let asked = "SELECT is_platform_admin() AS is";
    let error = install.refused(asked).await;
    assert!(error.contains("unrecognized configuration parameter \"app.current_user_id\""), "{error}");
    install.execute("SET app.current_user_id = '00000000-0000-0000-0000-0000000000ff'").await;
    assert_eq!(install.rows(asked).await, [r#"{"is":null}"#], "nobody has that id");
    install.execute(&format!("SET app.current_user_id = '{ANN}'")).await;
    for (flag, expected) in [("true", "true"), ("false", "false"), ("NULL", "false")] {
        install.execute(&format!("UPDATE users SET is_platform_admin = {flag} WHERE id = '{ANN}'")).await;
        assert_eq!(install.rows(asked).await, [format!(r#"{{"is":{expected}}}"#)], "{flag}");
    }
    // Reset, a setting is empty rather than unknown.
    install.execute("RESET app.current_user_id").await;
    assert!(install.refused(asked).await.contains("invalid input syntax for type uuid"));
}

#[tokio::test]
async fn each_consent_is_a_flag_of_its_own() {
    let mut install = install(3).await;
    let all = ["data_processing", "voice_processing", "video_processing", "third_party_apis", "whatsapp_ingestion"];
    for given in all {
        let flags: Vec<String> = all.iter().map(|one| format!("consent_{one} = {}", *one == given)).collect();
        install.execute(&format!("UPDATE users SET {} WHERE id = '{ANN}'", flags.join(", "))).await;
        for asked in all {
            let has = format!("SELECT has_consent('{ANN}', '{asked}')");
            assert_eq!(install.value(&has).await, (asked == given).to_string(), "{given} given, {asked} asked");
        }
    }
    for (user, kind) in [(ANN, "newsletter"), ("00000000-0000-0000-0000-0000000000ff", "whatsapp_ingestion")] {
        assert_eq!(install.value(&format!("SELECT has_consent('{user}', '{kind}')")).await, "false");
    }
    // By default data may be processed, and nothing else be done with it.
    assert_eq!(install.value(&format!("SELECT has_consent('{BOB}', 'data_processing')")).await, "true");
    assert_eq!(install.value(&format!("SELECT has_consent('{BOB}', 'third_party_apis')")).await, "false");
}

/// Clones of Ann's, and things of Bob's that are not counted for her.
async fn with_clones(count: u32) -> Install {
    let mut install = install(5).await;
    let rows = format!(
        "INSERT INTO clones (user_id, name) SELECT '{ANN}', 'c' || n FROM generate_series(1, {count}) AS n;
        INSERT INTO clones (user_id, name, deleted_at) VALUES ('{ANN}', 'deleted', now());
        INSERT INTO clones (user_id, name) VALUES ('{BOB}', 'c1')"
    );
    install.execute(&rows).await;
    install
}

async fn set_plan(install: &mut Install, plan: &str) {
    install.execute(&format!("UPDATE users SET billing_plan = {plan} WHERE id = '{ANN}'")).await;
}

#[tokio::test]
async fn a_plan_allows_so_many_clones() {
    let mut install = with_clones(1).await;
    let count = format!("SELECT get_user_clone_count('{ANN}')");
    let can = format!("SELECT can_create_clone('{ANN}') AS can");
    assert_eq!((install.value(&count).await.as_str(), install.value(&can).await.as_str()), ("1", "true"));
    install.execute(&format!("INSERT INTO clones (user_id, name) VALUES ('{ANN}', 'c2')")).await;
    assert_eq!(install.value(&count).await, "2");
    for (plan, expected) in
        [("'free'", "false"), ("NULL", "false"), ("'pro'", "true"), ("'enterprise'", "true"), ("'none such'", "null")]
    {
        set_plan(&mut install, plan).await;
        assert_eq!(install.rows(&can).await, [format!(r#"{{"can":{expected}}}"#)], "{plan}");
    }
}

#[tokio::test]
async fn a_plan_allows_so_many_messages_in_a_month() {
    let mut install = with_clones(1).await;
    let rows = "
        INSERT INTO conversations (id, user_id, clone_id, deleted_at)
            SELECT user_id, user_id, id, now() FROM clones WHERE name = 'c1';
        INSERT INTO messages (conversation_id, role, content) SELECT '@', 'user', 'm' FROM generate_series(1, 99);
        INSERT INTO messages (conversation_id, role, content, deleted_at) VALUES ('@', 'user', 'deleted', now());
        INSERT INTO messages (conversation_id, role, content, created_at)
            VALUES ('@', 'user', 'of last month', date_trunc('month', now()) - interval '1 second');
        INSERT INTO messages (conversation_id, role, content) VALUES ('#', 'user', 'of another')";
    install.execute(&rows.replace('@', ANN).replace('#', BOB)).await;
    let count = format!("SELECT get_user_message_count_this_month('{ANN}')");
    let can = format!("SELECT can_send_message('{ANN}') AS can");
    assert_eq!((install.value(&count).await.as_str(), install.value(&can).await.as_str()), ("99", "true"));
    let first = format!(
        "INSERT INTO messages (conversation_id, role, content, created_at)
            VALUES ('{ANN}', 'clone', 'm', date_trunc('month', now()))"
    );
    install.execute(&first).await;
    assert_eq!(install.value(&count).await, "100");
    for (plan, expected) in [("'free'", "false"), ("NULL", "false"), ("'pro'", "true"), ("'none such'", "null")] {
        set_plan(&mut install, plan).await;
        assert_eq!(install.rows(&can).await, [format!(r#"{{"can":{expected}}}"#)], "{plan}");
    }
}

#[tokio::test]
async fn a_plan_allows_so_many_documents_for_a_clone() {
    let mut install = with_clones(2).await;
    let rows = format!(
        "INSERT INTO clone_documents (clone_id, user_id, title, content)
            SELECT id, user_id, 't', 'd' FROM clones, generate_series(1, 4) WHERE name = 'c1';
        INSERT INTO clone_documents (clone_id, user_id, title, content, deleted_at)
            SELECT id, user_id, 't', 'deleted', now() FROM clones WHERE name = 'c1' AND user_id = '{ANN}'"
    );
    install.execute(&rows).await;
    let asked = |what: &str, clone: &str| {
        format!("SELECT {what}(id) AS can FROM clones WHERE name = '{clone}' AND user_id = '{ANN}'")
    };
    assert_eq!(install.value(&asked("get_clone_document_count", "c1")).await, "4");
    assert_eq!(install.value(&asked("get_clone_document_count", "c2")).await, "0");
    assert_eq!(install.value(&asked("can_add_document", "c1")).await, "true");
    let fifth = "INSERT INTO clone_documents (clone_id, user_id, title, content)
        SELECT id, user_id, 't', 'd' FROM clones WHERE name = 'c1'";
    install.execute(fifth).await;
    for (plan, expected) in [("'free'", "false"), ("NULL", "false"), ("'pro'", "true"), ("'none such'", "null")] {
        set_plan(&mut install, plan).await;
        assert_eq!(
            install.rows(&asked("can_add_document", "c1")).await,
            [format!(r#"{{"can":{expected}}}"#)],
            "{plan}"
        );
    }
}
