//! V68: a post that is found by its date needs no slug.
//!
//! Slugs are unique where there are any, and so are date and time. On the way down a post without a slug
//! gets one from its uuid.

pkmig::migration! {
    V68 "published posts without a slug" {
        drop_not_null phoenix_kit_publishing_posts.slug;

        drop_index idx_publishing_posts_group_slug;
        create_unique_index idx_publishing_posts_group_slug on phoenix_kit_publishing_posts (group_uuid, slug)
            where("slug IS NOT NULL");
        create_unique_index idx_publishing_posts_group_date_time_unique
            on phoenix_kit_publishing_posts (group_uuid, post_date, post_time)
            where("post_date IS NOT NULL AND post_time IS NOT NULL");

        on_down backfill phoenix_kit_publishing_posts.slug = "'migrated-' || uuid";
    }
}
