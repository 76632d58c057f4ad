//! V4: what a user is to a tenant, a merchant or the platform itself: a profile for each, with rights of its own.

pkmig::migration! {
    V04 "user profiles" {
        create_table user_profiles {
            id: uuid primary_key default(gen_random_uuid()),
            user_id: uuid not_null references(users.id, on_delete: cascade),
            entity_type: text not_null,
            entity_id: uuid not_null,
            first_name: text not_null,
            last_name: text not_null,
            nickname: text,
            avatar_url: text,
            bio: text,
            title: text,
            phone: text,
            contact_email: text,
            timezone: text default("UTC"),
            preferences: jsonb default("{}"),
            is_admin: boolean default(false),
            is_developer: boolean default(false),
            status: text not_null default("active"),
            invited_by: uuid references(users.id),
            invitation_token: text,
            invitation_sent_at: timestamp(0),
            invitation_expires_at: timestamp(0),
            joined_at: timestamp(0),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            check user_profiles_entity_type_check (
                "entity_type IN ('platform', 'tenant', 'developer', 'reseller', 'merchant', 'store')"
            ),
            check user_profiles_status_check ("status IN ('active', 'suspended', 'invited', 'pending')"),
            check user_profiles_bio_length_check ("length(bio) <= 1000"),
            index user_profiles_user_id_index (user_id),
            index user_profiles_entity_type_entity_id_index (entity_type, entity_id),
            index user_profiles_status_index (status),
            index user_profiles_is_admin_index (is_admin) where("is_admin = true"),
            index user_profiles_is_developer_index (is_developer) where("is_developer = true"),
            index user_profiles_invitation_token_index (invitation_token) where("invitation_token IS NOT NULL"),
            unique_index user_profiles_user_id_entity_type_entity_id_index (user_id, entity_type, entity_id),
        }
    }
}
