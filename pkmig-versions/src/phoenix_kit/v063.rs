//! V63: the last references by number get a uuid beside them.
//!
//! AI accounts are the one numbered table that still had no uuid of its own. Nothing holds the variants
//! of a shop's products, so a cart item's variant stays empty.

pkmig::migration! {
    V63 "uuids for the remaining references" {
        add_column phoenix_kit_ai_accounts.uuid: uuid not_null default(@.uuid_generate_v7()) unique_index;
        add_column phoenix_kit_ai_requests.account_uuid: uuid
            index backfill(phoenix_kit_ai_accounts.uuid on(id = account_id));
        add_column phoenix_kit_invoices.subscription_uuid: uuid
            index backfill(phoenix_kit_subscriptions.uuid on(id = subscription_id));
        add_column phoenix_kit_shop_cart_items.variant_uuid: uuid index;

        // Some installs hold the uuids of emails as text, up to V70.
        add_column phoenix_kit_email_orphaned_events.matched_email_log_uuid: uuid backfill(
            "email.uuid::uuid" from("@.phoenix_kit_email_logs AS email")
                where("email.id = matched_email_log_id AND matched_email_log_uuid IS NULL")
        );
        create_index phoenix_kit_email_orphaned_events_matched_log_uuid_idx
            on phoenix_kit_email_orphaned_events (matched_email_log_uuid);
    }
}
