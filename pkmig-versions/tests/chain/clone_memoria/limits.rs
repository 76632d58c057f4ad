//! V6: roles, tokens, rate limits, and seeds that do not grow.

use super::{ANN, BOB, EVE, install};
use crate::install::Install;

#[tokio::test]
async fn seeds_do_not_grow_where_their_key_has_nulls_and_are_brought_up_to_date() {
    let mut install = install(5).await;
    let change =
        "UPDATE billing_quotas SET max_clones = 7 WHERE plan = 'free'; COMMENT ON TABLE pkmig_clone_memoria IS '4'";
    install.execute(change).await;
    install.go(5).await;
    assert_eq!(install.value("SELECT max_clones FROM billing_quotas WHERE plan = 'free'").await, "2");
    install.go(6).await;
    let limits = "SELECT count(*) FROM rate_limit_configs";
    assert_eq!(install.value(limits).await, "13");
    let change = "UPDATE rate_limit_configs SET requests_per_minute = 7 WHERE plan = 'free';
        UPDATE roles SET hierarchy_level = 7 WHERE name = 'viewer';
        COMMENT ON TABLE pkmig_clone_memoria IS '5'";
    install.execute(change).await;
    install.go(6).await;
    assert_eq!(install.value(limits).await, "13");
    let changed = "SELECT count(*) FROM rate_limit_configs WHERE requests_per_minute = 7";
    assert_eq!(install.value(changed).await, "0");
    assert_eq!(install.value("SELECT hierarchy_level FROM roles WHERE name = 'viewer'").await, "60");
}

const SPACE: &str = "00000000-0000-0000-0000-00000000000a";

/// A space with a member of each role.
async fn space(version: u32) -> Install {
    let mut install = install(version).await;
    let space = format!(
        "INSERT INTO spaces (id, owner_user_id, name) VALUES ('{SPACE}', '{ANN}', 'ours');
        INSERT INTO space_members (space_id, user_id, role)
            VALUES ('{SPACE}', '{ANN}', 'owner'), ('{SPACE}', '{BOB}', 'admin'), ('{SPACE}', '{EVE}', 'member')"
    );
    install.execute(&space).await;
    install
}

