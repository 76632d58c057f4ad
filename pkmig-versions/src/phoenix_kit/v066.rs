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

        on_down r"
            DO $$
            DECLARE
                written regclass;
            BEGIN
                FOREACH written IN ARRAY ARRAY[
                    '@.phoenix_kit_post_groups',
                    '@.phoenix_kit_post_comments',
                    '@.phoenix_kit_post_likes',
                    '@.phoenix_kit_post_dislikes',
                    '@.phoenix_kit_post_mentions'
                ]::regclass[]
                LOOP
                    EXECUTE format(
                        'UPDATE %s AS t SET user_id = u.id FROM @.phoenix_kit_users AS u '
                        'WHERE u.uuid = t.user_uuid AND t.user_id IS NULL',
                        written
                    );
                END LOOP;
            END
            $$
        ";
    }
}
