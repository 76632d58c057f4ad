//! V105: which roles are customers to keep in touch with, and how each user looks at them.

pkmig::migration! {
    V105 "customer relations" {
        create_table phoenix_kit_crm_role_settings {
            role_uuid: uuid primary_key references(phoenix_kit_user_roles.uuid, on_delete: cascade),
            enabled: boolean not_null default(false),
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),
        }

        create_table phoenix_kit_crm_user_role_view {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            user_uuid: uuid not_null references(phoenix_kit_users.uuid, on_delete: cascade),
            scope: varchar(100) not_null,
            view_config: jsonb not_null default("{}"),
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            unique phoenix_kit_crm_user_role_view_user_scope_uniq (user_uuid, scope),

            index idx_crm_user_role_view_user (user_uuid),
        }
    }
}
