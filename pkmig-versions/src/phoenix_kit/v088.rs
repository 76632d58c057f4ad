//! V88: a published post points at its version, and the version knows when it was published.
//!
//! A post is no more than a place in its group: what it says and since when moves to its versions, but
//! for a version whose data is no map: that stays as it is.
//! The way down tells trashed, published and draft posts apart, but a scheduled or archived post
//! comes back as a draft, and a post in several languages as one in English, or else in the first.

pkmig::migration! {
    V88 "versions hold what a post says" {
        add_column phoenix_kit_publishing_posts.active_version_uuid: uuid references(
            phoenix_kit_publishing_versions.uuid, on_delete: set_null, name: fk_publishing_posts_active_version
        );
        add_column phoenix_kit_publishing_posts.trashed_at: timestamptz;
        add_column phoenix_kit_publishing_versions.published_at: timestamptz;
        add_column phoenix_kit_publishing_groups.{title_i18n, description_i18n}: jsonb not_null default("{}");

        create_index idx_publishing_posts_active_version on phoenix_kit_publishing_posts (active_version_uuid)
            where("active_version_uuid IS NOT NULL");
        create_index idx_publishing_posts_trashed_at on phoenix_kit_publishing_posts (trashed_at)
            where("trashed_at IS NULL");
        create_index idx_publishing_versions_published_at on phoenix_kit_publishing_versions (published_at desc)
            where("published_at IS NOT NULL");

        // Of several published versions the highest is the active one.
        execute r#"
            UPDATE @.phoenix_kit_publishing_posts
            SET trashed_at = updated_at
            WHERE status = 'trashed' AND trashed_at IS NULL;

            UPDATE @.phoenix_kit_publishing_posts AS post
            SET active_version_uuid = newest.uuid
            FROM (
                SELECT DISTINCT ON (post_uuid) post_uuid, uuid
                FROM @.phoenix_kit_publishing_versions
                WHERE status = 'published'
                ORDER BY post_uuid, version_number DESC
            ) AS newest
            WHERE newest.post_uuid = post.uuid AND post.status = 'published' AND post.active_version_uuid IS NULL;

            UPDATE @.phoenix_kit_publishing_versions AS version
            SET published_at = post.published_at
            FROM @.phoenix_kit_publishing_posts AS post
            WHERE post.uuid = version.post_uuid AND version.status = 'published'
                AND version.published_at IS NULL AND post.published_at IS NOT NULL;

            UPDATE @.phoenix_kit_publishing_versions AS version
            SET data = version.data || jsonb_build_object(
                'allow_version_access', coalesce(post.data -> 'allow_version_access', 'false'::jsonb),
                'tags', coalesce(post.data -> 'tags', '[]'::jsonb),
                'seo', coalesce(post.data -> 'seo', '{}'::jsonb)
            )
            FROM @.phoenix_kit_publishing_posts AS post
            WHERE post.uuid = version.post_uuid AND post.data <> '{}'::jsonb
                AND jsonb_typeof(version.data) = 'object' AND NOT version.data ? 'tags';

            UPDATE @.phoenix_kit_publishing_versions AS version
            SET data = version.data || jsonb_build_object(
                'featured_image_uuid', best.data -> 'featured_image_uuid',
                'description', best.data -> 'description',
                'seo_title', best.data -> 'seo_title',
                'excerpt', best.data -> 'excerpt'
            )
            FROM (
                SELECT DISTINCT ON (content.version_uuid) content.version_uuid, content.data
                FROM @.phoenix_kit_publishing_contents AS content
                JOIN @.phoenix_kit_publishing_versions AS its_version ON its_version.uuid = content.version_uuid
                JOIN @.phoenix_kit_publishing_posts AS post ON post.uuid = its_version.post_uuid
                WHERE content.data <> '{}'::jsonb
                ORDER BY content.version_uuid, content.language <> post.primary_language, content.language
            ) AS best
            WHERE best.version_uuid = version.uuid
                AND jsonb_typeof(version.data) = 'object' AND NOT version.data ? 'featured_image_uuid'
        "#
        when(column phoenix_kit_publishing_posts.primary_language)
        on_fresh(skip)
        lossy_down r#"
            UPDATE @.phoenix_kit_publishing_posts
            SET status = CASE WHEN trashed_at IS NULL THEN 'published' ELSE 'trashed' END
            WHERE trashed_at IS NOT NULL OR active_version_uuid IS NOT NULL;

            UPDATE @.phoenix_kit_publishing_posts AS post
            SET published_at = shown.published_at,
                data = coalesce(
                    (
                        SELECT jsonb_object_agg(key, value)
                        FROM jsonb_each(CASE jsonb_typeof(shown.data) WHEN 'object' THEN shown.data END)
                        WHERE key IN ('allow_version_access', 'tags', 'seo')
                    ),
                    '{}'
                )
            FROM (
                SELECT DISTINCT ON (version.post_uuid) version.post_uuid, version.published_at, version.data
                FROM @.phoenix_kit_publishing_versions AS version
                JOIN @.phoenix_kit_publishing_posts AS its_post ON its_post.uuid = version.post_uuid
                ORDER BY version.post_uuid, version.uuid = its_post.active_version_uuid DESC NULLS LAST,
                    version.published_at DESC NULLS LAST, version.version_number DESC
            ) AS shown
            WHERE shown.post_uuid = post.uuid;

            UPDATE @.phoenix_kit_publishing_posts AS post
            SET primary_language = spoken.language
            FROM (
                SELECT DISTINCT ON (version.post_uuid) version.post_uuid, content.language
                FROM @.phoenix_kit_publishing_contents AS content
                JOIN @.phoenix_kit_publishing_versions AS version ON version.uuid = content.version_uuid
                ORDER BY version.post_uuid, content.language <> 'en', content.language
            ) AS spoken
            WHERE spoken.post_uuid = post.uuid
        "#;

        // Three indexes go with their columns.
        drop_column phoenix_kit_publishing_posts.{status, primary_language, published_at, scheduled_at, data};
    }
}
