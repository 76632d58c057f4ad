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
        " idempotent on_fresh(skip) down_noop("the columns go");

        add_column {
            phoenix_kit_users,
            phoenix_kit_users_tokens,
            phoenix_kit_user_roles,
            phoenix_kit_user_role_assignments,
            phoenix_kit_settings,
            phoenix_kit_referral_codes,
            phoenix_kit_referral_code_usage,
            phoenix_kit_email_logs,
            phoenix_kit_email_events,
            phoenix_kit_email_blocklist,
            phoenix_kit_email_orphaned_events,
            phoenix_kit_email_metrics,
            phoenix_kit_user_oauth_providers,
            phoenix_kit_entities,
            phoenix_kit_entity_data,
            phoenix_kit_audit_logs,
            phoenix_kit_currencies,
            phoenix_kit_billing_profiles,
            phoenix_kit_orders,
            phoenix_kit_invoices,
            phoenix_kit_transactions,
            phoenix_kit_payment_methods,
            phoenix_kit_subscription_plans,
            phoenix_kit_subscriptions,
            phoenix_kit_payment_provider_configs,
            phoenix_kit_webhook_events,
            phoenix_kit_ai_endpoints,
            phoenix_kit_ai_requests,
            phoenix_kit_ai_prompts,
            phoenix_kit_db_sync_connections,
            phoenix_kit_db_sync_transfers,
            phoenix_kit_admin_notes,
        }.uuid: uuid not_null default(@.uuid_generate_v7()) unique_index;
    }
}
