//! V23: a session remembers the address and the browser it began with.
//!
//! A token that turns up from elsewhere can then be noticed, or refused. Sessions that began
//! before have no fingerprint and stay valid.

pkmig::migration! {
    V23 "session fingerprints" {
        add_column phoenix_kit_users_tokens.{ip_address, user_agent_hash}: varchar(255);

        create_index phoenix_kit_users_tokens_ip_address_index on phoenix_kit_users_tokens (ip_address);
        create_index phoenix_kit_users_tokens_user_agent_hash_index on phoenix_kit_users_tokens (user_agent_hash);
        create_index phoenix_kit_users_tokens_token_ip_address_user_agent_hash_index
            on phoenix_kit_users_tokens (token, ip_address, user_agent_hash);
    }
}
