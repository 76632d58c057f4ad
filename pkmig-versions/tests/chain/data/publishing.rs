//! V68 and V88: posts that are published from the database.

use super::Install;

#[tokio::test]
async fn v68_gives_posts_without_a_slug_one_on_the_way_down() {
    let insert = "
        INSERT INTO phoenix_kit_publishing_groups (uuid, name, slug)
        VALUES ('00000000-0000-0000-0000-000000000001', 'g', 'g');
        INSERT INTO phoenix_kit_publishing_posts (group_uuid, slug)
        VALUES ('00000000-0000-0000-0000-000000000001', 'ä')";
    let mut install = Install::around(68, insert).await;
    let insert = "
        INSERT INTO phoenix_kit_publishing_posts (uuid, group_uuid, slug, post_date, post_time) VALUES
            ('00000000-0000-0000-0000-000000000002', '00000000-0000-0000-0000-000000000001', NULL, '2024-01-01', '10:00'),
            ('00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-000000000001', NULL, '2024-01-01', '11:00')";
    install.execute(insert).await;
    install.go(67).await;
    let back = [
        r#"{"slug":"migrated-00000000-0000-0000-0000-000000000002"}"#,
        r#"{"slug":"migrated-00000000-0000-0000-0000-000000000003"}"#,
        r#"{"slug":"ä"}"#,
    ];
    let slugs = "SELECT slug FROM phoenix_kit_publishing_posts ORDER BY slug COLLATE \"C\"";
    assert_eq!(install.rows(slugs).await, back);
}

/// Posts with their versions and contents, each known by the slug of its post.
const POSTS: &str = r#"
    INSERT INTO phoenix_kit_publishing_groups (name, slug) VALUES ('g', 'g');
    INSERT INTO phoenix_kit_publishing_posts
        (group_uuid, slug, status, primary_language, published_at, scheduled_at, updated_at, data)
    SELECT g.uuid, p.* FROM phoenix_kit_publishing_groups AS g CROSS JOIN (VALUES
        ('published', 'published', 'et', '2024-01-01 10:00Z'::timestamptz, NULL::timestamptz, '2024-02-01 10:00Z'::timestamptz,
         '{"tags": ["ü"], "allow_version_access": true, "other": 1}'::jsonb),
        ('trashed', 'trashed', 'en', '2024-01-02 10:00Z', NULL, '2024-02-02 10:00Z', '{"seo": {"title": null}}'),
        ('draft', 'draft', 'fr', NULL, NULL, '2024-02-03 10:00Z', '{}'),
        ('scheduled', 'scheduled', 'en', NULL, '2030-01-01 10:00Z', '2024-02-04 10:00Z', '{}'),
        ('versionless', 'published', 'en', '2024-01-05 10:00Z', NULL, '2024-02-05 10:00Z', '{"tags": []}'),
        ('scalar', 'published', 'en', NULL, NULL, '2024-02-06 10:00Z', '{"tags": []}')
    ) AS p;
    INSERT INTO phoenix_kit_publishing_versions (post_uuid, version_number, status, data)
    SELECT p.uuid, v.number, v.status, v.data FROM phoenix_kit_publishing_posts AS p JOIN (VALUES
        ('published', 1, 'published', '{}'::jsonb), ('published', 2, 'published', '{"kept": 2}'),
        ('published', 3, 'draft', '{"tags": ["own"], "featured_image_uuid": null}'),
        ('trashed', 1, 'published', '{}'),
        ('draft', 1, 'draft', '{"seo": {"title": null}, "tags": ["own"]}'),
        ('scheduled', 1, 'draft', '{}'),
        ('scalar', 1, 'published', '"text"')
    ) AS v (slug, number, status, data) ON v.slug = p.slug;
    INSERT INTO phoenix_kit_publishing_contents (version_uuid, language, title, data)
    SELECT v.uuid, c.language, 't', c.data FROM phoenix_kit_publishing_versions AS v
    JOIN phoenix_kit_publishing_posts AS p ON p.uuid = v.post_uuid
    JOIN (VALUES
        ('published', 1, 'en', '{}'::jsonb), ('published', 1, 'ru', '{"excerpt": "р"}'),
        ('published', 2, 'en', '{"description": "en"}'),
        ('published', 2, 'et', '{"description": "et", "featured_image_uuid": "f", "more": 1}'),
        ('published', 3, 'et', '{"description": "et"}'),
        ('trashed', 1, 'en', '["list"]'),
        ('draft', 1, 'fr', '{}'), ('draft', 1, 'de', '{}'),
        ('scalar', 1, 'en', '{"excerpt": "x"}')
    ) AS c (slug, number, language, data) ON c.slug = p.slug AND c.number = v.version_number"#;

