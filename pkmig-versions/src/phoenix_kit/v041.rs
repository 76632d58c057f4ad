//! V41: an AI request remembers its prompt, and an endpoint says how hard a model shall think.
//!
//! A prompt that is deleted leaves its name with the requests made from it.

pkmig::migration! {
    V41 "prompts of requests, reasoning" {
        add_column phoenix_kit_ai_requests.prompt_id: integer
            references(phoenix_kit_ai_prompts.id, on_delete: set_null)
            comment("the prompt that was filled in, if there was one and it still exists");
        add_column phoenix_kit_ai_requests.prompt_name: varchar(255)
            comment("name of the prompt at the time of the call");
        create_index phoenix_kit_ai_requests_prompt_id_idx on phoenix_kit_ai_requests (prompt_id);

        add_column phoenix_kit_ai_endpoints.reasoning_enabled: boolean
            comment("whether the model thinks before it answers, with medium effort if nothing else is said");
        add_column phoenix_kit_ai_endpoints.reasoning_effort: varchar(20)
            comment("none, minimal, low, medium, high, xhigh");
        add_column phoenix_kit_ai_endpoints.reasoning_max_tokens: integer
            comment("at most so many tokens of thought, from 1024 to 32000");
        add_column phoenix_kit_ai_endpoints.reasoning_exclude: boolean
            comment("whether the answer leaves the thoughts out");
    }
}
