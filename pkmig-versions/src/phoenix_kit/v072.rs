//! V72: a primary key that is a uuid is named so.
//!
//! A rename in the catalog alone; foreign keys follow. What points at users that are gone goes, so that
//! every comment, like and job can get its foreign key; most installs have the first three already.

pkmig::migration! {
    V72 "uuid keys are named uuid" {
        rename_column {
            phoenix_kit_buckets,
            phoenix_kit_comment_dislikes,
            phoenix_kit_comment_likes,
            phoenix_kit_comments,
            phoenix_kit_comments_dislikes,
            phoenix_kit_comments_likes,
            phoenix_kit_file_instances,
            phoenix_kit_file_locations,
            phoenix_kit_files,
            phoenix_kit_post_comments,
            phoenix_kit_post_dislikes,
            phoenix_kit_post_groups,
            phoenix_kit_post_likes,
            phoenix_kit_post_media,
            phoenix_kit_post_mentions,
            phoenix_kit_post_tags,
            phoenix_kit_post_views,
            phoenix_kit_posts,
            phoenix_kit_scheduled_jobs,
            phoenix_kit_storage_dimensions,
            phoenix_kit_ticket_attachments,
            phoenix_kit_ticket_comments,
            phoenix_kit_ticket_status_history,
            phoenix_kit_tickets,
            phoenix_kit_user_blocks,
            phoenix_kit_user_blocks_history,
            phoenix_kit_user_connections,
            phoenix_kit_user_connections_history,
            phoenix_kit_user_follows,
            phoenix_kit_user_follows_history,
        }.id => uuid;

        add_foreign_key phoenix_kit_comments fk_comments_user_uuid (user_uuid)
            references phoenix_kit_users (uuid) on_delete cascade orphans(delete) if_not_exists;
        add_foreign_key phoenix_kit_comments_dislikes fk_comments_dislikes_user_uuid (user_uuid)
            references phoenix_kit_users (uuid) on_delete cascade orphans(delete) if_not_exists;
        add_foreign_key phoenix_kit_comments_likes fk_comments_likes_user_uuid (user_uuid)
            references phoenix_kit_users (uuid) on_delete cascade orphans(delete) if_not_exists;
        add_foreign_key phoenix_kit_scheduled_jobs fk_scheduled_jobs_created_by_uuid (created_by_uuid)
            references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
    }
}
