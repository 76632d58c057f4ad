//! Spaces: policies that ask each other for ever, until V7, and what each role may do from then on.

use super::Told::{Account, Setting};
use super::{ANN, BOB, EVE, install, open, sign_in, sign_out};
use crate::install::Install;

const SPACE: &str = "00000000-0000-0000-0000-00000000000a";

/// A space of Ann's in which Bob is a member. Eve is a stranger.
async fn space(version: u32) -> Install {
    let mut install = install(version).await;
    let space = format!(
        "INSERT INTO spaces (id, owner_user_id, name) VALUES ('{SPACE}', '{ANN}', 'ours');
        INSERT INTO space_members (space_id, user_id, role) VALUES ('{SPACE}', '{BOB}', 'member')"
    );
    install.execute(&space).await;
    open(&mut install).await;
    install
}

/// PostgreSQL refuses to read the tables, whoever asks.
async fn recursion(install: &mut Install, tables: &[&str]) {
    for user in [ANN, BOB, EVE] {
        sign_in(install, &[Setting, Account], user).await;
        for table in tables {
            let error = install.refused(&format!("SELECT * FROM {table}")).await;
            assert!(error.contains("infinite recursion detected in policy for relation \"space"), "{table}: {error}");
        }
    }
    sign_out(install).await;
}

#[tokio::test]
async fn until_v7_the_policies_of_spaces_recurse() {
    let mut install = space(5).await;
    recursion(&mut install, &["spaces", "space_members", "space_invitations"]).await;
    sign_out(&mut install).await;
    install.go(7).await;
    for (user, spaces, members) in [(ANN, "1", "1"), (BOB, "1", "1"), (EVE, "0", "0")] {
        sign_in(&mut install, &[Setting, Account], user).await;
        assert_eq!(install.value("SELECT count(*) FROM spaces").await, spaces, "{user}");
        assert_eq!(install.value("SELECT count(*) FROM space_members").await, members, "{user}");
        assert_eq!(install.value("SELECT count(*) FROM space_invitations").await, "0");
    }
    sign_out(&mut install).await;
    install.go(6).await;
    open(&mut install).await;
    recursion(&mut install, &["spaces", "space_members", "space_invitations", "rate_limits"]).await;
}

async fn set_role(install: &mut Install, role: &str) {
    sign_out(install).await;
    install.execute(&format!("UPDATE space_members SET role = '{role}' WHERE user_id = '{BOB}'")).await;
}

#[tokio::test]
async fn members_read_and_admins_write_what_a_space_shares() {
    let mut install = space(7).await;
    let shared = format!(
        "INSERT INTO clones (user_id, name, space_id, is_personal) VALUES ('{ANN}', 'shared', '{SPACE}', false),
        ('{ANN}', 'own', NULL, true)"
    );
    install.execute(&shared).await;
    let names = "SELECT coalesce(string_agg(name, ' ' ORDER BY name), '') FROM clones";
    let update = "UPDATE clones SET tone_config = '{}'";
    for (user, role, seen, written) in [
        (ANN, "member", "own shared", 2),
        (BOB, "member", "shared", 0),
        (BOB, "admin", "shared", 1),
        (BOB, "owner", "shared", 1),
        (EVE, "member", "", 0),
    ] {
        set_role(&mut install, role).await;
        sign_in(&mut install, &[Account], user).await;
        assert_eq!(install.value(names).await, seen, "{user}, {role}");
        assert_eq!(install.changed(update).await, written, "{user}, {role}");
    }
}

#[tokio::test]
async fn memories_and_messages_follow_what_they_belong_to() {
    let mut install = space(7).await;
    let rows = "
        INSERT INTO clones (id, user_id, name, space_id, is_personal) VALUES ('{ANN}', '{ANN}', 'c', '{SPACE}', false);
        INSERT INTO memories (user_id, clone_id, content) VALUES ('{ANN}', '{ANN}', 'm');
        INSERT INTO conversations (id, user_id, clone_id, space_id) VALUES ('{ANN}', '{ANN}', '{ANN}', '{SPACE}');
        INSERT INTO messages (conversation_id, role, content) VALUES ('{ANN}', 'clone', 'm')";
    install.execute(&rows.replace("{ANN}", ANN).replace("{SPACE}", SPACE)).await;
    for (user, count) in [(ANN, "1"), (BOB, "1"), (EVE, "0")] {
        sign_in(&mut install, &[Setting, Account], user).await;
        for table in ["memories", "conversations", "messages"] {
            assert_eq!(install.value(&format!("SELECT count(*) FROM {table}")).await, count, "{table} of {user}");
        }
    }
    let say = format!("INSERT INTO messages (conversation_id, role, content) VALUES ('{ANN}', 'user', 'x')");
    let error = install.refused(&say).await;
    assert!(error.contains("violates row-level security policy for table \"messages\""), "{error}");
    sign_in(&mut install, &[Setting, Account], BOB).await;
    assert_eq!(install.changed(&say).await, 1);
    assert_eq!(install.changed("DELETE FROM conversations").await, 0, "a member is no admin");
}

