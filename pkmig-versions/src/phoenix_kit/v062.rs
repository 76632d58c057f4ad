//! V62: a column that holds a uuid is named so.
//!
//! What ends in `_id` is a number from here on. Indexes and constraints keep the names that they were
//! given with the old columns.

pkmig::migration! {
    V62 "uuid columns end in _uuid" {
        rename_column phoenix_kit_post_comments.post_id => post_uuid;
        rename_column phoenix_kit_post_comments.parent_id => parent_uuid;
        rename_column phoenix_kit_post_likes.post_id => post_uuid;
        rename_column phoenix_kit_post_dislikes.post_id => post_uuid;
        rename_column phoenix_kit_post_mentions.post_id => post_uuid;
        rename_column phoenix_kit_post_media.post_id => post_uuid;
        rename_column phoenix_kit_post_media.file_id => file_uuid;
        rename_column phoenix_kit_post_views.post_id => post_uuid;
        rename_column phoenix_kit_post_tag_assignments.post_id => post_uuid;
        rename_column phoenix_kit_post_tag_assignments.tag_id => tag_uuid;
        rename_column phoenix_kit_post_group_assignments.post_id => post_uuid;
        rename_column phoenix_kit_post_group_assignments.group_id => group_uuid;
        rename_column phoenix_kit_post_groups.cover_image_id => cover_image_uuid;
        rename_column phoenix_kit_comment_likes.comment_id => comment_uuid;
        rename_column phoenix_kit_comment_dislikes.comment_id => comment_uuid;

        rename_column phoenix_kit_comments.resource_id => resource_uuid;
        rename_column phoenix_kit_comments.parent_id => parent_uuid;
        rename_column phoenix_kit_comments_likes.comment_id => comment_uuid;
        rename_column phoenix_kit_comments_dislikes.comment_id => comment_uuid;

        rename_column phoenix_kit_ticket_comments.ticket_id => ticket_uuid;
        rename_column phoenix_kit_ticket_comments.parent_id => parent_uuid;
        rename_column phoenix_kit_ticket_attachments.ticket_id => ticket_uuid;
        rename_column phoenix_kit_ticket_attachments.comment_id => comment_uuid;
        rename_column phoenix_kit_ticket_attachments.file_id => file_uuid;
        rename_column phoenix_kit_ticket_status_history.ticket_id => ticket_uuid;

        rename_column phoenix_kit_file_instances.file_id => file_uuid;
        rename_column phoenix_kit_file_locations.bucket_id => bucket_uuid;
        rename_column phoenix_kit_file_locations.file_instance_id => file_instance_uuid;

        rename_column phoenix_kit_publishing_posts.group_id => group_uuid;
        rename_column phoenix_kit_publishing_versions.post_id => post_uuid;
        rename_column phoenix_kit_publishing_contents.version_id => version_uuid;

        rename_column phoenix_kit_shop_categories.image_id => image_uuid;
        rename_column phoenix_kit_shop_products.featured_image_id => featured_image_uuid;
        rename_column phoenix_kit_shop_products.file_id => file_uuid;

        rename_column phoenix_kit_scheduled_jobs.resource_id => resource_uuid;
    }
}