#[tokio::test]
async fn members_are_editors_by_reference() {
    let mut install = space(5).await;
    install.go(6).await;
    let roles = "SELECT m.role, r.name FROM space_members m LEFT JOIN roles r ON r.id = m.role_id ORDER BY m.user_id";
    let referenced = [
        r#"{"role":"owner","name":"owner"}"#,
        r#"{"role":"admin","name":"admin"}"#,
        r#"{"role":"member","name":"editor"}"#,
    ];
    assert_eq!(install.rows(roles).await, referenced);
    for (user, needed, expected) in [
        (ANN, "owner", "true"),
        (ANN, "system", "false"),
        (BOB, "owner", "false"),
        (BOB, "admin", "true"),
        (EVE, "admin", "false"),
        (EVE, "viewer", "true"),
        (EVE, "none such", "null"),
    ] {
        let has = format!("SELECT has_workspace_role('{user}', '{SPACE}', '{needed}') AS has");
        assert_eq!(install.rows(&has).await, [format!(r#"{{"has":{expected}}}"#)], "{user}, {needed}");
    }
    install.execute(&format!("UPDATE space_members SET role_id = NULL WHERE user_id = '{BOB}'")).await;
    for user in [BOB, "00000000-0000-0000-0000-0000000000ff"] {
        let has = format!("SELECT has_workspace_role('{user}', '{SPACE}', 'viewer') AS has");
        assert_eq!(install.rows(&has).await, [r#"{"has":null}"#], "{user}");
    }
}

#[tokio::test]
async fn tokens_are_blacklisted_until_they_expire() {
    let mut install = install(6).await;
    let tokens = "INSERT INTO token_blacklist (token_hash, expires_at)
        VALUES ('now', now() + interval '1 minute'), ('before', now() - interval '1 minute')";
    install.execute(tokens).await;
    for (hash, expected) in [("now", "true"), ("before", "false"), ("never", "false")] {
        assert_eq!(install.value(&format!("SELECT is_token_blacklisted('{hash}')")).await, expected, "{hash}");
    }
}

#[tokio::test]
async fn a_cleanup_takes_what_is_old_and_leaves_the_rest() {
    let mut install = install(6).await;
    let rows = format!(
        "INSERT INTO refresh_tokens (user_id, token_hash, expires_at)
            VALUES ('{ANN}', 'old', now() - interval '8 days'), ('{ANN}', 'expired', now() - interval '6 days');
        INSERT INTO token_blacklist (token_hash, expires_at)
            VALUES ('expired', now() - interval '1 minute'), ('valid', now() + interval '1 minute');
        INSERT INTO rate_limits (user_id, endpoint, window_start, limit_type)
            VALUES ('{ANN}', 'old', now() - interval '31 days', 'global'),
                ('{ANN}', 'recent', now() - interval '29 days', 'global');
        SELECT cleanup_expired_tokens()"
    );
    install.execute(&rows).await;
    let left = "SELECT token_hash AS left FROM refresh_tokens UNION ALL SELECT token_hash FROM token_blacklist
        UNION ALL SELECT endpoint FROM rate_limits ORDER BY 1";
    assert_eq!(install.rows(left).await, [r#"{"left":"expired"}"#, r#"{"left":"recent"}"#, r#"{"left":"valid"}"#]);
}

const WINDOW: &str = "2026-01-05 08:00:00+00";

/// The arguments of the functions that limit rates.
fn call(user: &str, space: Option<&str>, endpoint: &str) -> String {
    let space = space.map_or("NULL".to_owned(), |space| format!("'{space}'"));
    format!("('{user}', {space}, '{endpoint}', '{WINDOW}')")
}

/// One answer of `check_rate_limit` for the endpoint: a number, or whether the call is allowed.
async fn limit(install: &mut Install, key: &str, arguments: &str) -> String {
    install.value(&format!("SELECT check_rate_limit{arguments} ->> '{key}'")).await
}

#[tokio::test]
async fn a_call_is_allowed_until_the_limit_of_the_minute() {
    let mut install = space(6).await;
    let config = "INSERT INTO rate_limit_configs
        (plan, endpoint_pattern, requests_per_minute, requests_per_hour, requests_per_day)
        VALUES ('free', '/x/%', 2, 20, 200)";
    install.execute(config).await;
    let arguments = call(ANN, Some(SPACE), "/x/1");
    for (count, allowed) in [("0", "true"), ("1", "true"), ("2", "false"), ("3", "false")] {
        assert_eq!(limit(&mut install, "current_count", &arguments).await, count);
        assert_eq!(limit(&mut install, "allowed", &arguments).await, allowed, "after {count} calls");
        install.execute(&format!("SELECT increment_rate_limit{arguments}")).await;
    }
    let whole = format!("SELECT check_rate_limit{arguments} - 'reset_at'");
    let told =
        r#"{"allowed": false, "current_count": 4, "limit_per_day": 200, "limit_per_hour": 20, "limit_per_minute": 2}"#;
    assert_eq!(install.value(&whole).await, told);
    let reset = format!("SELECT (check_rate_limit{arguments} ->> 'reset_at')::timestamptz - '{WINDOW}'");
    assert_eq!(install.value(&reset).await, "00:01:00");
    assert_eq!(install.value("SELECT count(*) FROM rate_limits").await, "1");
    // Another endpoint, another user and another space have counts of their own.
    for other in [call(ANN, Some(SPACE), "/x/2"), call(BOB, Some(SPACE), "/x/1"), call(ANN, None, "/x/1")] {
        assert_eq!(limit(&mut install, "current_count", &other).await, "0", "{other}");
    }
}

#[tokio::test]
async fn without_a_space_every_call_is_a_row() {
    let mut install = install(6).await;
    let increment = format!("SELECT increment_rate_limit{}", call(ANN, None, "/x"));
    install.execute(&increment).await;
    install.execute(&increment).await;
    assert_eq!(install.value("SELECT string_agg(request_count::text, ' ') FROM rate_limits").await, "1 1");
}

#[tokio::test]
async fn the_limit_is_that_of_the_plan_and_the_role() {
    let mut install = space(6).await;
    let minute = "limit_per_minute";
    // The seeded patterns match what is written like them, and nothing else.
    assert_eq!(limit(&mut install, minute, &call(BOB, Some(SPACE), "/api/*")).await, "30");
    assert_eq!(limit(&mut install, minute, &call(BOB, Some(SPACE), "/api/users")).await, "10");
    install.execute("UPDATE users SET billing_plan = 'enterprise'").await;
    assert_eq!(limit(&mut install, minute, &call(BOB, Some(SPACE), "/api/*")).await, "1000", "an admin's");
    assert_eq!(limit(&mut install, minute, &call(EVE, Some(SPACE), "/api/*")).await, "600", "a member's");
    assert_eq!(limit(&mut install, minute, &call(BOB, None, "/api/*")).await, "600", "an admin's outside of the space");
    install.execute("UPDATE users SET billing_plan = NULL").await;
    assert_eq!(limit(&mut install, minute, &call(BOB, Some(SPACE), "/api/*")).await, "30", "no plan is the free one");
    for (key, expected) in [(minute, "10"), ("limit_per_hour", "100"), ("limit_per_day", "1000")] {
        let nobody = call("00000000-0000-0000-0000-0000000000ff", None, "/api/*");
        assert_eq!(limit(&mut install, key, &nobody).await, expected);
    }
}

#[tokio::test]
async fn what_happens_is_logged() {
    let mut install = install(6).await;
    let calls = format!(
        "SELECT log_auth_event('{ANN}', 'login', '::1', 'curl');
        SELECT log_quota_violation('{ANN}', 'clone', '{{\"max\": 2}}');
        SELECT log_admin_action('{ANN}', 'ban', 'user', '{BOB}')"
    );
    install.execute(&calls).await;
    let log =
        "SELECT event, resource_type AS of, right(resource_id::text, 1) AS id, metadata AS data, ip_address AS ip,
        user_agent AS agent FROM audit_log ORDER BY event";
    let logged = [
        r#"{"event":"ban","of":"user","id":"2","data":{},"ip":null,"agent":null}"#,
        r#"{"event":"login","of":"auth","id":null,"data":{},"ip":"::1","agent":"curl"}"#,
        r#"{"event":"quota_violation","of":"clone","id":null,"data":{"max": 2},"ip":null,"agent":null}"#,
    ];
    assert_eq!(install.rows(log).await, logged);
}
