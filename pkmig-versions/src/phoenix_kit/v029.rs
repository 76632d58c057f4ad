//! V29: users write posts.
//!
//! A post has media, likes, comments, mentions and tags, and is gathered in groups. Counters on the
//! post spare a count over its likes, comments and views. The module is off until switched on.

pkmig::migration! {
    V29 "posts" {
        create_table phoenix_kit_posts {
            id: uuid primary_key,
            user_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            title: varchar(255) not_null,
            sub_title: varchar(255),
            content: text not_null,
            "type": varchar(255) not_null default("post"),
            status: varchar(255) not_null default("draft"),
            scheduled_at: timestamp,
            published_at: timestamp,
            repost_url: varchar(255),
            slug: varchar(255) not_null,
            like_count: integer not_null default(0),
            comment_count: integer not_null default(0),
            view_count: integer not_null default(0),
            metadata: jsonb default("{}"),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_posts_user_id_index (user_id),
            index phoenix_kit_posts_type_index ("type"),
            index phoenix_kit_posts_status_index (status),
            index phoenix_kit_posts_scheduled_at_index (scheduled_at),
            index phoenix_kit_posts_published_at_index (published_at),
            index phoenix_kit_posts_slug_index (slug),
            index phoenix_kit_posts_user_id_status_index (user_id, status),
            index phoenix_kit_posts_type_status_index ("type", status),
            index phoenix_kit_posts_status_published_at_index (status, published_at),
            comment "what users publish, now or at a set time",
        }

        create_table phoenix_kit_post_media {
            id: uuid primary_key,
            post_id: uuid not_null references(phoenix_kit_posts.id, on_delete: cascade),
            file_id: uuid not_null references(phoenix_kit_files.id, on_delete: cascade),
            position: integer not_null,
            caption: text,
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_post_media_post_id_index (post_id),
            index phoenix_kit_post_media_file_id_index (file_id),
            index phoenix_kit_post_media_position_index (position),
            unique_index phoenix_kit_post_media_post_id_position_index (post_id, position),
            comment "images and files of a post, in order",
        }

        create_table phoenix_kit_post_likes {
            id: uuid primary_key,
            post_id: uuid not_null references(phoenix_kit_posts.id, on_delete: cascade),
            user_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_post_likes_post_id_index (post_id),
            index phoenix_kit_post_likes_user_id_index (user_id),
            unique_index phoenix_kit_post_likes_post_id_user_id_index (post_id, user_id),
            comment "who likes which post, once each",
        }

        create_table phoenix_kit_post_comments {
            id: uuid primary_key,
            post_id: uuid not_null references(phoenix_kit_posts.id, on_delete: cascade),
            user_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            parent_id: uuid references(phoenix_kit_post_comments.id, on_delete: cascade),
            content: text not_null,
            status: varchar(255) not_null default("published"),
            depth: integer not_null default(0),
            like_count: integer not_null default(0),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_post_comments_post_id_index (post_id),
            index phoenix_kit_post_comments_user_id_index (user_id),
            index phoenix_kit_post_comments_parent_id_index (parent_id),
            index phoenix_kit_post_comments_status_index (status),
            index phoenix_kit_post_comments_depth_index (depth),
            index phoenix_kit_post_comments_post_id_parent_id_depth_index (post_id, parent_id, depth),
            comment "answers to a post, and answers to answers",
        }

        create_table phoenix_kit_post_mentions {
            id: uuid primary_key,
            post_id: uuid not_null references(phoenix_kit_posts.id, on_delete: cascade),
            user_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            mention_type: varchar(255) not_null default("mention"),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_post_mentions_post_id_index (post_id),
            index phoenix_kit_post_mentions_user_id_index (user_id),
            index phoenix_kit_post_mentions_mention_type_index (mention_type),
            unique_index phoenix_kit_post_mentions_post_id_user_id_index (post_id, user_id),
            comment "users named in a post or having a part in it",
        }

        create_table phoenix_kit_post_tags {
            id: uuid primary_key,
            name: varchar(255) not_null,
            slug: varchar(255) not_null,
            usage_count: integer not_null default(0),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_post_tags_usage_count_index (usage_count),
            unique_index phoenix_kit_post_tags_slug_index (slug),
            comment "hashtags, with the number of posts that use them",
        }

        create_table phoenix_kit_post_tag_assignments {
            post_id: uuid not_null references(phoenix_kit_posts.id, on_delete: cascade),
            tag_id: uuid not_null references(phoenix_kit_post_tags.id, on_delete: cascade),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_post_tag_assignments_post_id_index (post_id),
            index phoenix_kit_post_tag_assignments_tag_id_index (tag_id),
            unique_index phoenix_kit_post_tag_assignments_post_id_tag_id_index (post_id, tag_id),
            comment "which post carries which tag",
        }

        create_table phoenix_kit_post_groups {
            id: uuid primary_key,
            user_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            name: varchar(255) not_null,
            slug: varchar(255) not_null,
            description: text,
            cover_image_id: uuid references(phoenix_kit_files.id, on_delete: set_null),
            post_count: integer not_null default(0),
            is_public: boolean not_null default(false),
            position: integer not_null default(0),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_post_groups_user_id_index (user_id),
            index phoenix_kit_post_groups_is_public_index (is_public),
            index phoenix_kit_post_groups_position_index (position),
            index phoenix_kit_post_groups_user_id_position_index (user_id, position),
            unique_index phoenix_kit_post_groups_user_id_slug_index (user_id, slug),
            comment "boards on which a user collects posts",
        }

        create_table phoenix_kit_post_group_assignments {
            post_id: uuid not_null references(phoenix_kit_posts.id, on_delete: cascade),
            group_id: uuid not_null references(phoenix_kit_post_groups.id, on_delete: cascade),
            position: integer not_null default(0),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_post_group_assignments_post_id_index (post_id),
            index phoenix_kit_post_group_assignments_group_id_index (group_id),
            index phoenix_kit_post_group_assignments_position_index (position),
            index phoenix_kit_post_group_assignments_group_id_position_index (group_id, position),
            unique_index phoenix_kit_post_group_assignments_post_id_group_id_index (post_id, group_id),
            comment "which post is on which board, and where",
        }

        create_table phoenix_kit_post_views {
            id: uuid primary_key,
            post_id: uuid not_null references(phoenix_kit_posts.id, on_delete: cascade),
            user_id: bigint references(phoenix_kit_users.id, on_delete: cascade),
            ip_address: varchar(255),
            user_agent_hash: varchar(255),
            session_id: varchar(255),
            viewed_at: timestamp not_null,
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_post_views_post_id_index (post_id),
            index phoenix_kit_post_views_user_id_index (user_id),
            index phoenix_kit_post_views_session_id_index (session_id),
            index phoenix_kit_post_views_viewed_at_index (viewed_at),
            index phoenix_kit_post_views_post_id_viewed_at_index (post_id, viewed_at),
            comment "one row for each time a post was read",
        }

        seed phoenix_kit_settings (key, value, date_added, date_updated) on_conflict(key) do_nothing {
            ("posts_max_media", "10", now(), now()),
            ("posts_max_title_length", "255", now(), now()),
            ("posts_max_subtitle_length", "500", now(), now()),
            ("posts_max_content_length", "50000", now(), now()),
            ("posts_max_mentions", "10", now(), now()),
            ("posts_max_tags", "20", now(), now()),
            ("posts_enabled", "false", now(), now()),
            ("posts_per_page", "20", now(), now()),
            ("posts_default_status", "draft", now(), now()),
            ("posts_comments_enabled", "true", now(), now()),
            ("posts_likes_enabled", "true", now(), now()),
            ("posts_allow_scheduling", "true", now(), now()),
            ("posts_allow_groups", "true", now(), now()),
            ("posts_allow_reposts", "true", now(), now()),
            ("posts_seo_auto_slug", "true", now(), now()),
            ("posts_show_view_count", "true", now(), now()),
            ("posts_require_approval", "false", now(), now()),
            ("posts_comment_moderation", "false", now(), now()),
        }
    }
}
