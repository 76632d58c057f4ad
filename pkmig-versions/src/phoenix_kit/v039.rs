//! V39: administrators keep notes on a user, for each other.

pkmig::migration! {
    V39 "notes on users" {
        create_table phoenix_kit_admin_notes {
            id: bigserial primary_key,
            user_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            author_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            content: text not_null,
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_admin_notes_user_id_index (user_id),
            index phoenix_kit_admin_notes_author_id_index (author_id),
            index phoenix_kit_admin_notes_inserted_at_index (inserted_at),
            comment "what administrators write about a user, who never sees it",
        }
    }
}
