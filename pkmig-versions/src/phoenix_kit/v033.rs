//! V33: payment providers and subscriptions.
//!
//! Subscriptions are renewed by the application itself, with a saved payment method, so that any
//! provider will do. How an order is paid is known only once it is paid: until then its payment
//! method is unknown.

pkmig::migration! {
    V33 "payment providers and subscriptions" {
        create_table phoenix_kit_payment_methods {
            id: bigserial primary_key,
            user_id: integer not_null,
            provider: varchar(20) not_null,
            provider_payment_method_id: varchar(255) not_null,
            provider_customer_id: varchar(255),
            "type": varchar(20) not_null default("card"),
            brand: varchar(20),
            last4: varchar(4),
            exp_month: integer,
            exp_year: integer,
            display_name: varchar(255),
            is_default: boolean not_null default(false),
            status: varchar(20) not_null default("active"),
            metadata: jsonb not_null default("{}"),
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            index phoenix_kit_payment_methods_user_id_idx (user_id),
            index phoenix_kit_payment_methods_user_default_idx (user_id, is_default),
            unique_index phoenix_kit_payment_methods_provider_id_uidx (provider, provider_payment_method_id),
        }

        create_table phoenix_kit_subscription_plans {
            id: bigserial primary_key,
            name: varchar(255) not_null,
            slug: varchar(255) not_null,
            description: text,
            price: numeric(15, 2) not_null,
            currency: varchar(3) not_null default("EUR"),
            interval: varchar(10) not_null default("month"),
            interval_count: integer not_null default(1),
            trial_days: integer not_null default(0),
            features: jsonb[] not_null default(sql("ARRAY[]::jsonb[]")),
            active: boolean not_null default(true),
            sort_order: integer not_null default(0),
            metadata: jsonb not_null default("{}"),
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            unique_index phoenix_kit_subscription_plans_slug_uidx (slug),
        }

        create_table phoenix_kit_subscriptions {
            id: bigserial primary_key,
            user_id: integer not_null,
            billing_profile_id: integer,
            payment_method_id: integer,
            plan_id: integer not_null,
            plan_name: varchar(255) not_null,
            provider: varchar(20),
            provider_subscription_id: varchar(255),
            status: varchar(20) not_null default("active"),
            current_period_start: timestamp not_null,
            current_period_end: timestamp not_null,
            cancel_at_period_end: boolean not_null default(false),
            cancelled_at: timestamp,
            trial_start: timestamp,
            trial_end: timestamp,
            grace_period_end: timestamp,
            renewal_attempts: integer not_null default(0),
            last_renewal_attempt_at: timestamp,
            last_renewal_error: varchar(255),
            price: numeric(15, 2) not_null,
            currency: varchar(3) not_null default("EUR"),
            metadata: jsonb not_null default("{}"),
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            index phoenix_kit_subscriptions_user_id_idx (user_id),
            index phoenix_kit_subscriptions_status_idx (status),
            index phoenix_kit_subscriptions_period_end_idx (current_period_end),
            index phoenix_kit_subscriptions_provider_idx (provider, provider_subscription_id),
        }

        create_table phoenix_kit_payment_provider_configs {
            id: bigserial primary_key,
            provider: varchar(20) not_null,
            enabled: boolean not_null default(false),
            mode: varchar(10) not_null default("test"),
            api_key: text,
            api_secret: text,
            webhook_secret: text,
            webhook_url: varchar(255),
            last_verified_at: timestamp,
            verification_status: varchar(20) default("pending"),
            verification_error: text,
            config: jsonb not_null default("{}"),
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            unique_index phoenix_kit_payment_provider_configs_provider_uidx (provider),
        }

        create_table phoenix_kit_webhook_events {
            id: bigserial primary_key,
            provider: varchar(20) not_null,
            event_id: varchar(255) not_null,
            event_type: varchar(255) not_null,
            payload: jsonb not_null default("{}"),
            processed: boolean not_null default(false),
            processed_at: timestamp,
            error_message: text,
            retry_count: integer not_null default(0),
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            index phoenix_kit_webhook_events_processed_idx (processed),
            unique_index phoenix_kit_webhook_events_provider_event_uidx (provider, event_id),
        }

        add_column phoenix_kit_orders.checkout_session_id: varchar(255);
        add_column phoenix_kit_orders.checkout_url: text;
        add_column phoenix_kit_orders.checkout_expires_at: timestamp;
        drop_default phoenix_kit_orders.payment_method;
        drop_not_null phoenix_kit_orders.payment_method;
        // Nothing to do on the way up. On the way down orders without a payment method get the old
        // default, before the column is not null again.
        execute "UPDATE @.phoenix_kit_orders SET payment_method = payment_method WHERE false"
            idempotent
            on_fresh(skip)
            lossy_down "UPDATE @.phoenix_kit_orders SET payment_method = 'bank' WHERE payment_method IS NULL";

        add_column phoenix_kit_invoices.subscription_id: integer;
        create_index phoenix_kit_invoices_subscription_id_idx on phoenix_kit_invoices (subscription_id);

        seed phoenix_kit_settings (key, value, module, date_added, date_updated) on_conflict(key) do_nothing {
            ("billing_stripe_enabled", "false", "billing", now(), now()),
            ("billing_paypal_enabled", "false", "billing", now(), now()),
            ("billing_razorpay_enabled", "false", "billing", now(), now()),
            ("billing_subscription_grace_days", "3", "billing", now(), now()),
            ("billing_dunning_max_attempts", "3", "billing", now(), now()),
            ("billing_dunning_retry_days", "3", "billing", now(), now()),
        }
    }
}
