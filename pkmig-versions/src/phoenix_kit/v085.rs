//! V85: a prompt may tell the model how to behave, apart from what it asks.

pkmig::migration! {
    V85 "system prompts" {
        add_column phoenix_kit_ai_prompts.system_prompt: text;
    }
}
