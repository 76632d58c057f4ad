//! V34: one endpoint takes the place of an account and a slot.
//!
//! Whoever needs a model names the endpoint; there is no order of slots to fall through any more.
//! Accounts stay, because earlier requests point at them; the slots in the settings go. The way down
//! brings back the slots as they are in a new install, not as they were edited.

pkmig::migration! {
    V34 "AI endpoints" {
        create_table phoenix_kit_ai_endpoints {
            id: bigserial primary_key,
            name: varchar(100) not_null,
            description: varchar(500),
            provider: varchar(50) not_null default("openrouter"),
            api_key: text not_null,
            base_url: varchar(255),
            provider_settings: jsonb default("{}")
                comment("what only this provider knows, such as extra request headers"),
            model: varchar(150) not_null,
            temperature: double precision default(0.7),
            max_tokens: integer,
            top_p: double precision,
            top_k: integer,
            frequency_penalty: double precision,
            presence_penalty: double precision,
            repetition_penalty: double precision,
            stop: varchar(255)[],
            seed: integer,
            image_size: varchar(20),
            image_quality: varchar(20),
            dimensions: integer,
            enabled: boolean not_null default(true),
            sort_order: integer not_null default(0),
            last_validated_at: timestamp,
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            index phoenix_kit_ai_endpoints_enabled_idx (enabled),
            index phoenix_kit_ai_endpoints_sort_order_idx (sort_order),
            comment "models ready for use: account, model and parameters in one",
        }

        add_column phoenix_kit_ai_requests.endpoint_id: integer
            references(phoenix_kit_ai_endpoints.id, on_delete: set_null)
            comment("the endpoint that served the call, if it still exists");
        add_column phoenix_kit_ai_requests.endpoint_name: varchar(100)
            comment("name of the endpoint at the time of the call");
        create_index phoenix_kit_ai_requests_endpoint_id_idx on phoenix_kit_ai_requests (endpoint_id);

        // On the way down the row takes its old place after ai_enabled, where that is free and later
        // rows show that the sequence is past it; otherwise a new number.
        delete_rows phoenix_kit_settings
            where(r"key IN (
                'ai_text_processing_slots',
                'ai_vision_processing_slots',
                'ai_image_gen_slots',
                'ai_embeddings_slots'
            )")
            on_fresh(run)
            lossy_down r#"
                INSERT INTO @.phoenix_kit_settings (id, key, value_json, module, date_added, date_updated)
                SELECT
                    coalesce(
                        (
                            SELECT switch.id + 1
                            FROM @.phoenix_kit_settings AS switch
                            WHERE switch.key = 'ai_enabled'
                              AND NOT EXISTS (SELECT 1 FROM @.phoenix_kit_settings AS taken WHERE taken.id = switch.id + 1)
                              AND EXISTS (SELECT 1 FROM @.phoenix_kit_settings AS later WHERE later.id > switch.id + 1)
                        ),
                        nextval('@.phoenix_kit_settings_id_seq'::regclass)
                    ),
                    'ai_text_processing_slots',
                    '{"slots": [
                        {"name": "Slot 1", "description": "", "account_id": null, "model": "",
                         "temperature": 0.7, "max_tokens": 1000, "enabled": false},
                        {"name": "Slot 2", "description": "", "account_id": null, "model": "",
                         "temperature": 0.7, "max_tokens": 2000, "enabled": false},
                        {"name": "Slot 3", "description": "", "account_id": null, "model": "",
                         "temperature": 0.7, "max_tokens": 4000, "enabled": false}
                    ]}'::jsonb,
                    'ai',
                    now(),
                    now()
                ON CONFLICT (key) DO NOTHING
            "#;
    }
}
