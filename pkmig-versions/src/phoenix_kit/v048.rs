//! V48: what users do not like they may say, of posts as of comments; comments may be liked, too.

pkmig::migration! {
    V48 "dislikes" {
        create_table phoenix_kit_post_dislikes {
            id: uuid primary_key,
            post_id: uuid not_null references(phoenix_kit_posts.id, on_delete: cascade),
            user_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_post_dislikes_post_id_index (post_id),
            index phoenix_kit_post_dislikes_user_id_index (user_id),
            unique_index phoenix_kit_post_dislikes_post_id_user_id_index (post_id, user_id),
            comment "who dislikes which post, once each",
        }

        create_table phoenix_kit_comment_likes {
            id: uuid primary_key,
            comment_id: uuid not_null references(phoenix_kit_post_comments.id, on_delete: cascade),
            user_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_comment_likes_comment_id_index (comment_id),
            index phoenix_kit_comment_likes_user_id_index (user_id),
            unique_index phoenix_kit_comment_likes_comment_id_user_id_index (comment_id, user_id),
            comment "who likes which comment, once each",
        }

        create_table phoenix_kit_comment_dislikes {
            id: uuid primary_key,
            comment_id: uuid not_null references(phoenix_kit_post_comments.id, on_delete: cascade),
            user_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_comment_dislikes_comment_id_index (comment_id),
            index phoenix_kit_comment_dislikes_user_id_index (user_id),
            unique_index phoenix_kit_comment_dislikes_comment_id_user_id_index (comment_id, user_id),
            comment "who dislikes which comment, once each",
        }

        add_column phoenix_kit_posts.dislike_count: integer not_null default(0);
        add_column phoenix_kit_post_comments.dislike_count: integer not_null default(0);
    }
}
