//! V40: every numbered table gets uuids beside its numbers.
//!
//! They are of version 7, so that they sort by the time they were made. Numbers stay what rows are
//! known by for now; email templates have uuids since V15.

pkmig::migration! {
    V40 "uuids beside numbers" {
        create_extension pgcrypto;

        // The milliseconds since 1970 take the place of the first six bytes of a random uuid.
        create_or_replace_function uuid_generate_v7() returns uuid language plpgsql volatile {
            r"
            DECLARE
                moment bigint := floor(extract(epoch FROM clock_timestamp()) * 1000);
                bytes bytea := uuid_send(gen_random_uuid());
            BEGIN
                bytes := overlay(bytes PLACING substring(int8send(moment) FROM 3) FROM 1);
                RETURN encode(set_byte(bytes, 6, 112 | (get_byte(bytes, 6) & 15)), 'hex')::uuid;
            END
            "
        }

        // Installs from before 1.7 may have been given some of the columns in advance, and those may be null.
        execute r"
            DO $$
            DECLARE
                early regclass;
            BEGIN
                FOR early IN
                    SELECT attrelid
                    FROM pg_catalog.pg_attribute
                    WHERE attname = 'uuid' AND NOT attnotnull AND attrelid IN (
                        '@.phoenix_kit_users'::regclass, '@.phoenix_kit_users_tokens'::regclass,
                        '@.phoenix_kit_user_roles'::regclass, '@.phoenix_kit_user_role_assignments'::regclass,
                        '@.phoenix_kit_settings'::regclass
                    )
                LOOP
                    EXECUTE format('UPDATE %s SET uuid = @.uuid_generate_v7() WHERE uuid IS NULL', early);
                    EXECUTE format('ALTER TABLE %s ALTER COLUMN uuid SET DEFAULT @.uuid_generate_v7()', early);
                    EXECUTE format('ALTER TABLE %s ALTER COLUMN uuid SET NOT NULL', early);
                END LOOP;
            END
            $$
        " idempotent down_noop("the columns go");

        add_column phoenix_kit_users.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_users_tokens.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_user_roles.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_user_role_assignments.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_settings.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_referral_codes.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_referral_code_usage.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_email_logs.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_email_events.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_email_blocklist.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_email_orphaned_events.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_email_metrics.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_user_oauth_providers.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_entities.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_entity_data.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_audit_logs.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_currencies.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_billing_profiles.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_orders.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_invoices.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_transactions.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_payment_methods.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_subscription_plans.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_subscriptions.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_payment_provider_configs.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_webhook_events.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_ai_endpoints.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_ai_requests.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_ai_prompts.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_db_sync_connections.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_db_sync_transfers.uuid: uuid not_null default(@.uuid_generate_v7());
        add_column phoenix_kit_admin_notes.uuid: uuid not_null default(@.uuid_generate_v7());

        create_unique_index on phoenix_kit_users (uuid);
        create_unique_index on phoenix_kit_users_tokens (uuid);
        create_unique_index on phoenix_kit_user_roles (uuid);
        create_unique_index on phoenix_kit_user_role_assignments (uuid);
        create_unique_index on phoenix_kit_settings (uuid);
        create_unique_index on phoenix_kit_referral_codes (uuid);
        create_unique_index on phoenix_kit_referral_code_usage (uuid);
        create_unique_index on phoenix_kit_email_logs (uuid);
        create_unique_index on phoenix_kit_email_events (uuid);
        create_unique_index on phoenix_kit_email_blocklist (uuid);
        create_unique_index on phoenix_kit_email_orphaned_events (uuid);
        create_unique_index on phoenix_kit_email_metrics (uuid);
        create_unique_index on phoenix_kit_user_oauth_providers (uuid);
        create_unique_index on phoenix_kit_entities (uuid);
        create_unique_index on phoenix_kit_entity_data (uuid);
        create_unique_index on phoenix_kit_audit_logs (uuid);
        create_unique_index on phoenix_kit_currencies (uuid);
        create_unique_index on phoenix_kit_billing_profiles (uuid);
        create_unique_index on phoenix_kit_orders (uuid);
        create_unique_index on phoenix_kit_invoices (uuid);
        create_unique_index on phoenix_kit_transactions (uuid);
        create_unique_index on phoenix_kit_payment_methods (uuid);
        create_unique_index on phoenix_kit_subscription_plans (uuid);
        create_unique_index on phoenix_kit_subscriptions (uuid);
        create_unique_index on phoenix_kit_payment_provider_configs (uuid);
        create_unique_index on phoenix_kit_webhook_events (uuid);
        create_unique_index on phoenix_kit_ai_endpoints (uuid);
        create_unique_index on phoenix_kit_ai_requests (uuid);
        create_unique_index on phoenix_kit_ai_prompts (uuid);
        create_unique_index on phoenix_kit_db_sync_connections (uuid);
        create_unique_index on phoenix_kit_db_sync_transfers (uuid);
        create_unique_index on phoenix_kit_admin_notes (uuid);
    }
}
