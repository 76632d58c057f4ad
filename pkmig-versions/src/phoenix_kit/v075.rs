//! V75: a row that is inserted without a uuid gets one.
//!
//! The keys that V72 renamed had no default. Some installs drew uuids of version 4 in the last four
//! tables. The version's own table is always empty and needs no sequence.

pkmig::migration! {
    V75 "uuid keys have a default" {
        set_default {
            phoenix_kit_buckets,
            phoenix_kit_comment_dislikes,
            phoenix_kit_comment_likes,
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
        }.uuid = @.uuid_generate_v7();
        set_default {
            phoenix_kit_comments,
            phoenix_kit_comments_dislikes,
            phoenix_kit_comments_likes,
            phoenix_kit_role_permissions,
        }.uuid = @.uuid_generate_v7();

        drop_default phoenix_kit.id;
        drop_sequence phoenix_kit_id_seq;
    }
}
