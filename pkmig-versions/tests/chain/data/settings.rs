//! V43 to V59: settings and permissions that are there already. V44, V76, V77: keys are renamed.

use super::{Install, USERS};

#[tokio::test]
async fn v44_renames_what_is_not_taken() {
    let insert = "
        DELETE FROM phoenix_kit_settings WHERE key LIKE '%sync%';
        INSERT INTO phoenix_kit_settings (key, value) VALUES
            ('db_sync_enabled', 'true'), ('db_sync_incoming_mode', 'old'), ('sync_incoming_mode', 'new'),
            ('db_sync_incoming_password', NULL), ('db_sync_of_mine', '1')";
    let mut install = Install::around(44, insert).await;
    let settings = "SELECT key, value FROM phoenix_kit_settings WHERE key LIKE '%sync%' ORDER BY key";
    let renamed = [
        r#"{"key":"db_sync_incoming_mode","value":"old"}"#,
        r#"{"key":"db_sync_of_mine","value":"1"}"#,
        r#"{"key":"sync_enabled","value":"true"}"#,
        r#"{"key":"sync_incoming_mode","value":"new"}"#,
        r#"{"key":"sync_incoming_password","value":null}"#,
    ];
    assert_eq!(install.rows(settings).await, renamed);
    install.go(43).await;
    let back = [
        r#"{"key":"db_sync_enabled","value":"true"}"#,
        r#"{"key":"db_sync_incoming_mode","value":"old"}"#,
        r#"{"key":"db_sync_incoming_password","value":null}"#,
        r#"{"key":"db_sync_of_mine","value":"1"}"#,
        r#"{"key":"sync_incoming_mode","value":"new"}"#,
    ];
    assert_eq!(install.rows(settings).await, back);
}

#[tokio::test]
async fn v76_renames_keys_and_keeps_their_values() {
    let insert = r#"
        INSERT INTO phoenix_kit_users (email, hashed_password, inserted_at, updated_at, custom_fields) VALUES
            ('a', '', now(), now(), '{"avatar_file_id": "f-1", "nick": "Ä"}'),
            ('b', '', now(), now(), '{"avatar_file_id": null}'),
            ('c', '', now(), now(), '{"avatar_file_id": 7, "avatar_file_uuid": "taken"}'),
            ('d', '', now(), now(), '{}'),
            ('e', '', now(), now(), NULL),
            ('f', '', now(), now(), '"avatar_file_id"');
        DELETE FROM phoenix_kit_settings WHERE key = 'storage_default_bucket_id';
        INSERT INTO phoenix_kit_settings (key, value) VALUES
            ('publishing_translation_endpoint_id', '42'),
            ('storage_default_bucket_id', 'old'), ('storage_default_bucket_uuid', 'new')"#;
    let mut install = Install::around(76, insert).await;
    let fields = "SELECT custom_fields AS f FROM phoenix_kit_users ORDER BY email";
    let settings = "SELECT key, value FROM phoenix_kit_settings WHERE key ~ '(endpoint|bucket)_u?u?id' ORDER BY key";
    let renamed = [
        r#"{"f":{"nick": "Ä", "avatar_file_uuid": "f-1"}}"#,
        r#"{"f":{"avatar_file_uuid": null}}"#,
        r#"{"f":{"avatar_file_uuid": 7}}"#,
        r#"{"f":{}}"#,
        r#"{"f":null}"#,
        r#"{"f":"avatar_file_id"}"#,
    ];
    assert_eq!(install.rows(fields).await, renamed);
    let keys = [
        r#"{"key":"publishing_translation_endpoint_uuid","value":"42"}"#,
        r#"{"key":"storage_default_bucket_id","value":"old"}"#,
        r#"{"key":"storage_default_bucket_uuid","value":"new"}"#,
    ];
    assert_eq!(install.rows(settings).await, keys);

    install.go(75).await;
    let back = [
        r#"{"f":{"nick": "Ä", "avatar_file_id": "f-1"}}"#,
        r#"{"f":{"avatar_file_id": null}}"#,
        r#"{"f":{"avatar_file_id": 7}}"#,
        r#"{"f":{}}"#,
        r#"{"f":null}"#,
        r#"{"f":"avatar_file_id"}"#,
    ];
    assert_eq!(install.rows(fields).await, back);
    let keys = [
        r#"{"key":"publishing_translation_endpoint_id","value":"42"}"#,
        r#"{"key":"storage_default_bucket_id","value":"old"}"#,
        r#"{"key":"storage_default_bucket_uuid","value":"new"}"#,
    ];
    assert_eq!(install.rows(settings).await, keys);
}

