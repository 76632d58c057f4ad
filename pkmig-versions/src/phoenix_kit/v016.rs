//! V16: signing in through Google, Apple, GitHub and others: which account there belongs to which user here.
//! Somebody who registers by a link in a mail is no user yet, so such a token, and only such a one, has no user.

pkmig::migration! {
    V16 "oauth providers and registration by magic link" {
        drop_not_null phoenix_kit_users_tokens.user_id;
        add_check phoenix_kit_users_tokens user_id_required_for_non_registration_tokens
            ("CASE WHEN context = 'magic_link_registration' THEN true ELSE user_id IS NOT NULL END");

        create_table phoenix_kit_user_oauth_providers {
            id: bigserial primary_key,
            user_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade, on_update: cascade),
            provider: varchar(255) not_null,
            provider_uid: varchar(255) not_null,
            provider_email: varchar(255),
            access_token: text,
            refresh_token: text,
            token_expires_at: timestamp,
            raw_data: jsonb default("{}"),
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            unique_index phoenix_kit_oauth_providers_user_provider_idx (user_id, provider),
            unique_index phoenix_kit_oauth_providers_provider_uid_idx (provider, provider_uid),
            index phoenix_kit_user_oauth_providers_provider_email_index (provider_email),
            index phoenix_kit_user_oauth_providers_provider_index (provider),
            index phoenix_kit_user_oauth_providers_user_id_index (user_id),
        }

        down {
            drop_table phoenix_kit_user_oauth_providers;
            drop_constraint phoenix_kit_users_tokens user_id_required_for_non_registration_tokens;
            delete_rows phoenix_kit_users_tokens where("user_id IS NULL")
                down_noop("a registration link is short-lived and can be asked for again");
            set_not_null phoenix_kit_users_tokens.user_id;
        }
    }
}
