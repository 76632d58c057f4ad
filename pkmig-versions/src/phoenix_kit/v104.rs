//! V104: users are told of activities that concern them, of each one once.

pkmig::migration! {
    V104 "notifications" {
        create_table phoenix_kit_notifications {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            activity_uuid: uuid not_null references(phoenix_kit_activities.uuid, on_delete: cascade),
            recipient_uuid: uuid not_null references(phoenix_kit_users.uuid, on_delete: cascade),
            seen_at: timestamptz,
            dismissed_at: timestamptz,
            inserted_at: timestamptz not_null default(now()),

            index phoenix_kit_notifications_recipient_inbox_index (recipient_uuid, inserted_at desc)
                where("dismissed_at IS NULL"),
            unique_index phoenix_kit_notifications_activity_recipient_index (activity_uuid, recipient_uuid),
        }
    }
}
