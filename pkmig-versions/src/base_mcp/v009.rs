//! V9: keys for programs, of which only a hash is kept, and teams, which gather profiles of one entity.

pkmig::migration! {
    V09 "API keys and teams" {
        create_table api_keys {
            id: uuid primary_key default(gen_random_uuid()),
            owner_type: text not_null references(entity_types.value),
            owner_id: uuid not_null,
            name: text not_null,
            key_prefix: text not_null,
            hashed_key: text not_null,
            scopes: text[] default(sql("ARRAY[]::text[]")),
            permissions: jsonb default("{}"),
            last_used_at: timestamp(0),
            usage_count: integer default(0),
            rate_limit: integer,
            daily_quota: integer,
            monthly_quota: integer,
            expires_at: timestamp(0),
            status: text not_null default("active"),
            allowed_ips: text[],
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            check api_keys_status_check ("status IN ('active', 'revoked', 'expired')"),
            unique_index api_keys_key_prefix_index (key_prefix),
            index api_keys_owner_type_owner_id_index (owner_type, owner_id),
            index api_keys_status_index (status),
            index api_keys_expires_at_index (expires_at) where("expires_at IS NOT NULL"),
        }

        create_table teams {
            id: uuid primary_key default(gen_random_uuid()),
            entity_type: text not_null references(entity_types.value),
            entity_id: uuid not_null,
            name: text not_null,
            slug: text not_null,
            description: text,
            settings: jsonb default("{}"),
            status: text not_null default("active"),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            check teams_status_check ("status IN ('active', 'archived')"),
            index teams_entity_type_entity_id_index (entity_type, entity_id),
            unique_index teams_entity_type_entity_id_slug_index (entity_type, entity_id, slug),
            index teams_status_index (status),
        }

        create_table team_members {
            id: uuid primary_key default(gen_random_uuid()),
            team_id: uuid not_null references(teams.id, on_delete: cascade),
            user_profile_id: uuid not_null references(user_profiles.id, on_delete: cascade),
            role: text not_null default("member"),
            permissions: jsonb default("{}"),
            invited_by: uuid references(user_profiles.id),
            joined_at: timestamp(0),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            check team_members_role_check ("role IN ('owner', 'admin', 'member', 'viewer')"),
            index team_members_team_id_index (team_id),
            index team_members_user_profile_id_index (user_profile_id),
            unique_index team_members_team_id_user_profile_id_index (team_id, user_profile_id),
        }
    }
}
