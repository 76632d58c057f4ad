//! V36: users follow each other, connect and block.
//!
//! Each kind of tie has a table for how things stand, where a tie that ends is deleted, and a
//! history that keeps every change. The module is off until switched on.

pkmig::migration! {
    V36 "connections between users" {
        create_table phoenix_kit_user_follows {
            id: uuid primary_key,
            follower_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            followed_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            inserted_at: timestamp(0) not_null,

            index phoenix_kit_user_follows_follower_id_index (follower_id),
            index phoenix_kit_user_follows_followed_id_index (followed_id),
            unique_index phoenix_kit_user_follows_unique_idx (follower_id, followed_id),
            comment "who follows whom, without being asked",
        }

        create_table phoenix_kit_user_connections {
            id: uuid primary_key,
            requester_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            recipient_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            status: varchar(255) not_null default("pending"),
            requested_at: timestamp(0) not_null,
            responded_at: timestamp(0),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_user_connections_requester_id_index (requester_id),
            index phoenix_kit_user_connections_recipient_id_index (recipient_id),
            index phoenix_kit_user_connections_status_index (status),
            index phoenix_kit_user_connections_requester_status_idx (requester_id, status),
            index phoenix_kit_user_connections_recipient_status_idx (recipient_id, status),
            comment "ties that one user asks for and the other accepts",
        }

        create_table phoenix_kit_user_blocks {
            id: uuid primary_key,
            blocker_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            blocked_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            reason: varchar(255),
            inserted_at: timestamp(0) not_null,

            index phoenix_kit_user_blocks_blocker_id_index (blocker_id),
            index phoenix_kit_user_blocks_blocked_id_index (blocked_id),
            unique_index phoenix_kit_user_blocks_unique_idx (blocker_id, blocked_id),
            comment "who wants nothing to do with whom",
        }

        create_table phoenix_kit_user_follows_history {
            id: uuid primary_key,
            follower_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            followed_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            action: varchar(255) not_null,
            inserted_at: timestamp(0) not_null,

            index phoenix_kit_user_follows_history_follower_id_index (follower_id),
            index phoenix_kit_user_follows_history_followed_id_index (followed_id),
            index phoenix_kit_user_follows_history_inserted_at_index (inserted_at),
            comment "each follow and unfollow",
        }

        create_table phoenix_kit_user_connections_history {
            id: uuid primary_key,
            user_a_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            user_b_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            actor_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            action: varchar(255) not_null,
            inserted_at: timestamp(0) not_null,

            index phoenix_kit_user_connections_history_user_a_id_index (user_a_id),
            index phoenix_kit_user_connections_history_user_b_id_index (user_b_id),
            index phoenix_kit_user_connections_history_actor_id_index (actor_id),
            index phoenix_kit_user_connections_history_inserted_at_index (inserted_at),
            comment "each request, acceptance, refusal and end of a connection",
        }

        create_table phoenix_kit_user_blocks_history {
            id: uuid primary_key,
            blocker_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            blocked_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            action: varchar(255) not_null,
            reason: varchar(255),
            inserted_at: timestamp(0) not_null,

            index phoenix_kit_user_blocks_history_blocker_id_index (blocker_id),
            index phoenix_kit_user_blocks_history_blocked_id_index (blocked_id),
            index phoenix_kit_user_blocks_history_inserted_at_index (inserted_at),
            comment "each block and its end",
        }

        seed phoenix_kit_settings (key, value, date_added, date_updated) on_conflict(key) do_nothing {
            ("connections_enabled", "false", now(), now()),
        }
    }
}
