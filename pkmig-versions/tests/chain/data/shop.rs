//! V51, V52, V54: orders without a user, slugs, and what a category is shown by. V81: the order of records.

use super::Install;

#[tokio::test]
async fn v51_does_not_go_down_over_orders_that_lost_their_user() {
    let mut install = Install::at(51).await;
    let order = "INSERT INTO phoenix_kit_orders (order_number, total, inserted_at, updated_at)
        VALUES ('O1', 1, now(), now())";
    install.execute(order).await;
    let refusal = install.refusal(50).await;
    assert!(refusal.contains("user_id") && refusal.contains("phoenix_kit_orders"), "{refusal}");
    let kept = "SELECT order_number, obj_description('phoenix_kit'::regclass) AS version FROM phoenix_kit_orders";
    assert_eq!(install.rows(kept).await, [r#"{"order_number":"O1","version":"51"}"#]);
}

#[tokio::test]
async fn v52_tells_shared_slugs_apart() {
    let insert = r#"
        INSERT INTO phoenix_kit_shop_products (price, uuid, slug) VALUES
            (1, '00000000-0000-0000-0000-000000000001', '{"en": "cup", "de": "tasse"}'),
            (1, '00000000-0000-0000-0000-000000000002', '{"en": "cup 2", "de": "tasse"}'),
            (1, '00000000-0000-0000-0000-000000000003', '{"et": "tasse"}'),
            (1, '00000000-0000-0000-0000-000000000004', '{"en": "cup"}'),
            (1, '00000000-0000-0000-0000-000000000005', '{}'),
            (1, '00000000-0000-0000-0000-000000000006', '{}'),
            (1, '00000000-0000-0000-0000-000000000007', NULL),
            (1, '00000000-0000-0000-0000-000000000008', '{"de": null, "en": "cup"}');
        INSERT INTO phoenix_kit_shop_categories (uuid, slug) VALUES
            ('00000000-0000-0000-0000-000000000001', '{"en": ""}'),
            ('00000000-0000-0000-0000-000000000002', '{"en": ""}')"#;
    let mut install = Install::around(52, insert).await;
    let products = "SELECT slug, extract_primary_slug(slug) AS first FROM phoenix_kit_shop_products ORDER BY id";
    let apart = [
        r#"{"slug":{"de": "tasse", "en": "cup"},"first":"tasse"}"#,
        r#"{"slug":{"de": "tasse-81f426e0", "en": "cup 2"},"first":"tasse-81f426e0"}"#,
        r#"{"slug":{"et": "tasse-ba584060"},"first":"tasse-ba584060"}"#,
        r#"{"slug":{"en": "cup"},"first":"cup"}"#,
        r#"{"slug":{},"first":null}"#,
        r#"{"slug":{},"first":null}"#,
        r#"{"slug":null,"first":null}"#,
        r#"{"slug":{"de": null, "en": "cup"},"first":null}"#,
    ];
    assert_eq!(install.rows(products).await, apart);
    let categories = "SELECT slug ->> 'en' AS slug FROM phoenix_kit_shop_categories ORDER BY id";
    assert_eq!(install.rows(categories).await, [r#"{"slug":""}"#, r#"{"slug":"-81f426e0"}"#]);
    install.go(51).await;
    assert_eq!(install.rows(categories).await, [r#"{"slug":""}"#, r#"{"slug":"-81f426e0"}"#], "slugs stay");
}

#[tokio::test]
async fn v54_shows_a_category_by_its_first_active_product_with_an_image() {
    let insert = r#"
        INSERT INTO phoenix_kit_shop_categories (name, image_id, image_url) VALUES
            ('"shown"', NULL, 'https://x.org/1.png'), ('"has an image"', gen_random_uuid(), NULL), ('"empty"', NULL, NULL),
            ('"no candidates"', NULL, NULL);
        INSERT INTO phoenix_kit_shop_products (price, title, category_id, status, featured_image_id) VALUES
            (1, '"draft"', 1, 'draft', gen_random_uuid()), (1, '"no image"', 1, 'active', NULL),
            (1, '"first"', 1, 'active', gen_random_uuid()), (1, '"second"', 1, 'active', gen_random_uuid()),
            (1, '"of 2"', 2, 'active', gen_random_uuid()), (1, '"archived"', 4, 'archived', gen_random_uuid()),
            (1, '"nowhere"', NULL, 'active', gen_random_uuid())"#;
    let mut install = Install::around(54, insert).await;
    let shown = "
        SELECT c.name, p.title FROM phoenix_kit_shop_categories AS c
        LEFT JOIN phoenix_kit_shop_products AS p ON p.id = c.featured_product_id ORDER BY c.id";
    let expected = [
        r#"{"name":"shown","title":"first"}"#,
        r#"{"name":"has an image","title":null}"#,
        r#"{"name":"empty","title":null}"#,
        r#"{"name":"no candidates","title":null}"#,
    ];
    assert_eq!(install.rows(shown).await, expected);
    install.execute("DELETE FROM phoenix_kit_shop_products WHERE title = '\"first\"'").await;
    install.go(53).await;
    let addresses = "SELECT count(*) AS categories, count(image_url) AS addresses FROM phoenix_kit_shop_categories";
    assert_eq!(install.rows(addresses).await, [r#"{"categories":4,"addresses":0}"#]);
}

#[tokio::test]
async fn v81_numbers_the_records_of_each_entity_as_they_were_made() {
    let insert = "
        INSERT INTO phoenix_kit_entities (name, display_name, created_by_uuid)
        VALUES ('a', 'A', gen_random_uuid()), ('b', 'B', gen_random_uuid());
        INSERT INTO phoenix_kit_entity_data (entity_uuid, title, created_by_uuid, date_created)
        SELECT e.uuid, v.title, gen_random_uuid(), v.made::timestamptz
        FROM (VALUES ('a', 'third', '2024-03-01'), ('a', 'first', '2023-12-31'), ('a', 'second', '2024-01-01'),
                     ('b', 'alone', '2020-01-01')) AS v (entity, title, made)
        JOIN phoenix_kit_entities AS e ON e.name = v.entity";
    let mut install = Install::around(81, insert).await;
    let places = "SELECT title, position FROM phoenix_kit_entity_data ORDER BY title = 'alone', position";
    let expected = [
        r#"{"title":"first","position":1}"#,
        r#"{"title":"second","position":2}"#,
        r#"{"title":"third","position":3}"#,
        r#"{"title":"alone","position":1}"#,
    ];
    assert_eq!(install.rows(places).await, expected);
    install.go(80).await;
    assert_eq!(install.value("SELECT count(*) FROM phoenix_kit_entity_data").await, "4");
}
