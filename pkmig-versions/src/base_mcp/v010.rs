//! V10: the services that payments go through, and the log of who did what.
//!
//! The original's rows leave out `inserted_at` and `updated_at`, which had no default: here they have one.

pkmig::migration! {
    V10 "payment gateways and the audit log" {
        create_table payment_gateways {
            id: uuid primary_key default(gen_random_uuid()),
            name: text not_null,
            slug: text not_null,
            provider: text not_null,
            api_version: text,
            supported_countries: text[],
            supported_currencies: text[],
            supported_payment_methods: text[],
            supports_auth: boolean default(true),
            supports_capture: boolean default(true),
            supports_refund: boolean default(true),
            supports_void: boolean default(true),
            supports_recurring: boolean default(false),
            supports_3ds: boolean default(false),
            credentials: jsonb default("{}"),
            fee_structure: jsonb default("{}"),
            status: text not_null default("active"),
            is_default: boolean default(false),
            metadata: jsonb default("{}"),
            inserted_at: timestamp(0) not_null default(now()),
            updated_at: timestamp(0) not_null default(now()),

            check payment_gateways_status_check ("status IN ('active', 'maintenance', 'deprecated')"),
            check payment_gateways_provider_check (
                "provider IN ('stripe', 'authorize_net', 'braintree', 'paypal', 'square', 'adyen')"
            ),
            unique_index payment_gateways_slug_index (slug),
            index payment_gateways_provider_index (provider),
            index payment_gateways_status_index (status),
            index payment_gateways_is_default_index (is_default) where("is_default = true"),
        }

        create_table audit_logs {
            id: uuid primary_key default(gen_random_uuid()),
            actor_type: text references(entity_types.value),
            actor_id: uuid,
            target_type: text references(entity_types.value),
            target_id: uuid,
            action: text not_null,
            description: text,
            changes: jsonb default("{}"),
            ip_address: inet,
            user_agent: text,
            request_id: text,
            metadata: jsonb default("{}"),
            created_at: timestamp(0) not_null default(now()),

            index audit_logs_actor_type_actor_id_index (actor_type, actor_id),
            index audit_logs_target_type_target_id_index (target_type, target_id),
            index audit_logs_action_index (action),
            index audit_logs_created_at_index (created_at),
            index audit_logs_request_id_index (request_id),
            comment "who did what to whom; grows fast and is only ever read by time, so it may be partitioned by month",
        }

        seed payment_gateways (
            name, slug, provider, supported_countries, supported_currencies,
            supported_payment_methods, supports_3ds, fee_structure, is_default
        ) on_conflict(slug) do_nothing {
            (
                "Stripe", "stripe", "stripe", "{US,CA,GB,EU}", "{USD,CAD,GBP,EUR}",
                "{card,ach,wallet}", true, r#"{"percentage": 2.9, "fixed": 0.3}"#, true,
            ),
            (
                "Authorize.Net", "authorize_net", "authorize_net", "{US,CA,GB,EU}", "{USD,CAD,GBP,EUR}",
                "{card}", false, r#"{"percentage": 2.9, "fixed": 0.3}"#, false,
            ),
            (
                "PayPal", "paypal", "paypal", "{US,CA,GB,EU}", "{USD,CAD,GBP,EUR}",
                "{paypal,card}", false, r#"{"percentage": 2.9, "fixed": 0.3}"#, false,
            ),
        }
    }
}
