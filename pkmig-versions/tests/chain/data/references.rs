//! V56 to V74: references by number become references by uuid, and find their numbers again on the way down.

use super::{Install, USERS};

/// A column that points somewhere: its table and what a row is shown as, the column by number and by uuid, the table
/// that it points to and what a row of that is shown as.
struct Reference(&'static str, &'static str, [&'static str; 2], &'static str, &'static str);

const REFERENCES: &[Reference] = &[
    Reference("admin_notes", "content", ["author_id", "author_uuid"], "users", "email"),
    Reference("ai_requests", "model", ["account_id", "account_uuid"], "ai_accounts", "name"),
    Reference("audit_logs", "action", ["target_user_id", "target_user_uuid"], "users", "email"),
    Reference("comments", "content", ["user_id", "user_uuid"], "users", "email"),
    Reference("consent_logs", "consent_type", ["user_id", "user_uuid"], "users", "email"),
    Reference("email_events", "event_type", ["email_log_id", "email_log_uuid"], "email_logs", "message_id"),
    Reference("email_logs", "message_id", ["user_id", "user_uuid"], "users", "email"),
    Reference(
        "email_orphaned_events",
        "event_type",
        ["matched_email_log_id", "matched_email_log_uuid"],
        "email_logs",
        "message_id",
    ),
    Reference("invoices", "invoice_number", ["order_id", "order_uuid"], "orders", "order_number"),
    Reference("invoices", "invoice_number", ["subscription_id", "subscription_uuid"], "subscriptions", "plan_name"),
    Reference("orders", "order_number", ["user_id", "user_uuid"], "users", "email"),
    Reference("posts", "slug", ["user_id", "user_uuid"], "users", "email"),
    Reference("scheduled_jobs", "job_type", ["created_by_id", "created_by_uuid"], "users", "email"),
    Reference("shop_cart_items", "product_title", ["product_id", "product_uuid"], "shop_products", "vendor"),
    Reference("shop_carts", "session_id", ["merged_into_cart_id", "merged_into_cart_uuid"], "shop_carts", "session_id"),
    Reference("shop_categories", "status", ["parent_id", "parent_uuid"], "shop_categories", "status"),
    Reference("subscriptions", "plan_name", ["user_id", "user_uuid"], "users", "email"),
    Reference("transactions", "transaction_number", ["invoice_id", "invoice_uuid"], "invoices", "invoice_number"),
    Reference("user_role_assignments", "role", ["user_id", "user_uuid"], "users", "email"),
    Reference("users_tokens", "context", ["user_id", "user_uuid"], "users", "email"),
];

/// Where every reference leads, by number (0) or by uuid (1).
async fn targets(install: &mut Install, by: usize) -> Vec<String> {
    let key = ["id", "uuid"][by];
    let mut targets = Vec::new();
    for Reference(table, label, columns, target, name) in REFERENCES {
        let column = columns[by];
        // An assignment is shown by its role.
        let source = match *table {
            "user_role_assignments" => format!(
                "(SELECT a.*, r.name AS role FROM phoenix_kit_{table} AS a
                 JOIN phoenix_kit_user_roles AS r ON r.{key} = a.role_{key})"
            ),
            _ => format!("phoenix_kit_{table}"),
        };
        let sql = format!(
            "SELECT string_agg(format('{table} %s: %s', s.{label}, coalesce(t.{name}::text, 'nobody')), E'\\n'
               ORDER BY s.{label})
             FROM {source} AS s LEFT JOIN phoenix_kit_{target} AS t ON t.{key} = s.{column}"
        );
        targets.extend(install.value(&sql).await.lines().map(str::to_owned));
    }
    targets
}

