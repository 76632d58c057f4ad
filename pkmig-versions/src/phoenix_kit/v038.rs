//! V38: prompts are written once and used again.
//!
//! What stands in double braces in a prompt is filled in for each use.

pkmig::migration! {
    V38 "AI prompts" {
        create_table phoenix_kit_ai_prompts {
            id: bigserial primary_key,
            name: varchar(255) not_null,
            slug: varchar(255) not_null,
            description: text,
            content: text not_null,
            variables: varchar(255)[] not_null default(sql("ARRAY[]::varchar[]"))
                comment("the names in double braces, found whenever the content is saved"),
            enabled: boolean not_null default(true),
            sort_order: integer not_null default(0),
            usage_count: integer not_null default(0),
            last_used_at: timestamp,
            metadata: jsonb not_null default("{}"),
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            index phoenix_kit_ai_prompts_enabled_idx (enabled),
            index phoenix_kit_ai_prompts_sort_order_idx (sort_order),
            index phoenix_kit_ai_prompts_usage_count_idx (usage_count),
            unique_index phoenix_kit_ai_prompts_name_uidx (name),
            unique_index phoenix_kit_ai_prompts_slug_uidx (slug),
            comment "texts for an AI, with places to fill in",
        }
    }
}
