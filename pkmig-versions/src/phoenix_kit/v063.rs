//! V63: the last references by number get a uuid beside them.
//!
//! AI accounts are the one numbered table that still had no uuid of its own. Nothing holds the variants
//! of a shop's products, so a cart item's variant stays empty.

pkmig::migration! {
    V63 "uuids for the remaining references" {
        add_column phoenix_kit_ai_accounts.uuid: uuid not_null default(@.uuid_generate_v7());
        create_unique_index phoenix_kit_ai_accounts_uuid_idx on phoenix_kit_ai_accounts (uuid);

        add_column phoenix_kit_ai_requests.account_uuid: uuid;
        backfill phoenix_kit_ai_requests.account_uuid
            = "account.uuid"
            from("@.phoenix_kit_ai_accounts AS account")
            where("account.id = account_id AND account_uuid IS NULL");
        create_index phoenix_kit_ai_requests_account_uuid_idx
            on phoenix_kit_ai_requests (account_uuid);

        // Some installs hold the uuids of emails as text, up to V70.
        add_column phoenix_kit_email_orphaned_events.matched_email_log_uuid: uuid;
        backfill phoenix_kit_email_orphaned_events.matched_email_log_uuid
            = "email.uuid::uuid"
            from("@.phoenix_kit_email_logs AS email")
            where("email.id = matched_email_log_id AND matched_email_log_uuid IS NULL");
        create_index phoenix_kit_email_orphaned_events_matched_log_uuid_idx
            on phoenix_kit_email_orphaned_events (matched_email_log_uuid);

        add_column phoenix_kit_invoices.subscription_uuid: uuid;
        backfill phoenix_kit_invoices.subscription_uuid
            = "subscription.uuid"
            from("@.phoenix_kit_subscriptions AS subscription")
            where("subscription.id = subscription_id AND subscription_uuid IS NULL");
        create_index phoenix_kit_invoices_subscription_uuid_idx
            on phoenix_kit_invoices (subscription_uuid);

        add_column phoenix_kit_shop_cart_items.variant_uuid: uuid;
        create_index phoenix_kit_shop_cart_items_variant_uuid_idx
            on phoenix_kit_shop_cart_items (variant_uuid);
    }
}
