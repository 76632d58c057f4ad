//! V126: a notification may stand for itself, without an activity.
//!
//! It then carries its own text. Such notifications are removed on the way down.

pkmig::migration! {
    V126 "notifications of their own" {
        drop_not_null phoenix_kit_notifications.activity_uuid;
        on_down delete_rows phoenix_kit_notifications where("activity_uuid IS NULL");
        add_column phoenix_kit_notifications.metadata: jsonb not_null default("{}");
    }
}