#[tokio::test]
async fn admins_choose_the_members() {
    let mut install = space(7).await;
    let add = format!("INSERT INTO space_members (space_id, user_id, role) VALUES ('{SPACE}', '{EVE}', 'member')");
    for user in [BOB, EVE] {
        sign_in(&mut install, &[Account], user).await;
        let error = install.refused(&add).await;
        assert!(error.contains("violates row-level security policy for table \"space_members\""), "{error}");
    }
    set_role(&mut install, "admin").await;
    sign_in(&mut install, &[Account], BOB).await;
    assert_eq!(install.changed(&add).await, 1);
    sign_in(&mut install, &[Account], EVE).await;
    assert_eq!(install.value("SELECT count(*) FROM spaces").await, "1");
    assert_eq!(install.changed("DELETE FROM space_members").await, 0);
    sign_in(&mut install, &[Account], ANN).await;
    assert_eq!(install.changed(&format!("DELETE FROM space_members WHERE user_id = '{EVE}'")).await, 1);
}

/// What the four functions of V7 say of the space, for the session's user.
const ASKED: &str = "SELECT get_user_workspace_role('00000000-0000-0000-0000-00000000000a') AS role,
    is_workspace_owner('00000000-0000-0000-0000-00000000000a') AS owns,
    user_has_workspace_access('00000000-0000-0000-0000-00000000000a') AS any,
    user_has_workspace_access('00000000-0000-0000-0000-00000000000a', 'admin') AS admin,
    user_has_workspace_access('00000000-0000-0000-0000-00000000000a', 'owner') AS owner,
    (SELECT count(*) FROM get_user_workspaces()) AS spaces";

#[tokio::test]
async fn functions_tell_the_role_in_a_space() {
    let mut install = space(7).await;
    let told = |role: &str, owns: bool, any: bool, admin: bool, owner: bool, spaces: u8| {
        format!(r#"{{"role":{role},"owns":{owns},"any":{any},"admin":{admin},"owner":{owner},"spaces":{spaces}}}"#)
    };
    for (user, role, expected) in [
        (ANN, "member", told("\"owner\"", true, true, true, true, 1)),
        (BOB, "member", told("\"member\"", false, true, false, false, 1)),
        (BOB, "admin", told("\"admin\"", false, true, true, false, 1)),
        (BOB, "owner", told("\"owner\"", false, true, true, true, 1)),
        (EVE, "member", told("null", false, false, false, false, 0)),
    ] {
        set_role(&mut install, role).await;
        sign_in(&mut install, &[Account], user).await;
        assert_eq!(install.rows(ASKED).await, [expected], "{user}, {role}");
    }
    // A role that no space knows counts as the lowest.
    sign_in(&mut install, &[Account], BOB).await;
    let unknown = format!("SELECT user_has_workspace_access('{SPACE}', 'visitor')");
    assert_eq!(install.value(&unknown).await, "true");
    let spaces = "SELECT * FROM get_user_workspaces()";
    assert_eq!(install.rows(spaces).await, [format!(r#"{{"space_id":"{SPACE}","role":"member"}}"#)]);
}

#[tokio::test]
async fn functions_of_v7_are_granted_to_authenticated() {
    let mut install = space(7).await;
    // By default everybody may call a function.
    install
        .execute("GRANT USAGE ON SCHEMA acme TO anon; REVOKE EXECUTE ON ALL FUNCTIONS IN SCHEMA acme FROM public")
        .await;
    sign_in(&mut install, &[Account], BOB).await;
    assert!(install.rows(ASKED).await[0].contains(r#""role":"member""#));
    let error = install.refused("SELECT get_user_clone_count(auth.uid())").await;
    assert!(error.contains("permission denied for function get_user_clone_count"), "{error}");
    install.execute("RESET ROLE; SET ROLE anon").await;
    for call in ["get_user_workspaces()", &format!("is_workspace_owner('{SPACE}')")] {
        let error = install.refused(&format!("SELECT {call}")).await;
        assert!(error.contains("permission denied for function"), "{error}");
    }
}
