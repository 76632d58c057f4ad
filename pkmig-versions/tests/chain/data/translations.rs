//! V47 and V80: texts become maps from language to text.

use super::Install;

const PRODUCTS: &str = "
    SELECT title, slug, description AS d, body_html AS b, seo_title AS st, seo_description AS sd
    FROM phoenix_kit_shop_products ORDER BY id";
const PRODUCTS_BEFORE: &str = "
    SELECT title, slug, description AS d, body_html AS b, seo_title AS st, seo_description AS sd, translations AS t
    FROM phoenix_kit_shop_products ORDER BY id";

#[tokio::test]
async fn v47_merges_translations_over_the_default_language() {
    let insert = r#"
        INSERT INTO phoenix_kit_settings (key, value) VALUES ('default_language', 'et');
        INSERT INTO phoenix_kit_shop_products
            (price, title, slug, description, body_html, seo_title, seo_description, translations)
        VALUES
            (1, 'Kruus', 'kruus', 'Suur', '', NULL, 'x',
             '{"en": {"title": "Mug", "slug": "mug"}, "ru": {"title": "Кружка", "description": ""}}'),
            (1, 'Vana', 'vana', NULL, NULL, NULL, NULL,
             '{"et": {"title": "Uus", "slug": null}, "en": "no map", "de": [1], "fr": null, "ru": {"title": 5}}'),
            (1, '', 's3', NULL, NULL, NULL, NULL, NULL),
            (1, 'Neli', 's4', NULL, NULL, NULL, NULL, '["title"]'),
            (1, 'Viis', 's5', NULL, NULL, NULL, NULL, '"title"'),
            (1, 'Kuus', 's6', NULL, NULL, NULL, NULL, 'null')"#;
    let mut install = Install::around(47, insert).await;
    let localized = [
        r#"{"title":{"en": "Mug", "et": "Kruus", "ru": "Кружка"},"slug":{"en": "mug", "et": "kruus"},"d":{"et": "Suur", "ru": ""},"b":{},"st":{},"sd":{"et": "x"}}"#,
        r#"{"title":{"et": "Uus", "ru": "5"},"slug":{"et": "vana"},"d":{},"b":{},"st":{},"sd":{}}"#,
        r#"{"title":{},"slug":{"et": "s3"},"d":{},"b":{},"st":{},"sd":{}}"#,
        r#"{"title":{"et": "Neli"},"slug":{"et": "s4"},"d":{},"b":{},"st":{},"sd":{}}"#,
        r#"{"title":{"et": "Viis"},"slug":{"et": "s5"},"d":{},"b":{},"st":{},"sd":{}}"#,
        r#"{"title":{"et": "Kuus"},"slug":{"et": "s6"},"d":{},"b":{},"st":{},"sd":{}}"#,
    ];
    assert_eq!(install.rows(PRODUCTS).await, localized);

    install.go(46).await;
    let back = [
        r#"{"title":"Kruus","slug":"kruus","d":"Suur","b":null,"st":null,"sd":"x","t":{"en": {"slug": "mug", "title": "Mug"}, "ru": {"title": "Кружка", "description": ""}}}"#,
        r#"{"title":"Uus","slug":"vana","d":null,"b":null,"st":null,"sd":null,"t":{"ru": {"title": "5"}}}"#,
        r#"{"title":"","slug":"s3","d":null,"b":null,"st":null,"sd":null,"t":{}}"#,
        r#"{"title":"Neli","slug":"s4","d":null,"b":null,"st":null,"sd":null,"t":{}}"#,
        r#"{"title":"Viis","slug":"s5","d":null,"b":null,"st":null,"sd":null,"t":{}}"#,
        r#"{"title":"Kuus","slug":"s6","d":null,"b":null,"st":null,"sd":null,"t":{}}"#,
    ];
    assert_eq!(install.rows(PRODUCTS_BEFORE).await, back);
    install.go(47).await;
    let again = [
        r#"{"title":{"en": "Mug", "et": "Kruus", "ru": "Кружка"},"slug":{"en": "mug", "et": "kruus"},"d":{"et": "Suur", "ru": ""},"b":{},"st":{},"sd":{"et": "x"}}"#,
    ];
    assert_eq!(install.rows(PRODUCTS).await[..1], again);
}

