//! V107, V109, V114: keys of settings, and what points at them.

use crate::install::Install;

#[tokio::test]
async fn keys_of_settings_and_what_points_at_them() {
    let mut install = Install::at(106).await;
    v107_pins_endpoints_to_integrations(&mut install).await;
    v107_tells_endpoints_of_one_name_apart(&mut install).await;
    v109_renames_customer_service(&mut install).await;
    v114_rewrites_integration_keys_and_restores_them(&mut install).await;
    v114_goes_down_over_keys_that_are_taken_too_long_or_unknown(&mut install).await;
}

async fn v107_pins_endpoints_to_integrations(install: &mut Install) {
    install.go(106).await;
    let insert = r#"
        INSERT INTO phoenix_kit_settings (uuid, key, value_json) VALUES
            ('00000000-0000-7000-8000-000000000001', 'integration:google:work', '{"last_validated_at": "2024-01-01"}'),
            ('00000000-0000-7000-8000-000000000002', 'integration:google:home', '{"last_validated_at": "2024-02-01"}'),
            ('00000000-0000-7000-8000-000000000003', 'integration:google:never', '{}'),
            ('00000000-0000-7000-8000-000000000005', 'integration:mistral:b', NULL),
            ('00000000-0000-7000-8000-000000000004', 'integration:mistral:a', '"text"'),
            ('00000000-0000-7000-8000-000000000006', 'integration:nameless', '{"last_validated_at": "2024-01-01"}');
        INSERT INTO phoenix_kit_ai_endpoints (name, provider, api_key, model, inserted_at, updated_at) VALUES
            ('named', 'google:work', '', '', now(), now()),
            ('checked last', 'google', '', '', now(), now()),
            ('first uuid', 'mistral', '', '', now(), now()),
            ('name gone', 'google:gone', '', '', now(), now()),
            ('key without a name', 'nameless', '', '', now(), now()),
            ('unknown', 'openrouter', '', '', now(), now())"#;
    install.execute(insert).await;
    install.go(107).await;
    let pinned = "SELECT name, right(integration_uuid::text, 2) AS uuid FROM phoenix_kit_ai_endpoints ORDER BY name";
    let expected = ["checked last|02", "first uuid|04", "key without a name|-", "name gone|-", "named|01", "unknown|-"];
    assert_eq!(install.fields(pinned).await, expected);

    install.go(106).await;
    let names = "SELECT name, provider FROM phoenix_kit_ai_endpoints WHERE provider LIKE 'g%' ORDER BY name";
    assert_eq!(install.fields(names).await, ["checked last|google", "name gone|google:gone", "named|google:work"]);
}

/// PhoenixKit itself stops at endpoints that share a name, although nothing had kept them from it.
async fn v107_tells_endpoints_of_one_name_apart(install: &mut Install) {
    install.go(106).await;
    let insert = "
        DELETE FROM phoenix_kit_ai_endpoints;
        INSERT INTO phoenix_kit_ai_endpoints (uuid, name, api_key, model, inserted_at, updated_at) VALUES
            ('00000000-0000-7000-8000-0000000000a1', 'main', '', '', '2024-01-02', now()),
            ('00000000-0000-7000-8000-0000000000a2', 'Main', '', '', '2024-01-01', now()),
            ('00000000-0000-7000-8000-0000000000a3', repeat('ü', 100), '', '', '2024-01-01', now()),
            ('00000000-0000-7000-8000-0000000000a4', repeat('ü', 100), '', '', '2024-01-02', now())";
    install.execute(insert).await;
    install.go(107).await;
    let names = "SELECT name FROM phoenix_kit_ai_endpoints ORDER BY uuid";
    let (first, second) = ("ü".repeat(100), format!("{} 0000000000a4", "ü".repeat(87)));
    assert_eq!(install.fields(names).await, ["main 0000000000a1", "Main", &first, &second]);
}

async fn v109_renames_customer_service(install: &mut Install) {
    install.go(108).await;
    let insert = "
        DELETE FROM phoenix_kit_settings WHERE key LIKE 'customer%';
        DELETE FROM phoenix_kit_role_permissions;
        INSERT INTO phoenix_kit_settings (key, value) VALUES
            ('customer_service_enabled', 'true'), ('customer_service_allow_reopen', NULL),
            ('customer_service_per_page', '20'), ('customer_support_per_page', '50'),
            ('auto_granted_perm:customer_service', 'x'), ('customer_service_of_mine', 'y');
        INSERT INTO phoenix_kit_role_permissions (role_uuid, module_key)
            SELECT uuid, module_key FROM phoenix_kit_user_roles,
                unnest('{customer_service, customer_support, users}'::text[]) AS module_key
            WHERE (name, module_key) IN
                (('Owner', 'customer_service'), ('Owner', 'customer_support'), ('Admin', 'customer_service'), ('User', 'users'))";
    install.execute(insert).await;
    install.go(109).await;
    let settings = "SELECT key, value FROM phoenix_kit_settings WHERE key LIKE '%customer%' ORDER BY key";
    let permissions = "
        SELECT name, module_key FROM phoenix_kit_role_permissions AS permission
        JOIN phoenix_kit_user_roles AS role ON role.uuid = permission.role_uuid ORDER BY name";
    let renamed = [
        "auto_granted_perm:customer_support|x",
        "customer_service_of_mine|y",
        "customer_support_allow_reopen|-",
        "customer_support_enabled|true",
        "customer_support_per_page|50",
    ];
    assert_eq!(install.fields(settings).await, renamed);
    let may = ["Admin|customer_support", "Owner|customer_support", "User|users"];
    assert_eq!(install.fields(permissions).await, may);

    install.go(108).await;
    let back = [
        "auto_granted_perm:customer_service|x",
        "customer_service_allow_reopen|-",
        "customer_service_enabled|true",
        "customer_service_of_mine|y",
        "customer_service_per_page|50",
    ];
    assert_eq!(install.fields(settings).await, back);
    let may = ["Admin|customer_service", "Owner|customer_service", "User|users"];
    assert_eq!(install.fields(permissions).await, may);
}

