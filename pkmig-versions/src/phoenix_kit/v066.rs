//! V66: what users do with posts is recorded by their uuid alone.
//!
//! On the way down the numbers of users are looked up for the rows that were written without.

pkmig::migration! {
    V66 "posts need no user_id" {
        drop_not_null {
            phoenix_kit_post_groups,
            phoenix_kit_post_comments,
            phoenix_kit_post_likes,
            phoenix_kit_post_dislikes,
            phoenix_kit_post_mentions,
        }.user_id;
        on_down backfill {
            phoenix_kit_post_groups,
            phoenix_kit_post_comments,
            phoenix_kit_post_likes,
            phoenix_kit_post_dislikes,
            phoenix_kit_post_mentions,
        }.user_id = phoenix_kit_users.id on(uuid = user_uuid);
    }
}
