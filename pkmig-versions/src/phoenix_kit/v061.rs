//! V61: the tables that an install in one go once left without a uuid get theirs.
//!
//! A repair, and harmless where V40 saw these tables. A scheduled job learns the uuid of its author,
//! which was forgotten everywhere.

pkmig::migration! {
    V61 "uuids that were missed" {
        add_column {
            phoenix_kit_admin_notes,
            phoenix_kit_ai_requests,
            phoenix_kit_subscriptions,
            phoenix_kit_payment_provider_configs,
            phoenix_kit_webhook_events,
        }.uuid: uuid not_null default(@.uuid_generate_v7()) unique_index if_not_exists;

        // This index keeps the name that the table had at V40.
        add_column phoenix_kit_sync_transfers.uuid: uuid not_null default(@.uuid_generate_v7()) if_not_exists;
        create_unique_index phoenix_kit_db_sync_transfers_uuid_idx on phoenix_kit_sync_transfers (uuid) if_not_exists;

        add_column phoenix_kit_scheduled_jobs.created_by_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = created_by_id));
    }
}
