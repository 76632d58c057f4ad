//! V133: pages of widgets, for one user, for a role or for all.

pkmig::migration! {
    V133 "dashboards" {
        create_table phoenix_kit_dashboards {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            title: varchar(255) not_null,
            slug: varchar(255) not_null,
            owner_user_uuid: uuid references(phoenix_kit_users.uuid, on_delete: cascade),
            role_uuid: uuid,
            scope: varchar(20) not_null default("personal"),
            layout: jsonb not_null default("[]"),
            is_default: boolean not_null default(false),
            position: integer not_null default(0),
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            index idx_phoenix_kit_dashboards_owner (owner_user_uuid) where("owner_user_uuid IS NOT NULL"),
            index idx_phoenix_kit_dashboards_scope (scope),
            unique_index phoenix_kit_dashboards_owner_slug_index (owner_user_uuid, slug),
        }
    }
}
