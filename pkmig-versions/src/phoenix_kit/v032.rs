//! V32: calls to language models, and what they cost.
//!
//! A call goes through an account with a provider; three slots in the settings say which model
//! serves text, and with what limits. A call outlives the account and the user it was made for.

pkmig::migration! {
    V32 "AI accounts and requests" {
        create_table phoenix_kit_ai_accounts {
            id: bigserial primary_key,
            name: varchar(100) not_null,
            provider: varchar(50) not_null default("openrouter"),
            api_key: text not_null comment("key of the account, stored as it is, not encrypted"),
            base_url: varchar(255),
            settings: jsonb default("{}") comment("what only this provider knows, such as extra request headers"),
            enabled: boolean not_null default(true),
            last_validated_at: timestamp,
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            index phoenix_kit_ai_accounts_provider_idx (provider),
            index phoenix_kit_ai_accounts_enabled_idx (enabled),
            comment "accounts with providers of language models",
        }

        create_table phoenix_kit_ai_requests {
            id: bigserial primary_key,
            account_id: integer references(phoenix_kit_ai_accounts.id, on_delete: set_null),
            user_id: integer references(phoenix_kit_users.id, on_delete: set_null),
            slot_index: integer comment("the slot that served the call, counted from 0"),
            model: varchar(100),
            request_type: varchar(50) not_null default("text_completion"),
            input_tokens: integer not_null default(0),
            output_tokens: integer not_null default(0),
            total_tokens: integer not_null default(0),
            cost_cents: integer comment("estimated price in cents, where the provider tells it"),
            latency_ms: integer,
            status: varchar(20) not_null default("success") comment("how the call ended: success, error or timeout"),
            error_message: text,
            metadata: jsonb default("{}"),
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            index phoenix_kit_ai_requests_account_id_idx (account_id),
            index phoenix_kit_ai_requests_user_id_idx (user_id),
            index phoenix_kit_ai_requests_model_idx (model),
            index phoenix_kit_ai_requests_status_idx (status),
            index phoenix_kit_ai_requests_inserted_at_idx (inserted_at),
            comment "each call to a model, with its tokens, cost and duration",
        }

        seed phoenix_kit_settings (key, value, module, date_added, date_updated) on_conflict(key) do_nothing {
            ("ai_enabled", "false", "ai", now(), now()),
        }
        seed phoenix_kit_settings (key, value_json, module, date_added, date_updated) on_conflict(key) do_nothing {
            (
                "ai_text_processing_slots",
                r#"{"slots": [
                    {"name": "Slot 1", "description": "", "account_id": null, "model": "",
                     "temperature": 0.7, "max_tokens": 1000, "enabled": false},
                    {"name": "Slot 2", "description": "", "account_id": null, "model": "",
                     "temperature": 0.7, "max_tokens": 2000, "enabled": false},
                    {"name": "Slot 3", "description": "", "account_id": null, "model": "",
                     "temperature": 0.7, "max_tokens": 4000, "enabled": false}
                ]}"#,
                "ai",
                now(),
                now(),
            ),
        }
    }
}