#[tokio::test]
async fn v88_moves_what_a_post_says_to_its_versions_and_back() {
    let mut install = Install::around(88, POSTS).await;
    let posts = "
        SELECT slug, version_number AS active, trashed_at FROM phoenix_kit_publishing_posts AS p
        LEFT JOIN phoenix_kit_publishing_versions AS v ON v.uuid = p.active_version_uuid ORDER BY slug";
    let pointed = [
        r#"{"slug":"draft","active":null,"trashed_at":null}"#,
        r#"{"slug":"published","active":2,"trashed_at":null}"#,
        r#"{"slug":"scalar","active":1,"trashed_at":null}"#,
        r#"{"slug":"scheduled","active":null,"trashed_at":null}"#,
        r#"{"slug":"trashed","active":null,"trashed_at":"2024-02-02T10:00:00+00:00"}"#,
        r#"{"slug":"versionless","active":null,"trashed_at":null}"#,
    ];
    assert_eq!(install.rows(posts).await, pointed);
    let versions = "
        SELECT slug || version_number AS v, v.published_at AS at, v.data FROM phoenix_kit_publishing_versions AS v
        JOIN phoenix_kit_publishing_posts AS p ON p.uuid = v.post_uuid ORDER BY slug, version_number";
    let merged = [
        r#"{"v":"draft1","at":null,"data":{"seo": {"title": null}, "tags": ["own"]}}"#,
        r#"{"v":"published1","at":"2024-01-01T10:00:00+00:00","data":{"seo": {}, "tags": ["ü"], "excerpt": "р", "seo_title": null, "description": null, "featured_image_uuid": null, "allow_version_access": true}}"#,
        r#"{"v":"published2","at":"2024-01-01T10:00:00+00:00","data":{"seo": {}, "kept": 2, "tags": ["ü"], "excerpt": null, "seo_title": null, "description": "et", "featured_image_uuid": "f", "allow_version_access": true}}"#,
        r#"{"v":"published3","at":null,"data":{"tags": ["own"], "featured_image_uuid": null}}"#,
        r#"{"v":"scalar1","at":null,"data":"text"}"#,
        r#"{"v":"scheduled1","at":null,"data":{}}"#,
        r#"{"v":"trashed1","at":"2024-01-02T10:00:00+00:00","data":{"seo": {"title": null}, "tags": [], "excerpt": null, "seo_title": null, "description": null, "featured_image_uuid": null, "allow_version_access": false}}"#,
    ];
    assert_eq!(install.rows(versions).await, merged);

    install.go(87).await;
    let before = "
        SELECT slug, status, primary_language AS l, published_at AS at, data FROM phoenix_kit_publishing_posts
        ORDER BY slug";
    let back = [
        r#"{"slug":"draft","status":"draft","l":"de","at":null,"data":{"seo": {"title": null}, "tags": ["own"]}}"#,
        r#"{"slug":"published","status":"published","l":"en","at":"2024-01-01T10:00:00+00:00","data":{"seo": {}, "tags": ["ü"], "allow_version_access": true}}"#,
        r#"{"slug":"scalar","status":"published","l":"en","at":null,"data":{}}"#,
        r#"{"slug":"scheduled","status":"draft","l":"en","at":null,"data":{}}"#,
        r#"{"slug":"trashed","status":"trashed","l":"en","at":"2024-01-02T10:00:00+00:00","data":{"seo": {"title": null}, "tags": [], "allow_version_access": false}}"#,
        r#"{"slug":"versionless","status":"draft","l":"en","at":null,"data":{}}"#,
    ];
    assert_eq!(install.rows(before).await, back);
    install.go(88).await;
    assert_eq!(install.rows(posts).await[1], pointed[1]);
    assert_eq!(install.rows(versions).await, merged, "a second time changes nothing");
}