const INTEGRATIONS: &str = r#"
    DELETE FROM phoenix_kit_settings WHERE key LIKE 'integration:%';
    INSERT INTO phoenix_kit_settings (uuid, key, value_json, module, date_added) VALUES
        ('00000000-0000-7000-8000-aaaaaaaa0001', 'integration:google', '{"token": "t"}', NULL, '2024-01-01'),
        ('00000000-0000-7000-8000-aaaaaaaa0002', 'integration:google:work', '{"provider": "", "name": ""}', 'x', '2024-01-01'),
        ('00000000-0000-7000-8000-aaaaaaaa0003', 'integration:mistral:old', '{"name": "main"}', NULL, '2024-01-02'),
        ('00000000-0000-7000-8000-aaaaaaaa0004', 'integration:mistral:main', NULL, NULL, '2024-01-01'),
        ('00000000-0000-7000-8000-aaaaaaaa0005', 'integration:a:b:c', '{"provider": "z"}', NULL, '2024-01-01'),
        ('00000000-0000-7000-8000-aaaaaaaa0006', 'integrations', '{}', NULL, '2024-01-01')"#;

async fn v114_rewrites_integration_keys_and_restores_them(install: &mut Install) {
    install.go(113).await;
    install.execute(INTEGRATIONS).await;
    install.go(114).await;
    let rewritten = "
        SELECT CASE key WHEN uuid::text THEN 'uuid' ELSE key END, module, value_json FROM phoenix_kit_settings
        WHERE uuid::text LIKE '%aaaaaaaa%' ORDER BY uuid";
    let expected = [
        r#"uuid|integrations|{"name": "default", "token": "t", "provider": "google"}"#,
        r#"uuid|integrations|{"name": "work", "provider": "google"}"#,
        r#"uuid|integrations|{"name": "main", "provider": "mistral"}"#,
        r#"uuid|integrations|{"name": "main", "provider": "mistral"}"#,
        r#"uuid|integrations|{"name": "b", "provider": "z"}"#,
        r#"integrations|-|{}"#,
    ];
    assert_eq!(install.fields(rewritten).await, expected);

    install.go(113).await;
    let keys = "SELECT key, module FROM phoenix_kit_settings WHERE uuid::text LIKE '%aaaaaaaa%' ORDER BY uuid";
    let composite = [
        "integration:google:default|integrations",
        "integration:google:work|integrations",
        "integration:mistral:main-aaaaaaaa|integrations",
        "integration:mistral:main|integrations",
        "integration:z:b|integrations",
        "integrations|-",
    ];
    assert_eq!(install.fields(keys).await, composite);
}

/// PhoenixKit's own down stops at the first of them.
async fn v114_goes_down_over_keys_that_are_taken_too_long_or_unknown(install: &mut Install) {
    install.go(114).await;
    let insert = r#"
        DELETE FROM phoenix_kit_settings WHERE module = 'integrations';
        INSERT INTO phoenix_kit_settings (uuid, key, value_json, module)
        SELECT uuid::uuid, coalesce(key, uuid), value::jsonb, 'integrations' FROM (VALUES
            ('00000000-0000-7000-8000-bbbbbbbb0001', NULL, '{"name": "no provider"}'),
            ('00000000-0000-7000-8000-bbbbbbbb0002', NULL, '{"provider": "google"}'),
            ('00000000-0000-7000-8000-bbbbbbbb0003', NULL, '{"provider": "taken", "name": "x"}'),
            ('00000000-0000-7000-8000-bbbbbbbb0004', 'integration:taken:x', '{}'),
            ('00000000-0000-7000-8000-bbbbbbbb0005', NULL, format('{"provider": "p", "name": "%s"}', repeat('n', 300))),
            ('00000000-0000-7000-8000-bbbbbbbb0006', NULL, NULL)
        ) AS setting (uuid, key, value)"#;
    install.execute(insert).await;
    install.go(113).await;
    let keys = "SELECT key FROM phoenix_kit_settings WHERE uuid::text LIKE '%bbbbbbbb%' ORDER BY uuid";
    let long = format!("integration:p:{}", "n".repeat(241));
    let expected = [
        "00000000-0000-7000-8000-bbbbbbbb0001",
        "integration:google:default",
        "integration:taken:x-bbbbbbbb",
        "integration:taken:x",
        &long,
        "00000000-0000-7000-8000-bbbbbbbb0006",
    ];
    assert_eq!(install.fields(keys).await, expected);
}
