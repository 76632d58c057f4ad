//! V78: the AI tables have the columns of V41 even where the module came later.
//!
//! A repair, but for the second index on the uuid of a prompt and the second foreign key to it.

pkmig::migration! {
    V78 "columns of the AI tables" {
        add_column phoenix_kit_ai_endpoints.{reasoning_enabled, reasoning_exclude}: boolean if_not_exists;
        add_column phoenix_kit_ai_endpoints.reasoning_effort: varchar(20) if_not_exists;
        add_column phoenix_kit_ai_endpoints.reasoning_max_tokens: integer if_not_exists;

        add_column phoenix_kit_ai_requests.prompt_uuid: uuid if_not_exists;
        add_column phoenix_kit_ai_requests.prompt_name: varchar(255) if_not_exists;
        create_index phoenix_kit_ai_requests_prompt_uuid_idx on phoenix_kit_ai_requests (prompt_uuid) if_not_exists;

        add_column phoenix_kit_ai_prompts.uuid: uuid not_null default(@.uuid_generate_v7()) if_not_exists;
        create_unique_index phoenix_kit_ai_prompts_uuid_index on phoenix_kit_ai_prompts (uuid);
        add_foreign_key phoenix_kit_ai_requests (prompt_uuid)
            references phoenix_kit_ai_prompts (uuid) on_delete set_null;
    }
}