#[tokio::test]
async fn v47_keeps_every_text_on_the_way_down() {
    let mut install = Install::at(47).await;
    let insert = r#"
        INSERT INTO phoenix_kit_settings (key, value) VALUES ('default_language', NULL);
        INSERT INTO phoenix_kit_shop_products (price, uuid, title, slug, description, seo_title) VALUES
            (1, '00000000-0000-0000-0000-000000000001', '{"de": null, "ru": "Только"}', '{}', '{"ru": "А"}', NULL),
            (1, '00000000-0000-0000-0000-000000000002', NULL, NULL, '{"en": ""}', '{"en": null}'),
            (1, '00000000-0000-0000-0000-000000000003', '{"en": "Cup"}', '{"en": "cup", "de": "tasse"}', '{}', '{}'),
            (1, '00000000-0000-0000-0000-000000000004', '{"en": "Cup"}', '{"en": "cup", "de": "tasse"}', '{}', '{}');
        INSERT INTO phoenix_kit_shop_categories (uuid, name, slug, description) VALUES
            ('00000000-0000-0000-0000-000000000005', '{"en": "Cups", "de": "Tassen"}', '{"en": "c"}', '{"de": "d"}'),
            ('00000000-0000-0000-0000-000000000006', '{}', '{"en": "c"}', NULL)"#;
    install.execute(insert).await;
    let long = "INSERT INTO phoenix_kit_shop_products (price, title, slug) VALUES
        (1, jsonb_build_object('en', repeat('ü', 300)), '{\"en\": \"long\"}')";
    install.execute(long).await;
    install.go(46).await;
    let products = "
        SELECT title, slug, description AS d, seo_title AS st, translations AS t
        FROM phoenix_kit_shop_products WHERE slug <> 'long' ORDER BY id";
    let back = [
        r#"{"title":"Только","slug":"00000000-0000-0000-0000-000000000001","d":null,"st":null,"t":{"ru": {"title": "Только", "description": "А"}}}"#,
        r#"{"title":"","slug":"00000000-0000-0000-0000-000000000002","d":"","st":null,"t":{"en": {"description": ""}}}"#,
        r#"{"title":"Cup","slug":"cup","d":null,"st":null,"t":{"de": {"slug": "tasse"}}}"#,
        r#"{"title":"Cup","slug":"cup-f9057c2c","d":null,"st":null,"t":{"de": {"slug": "tasse"}}}"#,
    ];
    assert_eq!(install.rows(products).await, back);
    let categories = "
        SELECT name, slug, description AS d, translations AS t FROM phoenix_kit_shop_categories ORDER BY id";
    let back = [
        r#"{"name":"Cups","slug":"c","d":null,"t":{"de": {"name": "Tassen", "description": "d"}}}"#,
        r#"{"name":"","slug":"c-4648233f","d":null,"t":{}}"#,
    ];
    assert_eq!(install.rows(categories).await, back);
    let lengths = "SELECT length(title) AS cut, length(translations -> 'en' ->> 'title') AS whole
        FROM phoenix_kit_shop_products WHERE slug = 'long'";
    assert_eq!(install.rows(lengths).await, [r#"{"cut":255,"whole":300}"#]);
    install.go(47).await;
    let whole = "SELECT length(title ->> 'en') FROM phoenix_kit_shop_products WHERE slug ->> 'en' = 'long'";
    assert_eq!(install.value(whole).await, "300");
}

const TEMPLATES: &str = "
    SELECT subject, html_body AS html, text_body AS text, display_name AS shown, description AS d
    FROM phoenix_kit_email_templates WHERE name IN ('a', 'b', 'c') ORDER BY name";

#[tokio::test]
async fn v80_wraps_a_text_once_and_unwraps_it() {
    let insert = r#"
        INSERT INTO phoenix_kit_email_templates
            (name, slug, subject, html_body, text_body, display_name, description, inserted_at, updated_at)
        VALUES ('a', 'a', 'Tere ööd', '<b>"x"</b>', '', '{"en": "x"}', NULL, now(), now()),
               ('b', 'b', '', 'h', 't', 'B', '', now(), now());
        INSERT INTO phoenix_kit_email_logs (message_id, "from", "to", inserted_at, updated_at)
        VALUES ('m', 'f', 't', now(), now())"#;
    let mut install = Install::around(80, insert).await;
    let wrapped = [
        r#"{"subject":{"en": "Tere ööd"},"html":{"en": "<b>\"x\"</b>"},"text":{"en": ""},"shown":{"en": "{\"en\": \"x\"}"},"d":null}"#,
        r#"{"subject":{"en": ""},"html":{"en": "h"},"text":{"en": "t"},"shown":{"en": "B"},"d":{"en": ""}}"#,
    ];
    assert_eq!(install.rows(TEMPLATES).await, wrapped);
    assert_eq!(install.value("SELECT locale FROM phoenix_kit_email_logs").await, "en");

    // The original leaves such a database stamped as V79.
    install.execute("COMMENT ON TABLE phoenix_kit IS '79'").await;
    install.go(80).await;
    assert_eq!(install.rows(TEMPLATES).await, wrapped, "not wrapped twice");

    let insert = r#"
        INSERT INTO phoenix_kit_email_templates
            (name, slug, subject, html_body, text_body, display_name, description, inserted_at, updated_at)
        VALUES ('c', 'c', '{"de": "Hallo", "et": "Tere"}', '{}', '{"en": null}', '"no map"', '["x"]', now(), now())"#;
    install.execute(insert).await;
    install.go(79).await;
    let back = [
        r#"{"subject":"Tere ööd","html":"<b>\"x\"</b>","text":"","shown":"{\"en\": \"x\"}","d":null}"#,
        r#"{"subject":"","html":"h","text":"t","shown":"B","d":""}"#,
        r#"{"subject":"Hallo","html":"","text":"","shown":"","d":null}"#,
    ];
    assert_eq!(install.rows(TEMPLATES).await, back);
}
