//! V64: a token belongs to a user by uuid.
//!
//! Tokens are written without the number of their user now, so the rule that only a registration link
//! may lack an owner looks at the uuid.

pkmig::migration! {
    V64 "tokens need the uuid of a user" {
        drop_constraint phoenix_kit_users_tokens user_id_required_for_non_registration_tokens;
        // On the way down, the old rule finds its numbers.
        on_down backfill phoenix_kit_users_tokens.user_id = phoenix_kit_users.id on(uuid = user_uuid);

        add_check phoenix_kit_users_tokens user_uuid_required_for_non_registration_tokens (
            "CASE WHEN context = 'magic_link_registration' THEN true ELSE user_uuid IS NOT NULL END"
        );
    }
}
