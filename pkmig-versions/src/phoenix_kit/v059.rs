//! V59: posts can be published from the database instead of from files.
//!
//! A group holds posts, a post has versions, a version has one content for each language. Files stay
//! the default until the setting says otherwise.

pkmig::migration! {
    V59 "publishing" {
        create_table phoenix_kit_publishing_groups {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar(255) not_null,
            slug: varchar(255) not_null,
            mode: varchar(20) not_null default("timestamp"),
            position: integer not_null default(0),
            data: jsonb not_null default("{}"),
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            unique_index idx_publishing_groups_slug (slug),
        }

        create_table phoenix_kit_publishing_posts {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            group_id: uuid not_null
                references(phoenix_kit_publishing_groups.uuid, on_delete: cascade, name: fk_publishing_posts_group),
            slug: varchar(500) not_null,
            status: varchar(20) not_null default("draft"),
            mode: varchar(20) not_null default("timestamp"),
            primary_language: varchar(10) not_null default("en"),
            published_at: timestamptz,
            scheduled_at: timestamptz,
            post_date: date,
            post_time: time,
            created_by_uuid: uuid
                references(phoenix_kit_users.uuid, on_delete: set_null, name: fk_publishing_posts_created_by),
            created_by_id: bigint,
            updated_by_uuid: uuid
                references(phoenix_kit_users.uuid, on_delete: set_null, name: fk_publishing_posts_updated_by),
            updated_by_id: bigint,
            data: jsonb not_null default("{}"),
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            unique_index idx_publishing_posts_group_slug (group_id, slug),
            index idx_publishing_posts_group_id (group_id),
            index idx_publishing_posts_group_status (group_id, status),
            index idx_publishing_posts_group_published_at (group_id, published_at desc),
            index idx_publishing_posts_group_date_time (group_id, post_date desc, post_time desc)
                where("post_date IS NOT NULL"),
            index idx_publishing_posts_scheduled (scheduled_at) where("status = 'scheduled'"),
            index idx_publishing_posts_created_by (created_by_uuid),
            index idx_publishing_posts_updated_by (updated_by_uuid),
        }

        create_table phoenix_kit_publishing_versions {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            post_id: uuid not_null
                references(phoenix_kit_publishing_posts.uuid, on_delete: cascade, name: fk_publishing_versions_post),
            version_number: integer not_null,
            status: varchar(20) not_null default("draft"),
            created_by_uuid: uuid
                references(phoenix_kit_users.uuid, on_delete: set_null, name: fk_publishing_versions_created_by),
            created_by_id: bigint,
            data: jsonb not_null default("{}"),
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            unique_index idx_publishing_versions_post_number (post_id, version_number),
            index idx_publishing_versions_post_id (post_id),
            index idx_publishing_versions_post_status (post_id, status),
            index idx_publishing_versions_created_by (created_by_uuid),
        }

        create_table phoenix_kit_publishing_contents {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            version_id: uuid not_null references(
                phoenix_kit_publishing_versions.uuid, on_delete: cascade, name: fk_publishing_contents_version
            ),
            language: varchar(10) not_null,
            title: varchar(500) not_null,
            content: text,
            status: varchar(20) not_null default("draft"),
            url_slug: varchar(500),
            data: jsonb not_null default("{}"),
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            unique_index idx_publishing_contents_version_language (version_id, language),
            index idx_publishing_contents_version_id (version_id),
            index idx_publishing_contents_url_slug (url_slug) where("url_slug IS NOT NULL"),
            index idx_publishing_contents_data_gin (data) using gin,
        }

        seed phoenix_kit_settings (key, value, date_added, date_updated) on_conflict(key) do_nothing {
            ("publishing_storage", "filesystem", now(), now()),
        }
    }
}
