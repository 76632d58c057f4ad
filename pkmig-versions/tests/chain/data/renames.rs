//! V58, V62, V65, V84, V89: rows keep what they hold while columns change names and types, and tables names.

use super::{Install, USERS};

#[tokio::test]
async fn v58_keeps_the_moments_whatever_the_time_zone_of_the_session() {
    let mut install = Install::at(57).await;
    let user = format!("{USERS} ('a', '', '2024-03-31 02:30:00', '2024-12-31 23:59:59')");
    install.execute(&format!("SET TimeZone = 'Europe/Tallinn'; {user}")).await;
    install.go(58).await;
    let moments = "
        SELECT inserted_at AT TIME ZONE 'UTC' AS i, updated_at AT TIME ZONE 'UTC' AS u FROM phoenix_kit_users";
    assert_eq!(install.rows(moments).await, [r#"{"i":"2024-03-31T02:30:00","u":"2024-12-31T23:59:59"}"#]);
    install.go(57).await;
    let moments = "SELECT inserted_at AS i, updated_at AS u FROM phoenix_kit_users";
    assert_eq!(install.rows(moments).await, [r#"{"i":"2024-03-31T02:30:00","u":"2024-12-31T23:59:59"}"#]);
}

#[tokio::test]
async fn v62_and_v65_rename_around_the_rows() {
    let mut install = Install::at(61).await;
    let insert = "
        INSERT INTO phoenix_kit_comments (id, resource_type, resource_id, parent_id, content) VALUES
            ('00000000-0000-0000-0000-000000000001', 'post', '00000000-0000-0000-0000-000000000009', NULL, 'one'),
            ('00000000-0000-0000-0000-000000000002', 'post', '00000000-0000-0000-0000-000000000009',
             '00000000-0000-0000-0000-000000000001', 'two');
        INSERT INTO phoenix_kit_subscription_plans (name, slug, price, inserted_at, updated_at)
        VALUES ('Gold', 'gold', 9.99, now(), now());
        INSERT INTO phoenix_kit_subscriptions (user_id, user_uuid, plan_id, plan_name, price, current_period_start,
            current_period_end, inserted_at, updated_at)
        VALUES (1, gen_random_uuid(), 1, 'Gold', 9.99, now(), now(), now(), now())";
    install.execute(insert).await;
    install.go(65).await;
    let comments = "
        SELECT content AS c, right(resource_uuid::text, 1) AS r, right(parent_uuid::text, 1) AS p
        FROM phoenix_kit_comments ORDER BY content";
    assert_eq!(install.rows(comments).await, [r#"{"c":"one","r":"9","p":null}"#, r#"{"c":"two","r":"9","p":"1"}"#]);
    let types = "
        SELECT t.slug, s.price FROM phoenix_kit_subscriptions AS s
        JOIN phoenix_kit_subscription_types AS t ON t.id = s.subscription_type_id";
    assert_eq!(install.rows(types).await, [r#"{"slug":"gold","price":9.99}"#]);
    install.go(61).await;
    let comments = "
        SELECT content AS c, right(resource_id::text, 1) AS r, right(parent_id::text, 1) AS p
        FROM phoenix_kit_comments ORDER BY content";
    assert_eq!(install.rows(comments).await, [r#"{"c":"one","r":"9","p":null}"#, r#"{"c":"two","r":"9","p":"1"}"#]);
    let plans = "
        SELECT p.slug, s.price FROM phoenix_kit_subscriptions AS s
        JOIN phoenix_kit_subscription_plans AS p ON p.id = s.plan_id";
    assert_eq!(install.rows(plans).await, [r#"{"slug":"gold","price":9.99}"#]);
}

#[tokio::test]
async fn v84_takes_over_the_tables_of_an_early_v79() {
    let mut install = Install::at(83).await;
    let insert = format!(
        "{USERS} ('a', '', now(), now());
         INSERT INTO phoenix_kit_newsletters_lists (name, slug) VALUES ('L', 'l');
         INSERT INTO phoenix_kit_newsletters_list_members (list_uuid, user_uuid)
         SELECT l.uuid, u.uuid FROM phoenix_kit_newsletters_lists AS l, phoenix_kit_users AS u;
         INSERT INTO phoenix_kit_newsletters_broadcasts (list_uuid, subject)
         SELECT uuid, 'S' FROM phoenix_kit_newsletters_lists;
         INSERT INTO phoenix_kit_newsletters_deliveries (broadcast_uuid, user_uuid)
         SELECT b.uuid, u.uuid FROM phoenix_kit_newsletters_broadcasts AS b, phoenix_kit_users AS u;
         ALTER TABLE phoenix_kit_newsletters_lists RENAME TO phoenix_kit_mailing_lists;
         ALTER TABLE phoenix_kit_newsletters_list_members RENAME TO phoenix_kit_mailing_list_members;
         ALTER TABLE phoenix_kit_newsletters_broadcasts RENAME TO phoenix_kit_mailing_broadcasts;
         ALTER TABLE phoenix_kit_newsletters_deliveries RENAME TO phoenix_kit_mailing_deliveries"
    );
    install.execute(&insert).await;
    install.go(84).await;
    let delivered = "
        SELECT l.slug, b.subject, u.email FROM phoenix_kit_newsletters_deliveries AS d
        JOIN phoenix_kit_newsletters_broadcasts AS b ON b.uuid = d.broadcast_uuid
        JOIN phoenix_kit_newsletters_lists AS l ON l.uuid = b.list_uuid
        JOIN phoenix_kit_newsletters_list_members AS m ON m.list_uuid = l.uuid
        JOIN phoenix_kit_users AS u ON u.uuid = d.user_uuid AND u.uuid = m.user_uuid";
    assert_eq!(install.rows(delivered).await, [r#"{"slug":"l","subject":"S","email":"a"}"#]);
    install.go(83).await;
    assert_eq!(install.rows(delivered).await, [r#"{"slug":"l","subject":"S","email":"a"}"#], "a repair stays");

    // Where both are there, both stay.
    let both = "CREATE TABLE phoenix_kit_mailing_lists AS SELECT 'old' AS name";
    install.execute(both).await;
    install.go(84).await;
    assert_eq!(install.value("SELECT name FROM phoenix_kit_mailing_lists").await, "old");
    assert_eq!(install.value("SELECT name FROM phoenix_kit_newsletters_lists").await, "L");
}

#[tokio::test]
async fn v89_keeps_the_prices() {
    let insert = "
        INSERT INTO phoenix_kit_cat_items (name, price, inserted_at, updated_at)
        VALUES ('a', 9.99, now(), now()), ('b', NULL, now(), now())";
    let mut install = Install::around(89, insert).await;
    let prices = "SELECT base_price AS p FROM phoenix_kit_cat_items ORDER BY name";
    assert_eq!(install.rows(prices).await, [r#"{"p":9.99}"#, r#"{"p":null}"#]);
    install.go(88).await;
    let prices = "SELECT price AS p FROM phoenix_kit_cat_items ORDER BY name";
    assert_eq!(install.rows(prices).await, [r#"{"p":9.99}"#, r#"{"p":null}"#]);
}