/// Rows at V55. User 99 never was, and nothing but the application knows that an email was number 98.
const ROWS: &str = "
    INSERT INTO phoenix_kit_admin_notes (user_id, author_id, content, inserted_at, updated_at)
    VALUES (1, 2, 'note', now(), now());
    INSERT INTO phoenix_kit_ai_accounts (name, api_key, inserted_at, updated_at) VALUES ('A', 'k', now(), now());
    INSERT INTO phoenix_kit_ai_requests (model, account_id, inserted_at, updated_at)
    VALUES ('m1', 1, now(), now()), ('m2', NULL, now(), now());
    INSERT INTO phoenix_kit_audit_logs (action, target_user_id, admin_user_id, inserted_at)
    VALUES ('a1', 1, 2, now()), ('a2', 99, 2, now());
    INSERT INTO phoenix_kit_comments (resource_type, resource_id, content, user_id)
    VALUES ('post', gen_random_uuid(), 'c1', 2), ('post', gen_random_uuid(), 'c2', NULL);
    INSERT INTO phoenix_kit_consent_logs (consent_type, user_id, inserted_at, updated_at)
    VALUES ('l1', 1, now(), now()), ('l2', 99, now(), now()), ('l3', NULL, now(), now());
    INSERT INTO phoenix_kit_email_logs (message_id, user_id, \"from\", \"to\", inserted_at, updated_at)
    VALUES ('e1', 2, 'f', 't', now(), now()), ('e2', NULL, 'f', 't', now(), now());
    INSERT INTO phoenix_kit_email_events (event_type, email_log_id, inserted_at, updated_at)
    VALUES ('open', 2, now(), now());
    INSERT INTO phoenix_kit_email_orphaned_events (event_type, aws_message_id, matched_email_log_id, inserted_at, updated_at)
    VALUES ('o1', 'x', 1, now(), now()), ('o2', 'y', 98, now(), now());
    INSERT INTO phoenix_kit_orders (order_number, user_id, total, inserted_at, updated_at)
    VALUES ('O1', 1, 1, now(), now()), ('O2', NULL, 1, now(), now());
    INSERT INTO phoenix_kit_subscription_plans (name, slug, price, inserted_at, updated_at)
    VALUES ('Iron', 'iron', 1, now(), now()), ('Gold', 'gold', 9, now(), now());
    INSERT INTO phoenix_kit_subscriptions (plan_name, plan_id, user_id, price, current_period_start, current_period_end,
        inserted_at, updated_at)
    VALUES ('Gold', 2, 2, 9, now(), now(), now(), now()), ('Iron', 1, 99, 1, now(), now(), now(), now());
    INSERT INTO phoenix_kit_invoices (invoice_number, user_id, order_id, subscription_id, total, inserted_at, updated_at)
    VALUES ('I1', 1, 2, 1, 1, now(), now());
    INSERT INTO phoenix_kit_posts (id, slug, title, content, user_id, inserted_at, updated_at)
    VALUES (gen_random_uuid(), 'p1', 't', 'c', 2, now(), now());
    INSERT INTO phoenix_kit_scheduled_jobs (id, job_type, handler_module, resource_type, resource_id, scheduled_at,
        created_by_id, inserted_at, updated_at)
    VALUES (gen_random_uuid(), 'j1', 'h', 'r', gen_random_uuid(), now(), 1, now(), now());
    INSERT INTO phoenix_kit_shop_products (price, vendor, slug) VALUES (1, 'V', '{\"en\": \"v\"}');
    INSERT INTO phoenix_kit_shop_carts (session_id, merged_into_cart_id, user_id, status)
    VALUES ('s1', 2, NULL, 'merged'), ('s2', 99, 1, 'active'), ('s3', NULL, NULL, 'active');
    INSERT INTO phoenix_kit_shop_cart_items (cart_id, product_id, product_title, unit_price, line_total)
    VALUES (2, 1, 'T1', 1, 1), (2, NULL, 'T2', 1, 1);
    INSERT INTO phoenix_kit_shop_categories (status, parent_id, slug)
    VALUES ('c1', NULL, '{\"en\": \"a\"}'), ('c2', 1, '{\"en\": \"b\"}');
    INSERT INTO phoenix_kit_transactions (transaction_number, user_id, invoice_id, amount, inserted_at, updated_at)
    VALUES ('T1', 1, 1, 1, now(), now());
    INSERT INTO phoenix_kit_user_role_assignments (user_id, role_id, inserted_at)
    SELECT 2, id, now() FROM phoenix_kit_user_roles WHERE name = 'Admin';
    INSERT INTO phoenix_kit_users_tokens (token, context, user_id, inserted_at)
    VALUES ('1', 'session', 2, now()), ('2', 'magic_link_registration', NULL, now())";

const TARGETS: [&str; 33] = [
    "admin_notes note: bo",
    "ai_requests m1: A",
    "ai_requests m2: nobody",
    "audit_logs a1: al",
    "audit_logs a2: nobody",
    "comments c1: bo",
    "comments c2: nobody",
    "consent_logs l1: al",
    "consent_logs l2: nobody",
    "consent_logs l3: nobody",
    "email_events open: e2",
    "email_logs e1: bo",
    "email_logs e2: nobody",
    "email_orphaned_events o1: e1",
    "email_orphaned_events o2: nobody",
    "invoices I1: O2",
    "invoices I1: Gold",
    "orders O1: al",
    "orders O2: nobody",
    "posts p1: bo",
    "scheduled_jobs j1: al",
    "shop_cart_items T1: V",
    "shop_cart_items T2: nobody",
    "shop_carts s1: s2",
    "shop_carts s2: nobody",
    "shop_carts s3: nobody",
    "shop_categories c1: nobody",
    "shop_categories c2: c1",
    "subscriptions Gold: bo",
    "subscriptions Iron: nobody",
    "transactions T1: I1",
    "user_role_assignments Admin: bo",
    "users_tokens session: bo",
];

#[tokio::test]
async fn references_lead_where_they_did_up_to_v76_and_back() {
    let mut install = Install::at(55).await;
    install.execute(&format!("{USERS} ('al', '', now(), now()), ('bo', '', now(), now()); {ROWS}")).await;
    let before = targets(&mut install, 0).await;
    // A token that belongs to nobody is deleted, because V57 holds that every token belongs to somebody.
    let (nobodys, before): (Vec<_>, Vec<_>) = before.into_iter().partition(|line| line.contains("magic_link"));
    assert_eq!(nobodys, ["users_tokens magic_link_registration: nobody"]);
    assert_eq!(before, TARGETS);
    install.go(76).await;
    assert_eq!(targets(&mut install, 1).await, TARGETS);
    // What must name somebody names a uuid, even if nobody has it.
    let somebody = "SELECT count(*) AS rows, count(target_user_uuid) AS uuids FROM phoenix_kit_audit_logs";
    assert_eq!(install.rows(somebody).await, [r#"{"rows":2,"uuids":2}"#]);

    // Rows that never had a number.
    let insert = format!(
        "{USERS} ('cy', '', now(), now());
         INSERT INTO phoenix_kit_comments (resource_type, resource_uuid, content, user_uuid)
         SELECT 'post', gen_random_uuid(), 'c3', uuid FROM phoenix_kit_users WHERE email = 'cy';
         INSERT INTO phoenix_kit_audit_logs (action, target_user_uuid, admin_user_uuid, inserted_at)
         SELECT 'a3', uuid, uuid, now() FROM phoenix_kit_users WHERE email = 'cy'"
    );
    install.execute(&insert).await;
    install.go(55).await;
    let after = targets(&mut install, 0).await;
    let (new, after): (Vec<_>, Vec<_>) = after.into_iter().partition(|line| line.ends_with(": cy"));
    assert_eq!(new, ["audit_logs a3: cy", "comments c3: cy"]);
    assert_eq!(after, TARGETS);
    let types = "
        SELECT s.plan_name, p.slug FROM phoenix_kit_subscriptions AS s
        JOIN phoenix_kit_subscription_plans AS p ON p.id = s.plan_id ORDER BY 1";
    let by_name = [r#"{"plan_name":"Gold","slug":"gold"}"#, r#"{"plan_name":"Iron","slug":"iron"}"#];
    assert_eq!(install.rows(types).await, by_name);
}

#[tokio::test]
async fn what_points_nowhere_goes_forgets_or_stays() {
    let mut install = Install::at(56).await;
    // Written since V56: by number alone, as before it, or by the uuid of a user who is gone.
    let insert = format!(
        "{USERS} ('al', '', now(), now());
         INSERT INTO phoenix_kit_users_tokens (token, context, user_id, user_uuid, inserted_at) VALUES
             ('1', 'by number', 1, NULL, now()),
             ('2', 'of the gone', 1, '00000000-0000-0000-0000-000000000009', now());
         INSERT INTO phoenix_kit_comments (resource_type, resource_id, content, user_id, user_uuid) VALUES
             ('post', gen_random_uuid(), 'by number', 1, NULL),
             ('post', gen_random_uuid(), 'of the gone', NULL, '00000000-0000-0000-0000-000000000009');
         INSERT INTO phoenix_kit_entities (name, display_name, created_by, created_by_uuid) VALUES
             ('by number', 'E', 1, NULL), ('nobody', 'E', 99, NULL),
             ('of the gone', 'E', 98, '00000000-0000-0000-0000-000000000009')"
    );
    install.execute(&insert).await;
    install.go(57).await;
    let tokens = "SELECT context, email FROM phoenix_kit_users_tokens AS t
        LEFT JOIN phoenix_kit_users AS u ON u.uuid = t.user_uuid";
    assert_eq!(install.rows(tokens).await, [r#"{"context":"by number","email":"al"}"#]);
    let comments = "SELECT content, email, user_uuid IS NULL AS forgot FROM phoenix_kit_comments AS c
        LEFT JOIN phoenix_kit_users AS u ON u.uuid = c.user_uuid ORDER BY content";
    let expected = [
        r#"{"content":"by number","email":"al","forgot":false}"#,
        r#"{"content":"of the gone","email":null,"forgot":true}"#,
    ];
    assert_eq!(install.rows(comments).await, expected);
    let entities = "SELECT name, email, right(created_by_uuid::text, 3) = '009' AS kept FROM phoenix_kit_entities AS e
        LEFT JOIN phoenix_kit_users AS u ON u.uuid = e.created_by_uuid ORDER BY name";
    let expected = [
        r#"{"name":"by number","email":"al","kept":false}"#,
        r#"{"name":"nobody","email":null,"kept":false}"#,
        r#"{"name":"of the gone","email":null,"kept":true}"#,
    ];
    assert_eq!(install.rows(entities).await, expected);

    install.go(69).await;
    let insert = r#"
        INSERT INTO phoenix_kit_email_logs (message_id, "from", "to", inserted_at, updated_at)
        VALUES ('e1', 'f', 't', now(), now());
        INSERT INTO phoenix_kit_email_orphaned_events
            (event_type, aws_message_id, matched_email_log_id, matched_email_log_uuid, inserted_at, updated_at)
        VALUES ('matched', 'x', 1, '00000000-0000-0000-0000-000000000009', now(), now()),
               ('not yet', 'x', 1, NULL, now(), now()),
               ('gone', 'x', 99, '00000000-0000-0000-0000-000000000009', now(), now()),
               ('by uuid', 'x', NULL, '00000000-0000-0000-0000-000000000009', now(), now());
        INSERT INTO phoenix_kit_scheduled_jobs (id, job_type, handler_module, resource_type, resource_uuid,
            scheduled_at, created_by_uuid, inserted_at, updated_at)
        SELECT gen_random_uuid(), t, 'h', 'r', gen_random_uuid(), now(), u, now(), now()
        FROM (VALUES ('of the gone', '00000000-0000-0000-0000-000000000009'), ('of al', NULL)) AS v (t, n),
            coalesce(n::uuid, (SELECT uuid FROM phoenix_kit_users)) AS u"#;
    install.execute(insert).await;
    install.go(72).await;
    let events = "SELECT event_type AS e, message_id AS m, matched_email_log_uuid IS NULL AS forgot
        FROM phoenix_kit_email_orphaned_events AS o
        LEFT JOIN phoenix_kit_email_logs AS l ON l.uuid = o.matched_email_log_uuid ORDER BY event_type";
    let expected = [
        r#"{"e":"by uuid","m":null,"forgot":false}"#,
        r#"{"e":"gone","m":null,"forgot":true}"#,
        r#"{"e":"matched","m":"e1","forgot":false}"#,
        r#"{"e":"not yet","m":"e1","forgot":false}"#,
    ];
    assert_eq!(install.rows(events).await, expected);
    let jobs = "SELECT job_type AS j, email FROM phoenix_kit_scheduled_jobs AS s
        LEFT JOIN phoenix_kit_users AS u ON u.uuid = s.created_by_uuid ORDER BY job_type";
    assert_eq!(install.rows(jobs).await, [r#"{"j":"of al","email":"al"}"#, r#"{"j":"of the gone","email":null}"#]);
}

#[tokio::test]
async fn v74_leaves_one_active_cart_to_each_visitor_on_the_way_down() {
    let mut install = Install::at(74).await;
    let insert = format!(
        "{USERS} ('al', '', now(), now());
         INSERT INTO phoenix_kit_shop_carts (currency, user_uuid, session_id, status, uuid)
         SELECT c, CASE WHEN c IN ('A', 'B', 'C') THEN u.uuid END, s, 'active',
             ('00000000-0000-0000-0000-00000000000' || n)::uuid
         FROM phoenix_kit_users AS u, (VALUES
             (1, 'A', NULL), (2, 'B', NULL), (3, 'C', 's0'), (4, 'D', 's1'), (5, 'E', 's1'), (6, 'F', NULL)
         ) AS v (n, c, s)"
    );
    install.execute(&insert).await;
    install.go(73).await;
    let carts = "SELECT currency AS c, status AS s, user_id AS u, right(session_id, 2) AS i
        FROM phoenix_kit_shop_carts ORDER BY uuid";
    let expected = [
        r#"{"c":"A","s":"abandoned","u":1,"i":null}"#,
        r#"{"c":"B","s":"abandoned","u":1,"i":null}"#,
        r#"{"c":"C","s":"active","u":1,"i":"s0"}"#,
        r#"{"c":"D","s":"abandoned","u":null,"i":"s1"}"#,
        r#"{"c":"E","s":"active","u":null,"i":"s1"}"#,
        r#"{"c":"F","s":"active","u":null,"i":"06"}"#,
    ];
    assert_eq!(install.rows(carts).await, expected);
}