#[tokio::test]
async fn v77_renames_tickets_unless_the_new_key_is_there() {
    let insert = "
        DELETE FROM phoenix_kit_settings WHERE key LIKE '%tickets%';
        INSERT INTO phoenix_kit_settings (key, value) VALUES
            ('tickets_enabled', 'true'), ('tickets_per_page', '20'), ('customer_service_per_page', '50'),
            ('auto_granted_perm:tickets', 'true'), ('tickets_of_mine', '1');
        DELETE FROM phoenix_kit_role_permissions;
        INSERT INTO phoenix_kit_role_permissions (role_uuid, module_key)
        SELECT uuid, key FROM phoenix_kit_user_roles CROSS JOIN (VALUES ('tickets'), ('customer_service')) AS v (key)
        WHERE name = 'Owner' OR name = 'Admin' AND key = 'tickets' OR name = 'User' AND key = 'customer_service'";
    let mut install = Install::around(77, insert).await;
    let settings = "SELECT key, value FROM phoenix_kit_settings WHERE key ~ 'tickets|customer_service' ORDER BY key";
    let permissions = "
        SELECT name, module_key AS key FROM phoenix_kit_role_permissions AS p
        JOIN phoenix_kit_user_roles AS r ON r.uuid = p.role_uuid ORDER BY name, key";
    let renamed = [
        r#"{"key":"auto_granted_perm:customer_service","value":"true"}"#,
        r#"{"key":"customer_service_enabled","value":"true"}"#,
        r#"{"key":"customer_service_per_page","value":"50"}"#,
        r#"{"key":"tickets_of_mine","value":"1"}"#,
    ];
    assert_eq!(install.rows(settings).await, renamed);
    let allowed = [
        r#"{"name":"Admin","key":"customer_service"}"#,
        r#"{"name":"Owner","key":"customer_service"}"#,
        r#"{"name":"User","key":"customer_service"}"#,
    ];
    assert_eq!(install.rows(permissions).await, allowed);

    install.execute("INSERT INTO phoenix_kit_settings (key, value) VALUES ('tickets_enabled', 'false')").await;
    install.go(76).await;
    let back = [
        r#"{"key":"auto_granted_perm:tickets","value":"true"}"#,
        r#"{"key":"tickets_enabled","value":"false"}"#,
        r#"{"key":"tickets_of_mine","value":"1"}"#,
        r#"{"key":"tickets_per_page","value":"50"}"#,
    ];
    assert_eq!(install.rows(settings).await, back);
    let allowed = [
        r#"{"name":"Admin","key":"tickets"}"#,
        r#"{"name":"Owner","key":"tickets"}"#,
        r#"{"name":"User","key":"tickets"}"#,
    ];
    assert_eq!(install.rows(permissions).await, allowed);
}

#[tokio::test]
async fn seeds_leave_alone_what_is_there() {
    let mut install = Install::at(42).await;
    let settings = "
        INSERT INTO phoenix_kit_settings (key, value) VALUES
            ('legal_enabled', 'mine'), ('shop_currency', 'EUR'), ('comments_enabled', NULL), ('publishing_storage', 'db')";
    install.execute(settings).await;
    install.go(54).await;
    let permission = "
        INSERT INTO phoenix_kit_role_permissions (role_id, module_key, granted_by)
        SELECT r.id, 'comments', u.id FROM phoenix_kit_user_roles AS r, phoenix_kit_users AS u WHERE r.name = 'Admin'";
    install.execute(&format!("{USERS} ('al', '', now(), now()); {permission}")).await;
    install.go(59).await;
    let settings = "
        SELECT key, value FROM phoenix_kit_settings WHERE key IN ('legal_enabled', 'legal_cookie_banner_position',
            'shop_currency', 'shop_tax_rate', 'comments_enabled', 'comments_max_depth', 'publishing_storage')
        ORDER BY key";
    let kept = [
        r#"{"key":"comments_enabled","value":null}"#,
        r#"{"key":"comments_max_depth","value":"10"}"#,
        r#"{"key":"legal_cookie_banner_position","value":"bottom"}"#,
        r#"{"key":"legal_enabled","value":"mine"}"#,
        r#"{"key":"publishing_storage","value":"db"}"#,
        r#"{"key":"shop_currency","value":"EUR"}"#,
        r#"{"key":"shop_tax_rate","value":"20"}"#,
    ];
    assert_eq!(install.rows(settings).await, kept);
    let permissions = "
        SELECT r.name, count(*) AS all, count(p.granted_by) AS by_hand FROM phoenix_kit_role_permissions AS p
        JOIN phoenix_kit_user_roles AS r ON r.id = p.role_id GROUP BY r.name";
    assert_eq!(install.rows(permissions).await, [r#"{"name":"Admin","all":25,"by_hand":1}"#]);
}
