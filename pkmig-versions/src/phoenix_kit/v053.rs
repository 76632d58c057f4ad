//! V53: a role may enter the sections that it was let into, and no others.
//!
//! Owners may enter all of them, administrators what is listed here, other roles none to begin with.

pkmig::migration! {
    V53 "permissions of roles" {
        create_table phoenix_kit_role_permissions {
            id: bigserial primary_key,
            uuid: uuid default(gen_random_uuid()),
            role_id: bigint not_null
                references(phoenix_kit_user_roles.id, on_delete: cascade, name: fk_role_permissions_role),
            module_key: varchar(50) not_null,
            granted_by: bigint
                references(phoenix_kit_users.id, on_delete: set_null, name: fk_role_permissions_granted_by),
            inserted_at: timestamp not_null default(now()),

            unique uq_role_permissions_role_module (role_id, module_key),

            index idx_role_permissions_module_key (module_key),
            unique_index idx_role_permissions_uuid (uuid),
        }

        execute r"
            INSERT INTO @.phoenix_kit_role_permissions (role_id, module_key, inserted_at)
            SELECT role.id, granted.key, now()
            FROM @.phoenix_kit_user_roles AS role, unnest(ARRAY[
                    'dashboard', 'users', 'media', 'settings', 'modules',
                    'billing', 'shop', 'emails', 'entities', 'tickets', 'posts', 'ai',
                    'sync', 'publishing', 'referrals', 'sitemap', 'seo', 'maintenance',
                    'storage', 'languages', 'connections', 'legal', 'db', 'jobs'
                ]) WITH ORDINALITY AS granted (key, place)
            WHERE role.name = 'Admin'
            ORDER BY granted.place
            ON CONFLICT (role_id, module_key) DO NOTHING
        " idempotent
        // Admin is the second of V1's roles.
        on_fresh {
            seed phoenix_kit_role_permissions (role_id, module_key, inserted_at)
                on_conflict(role_id, module_key) do_nothing
            {
                (2, "dashboard", now()),
                (2, "users", now()),
                (2, "media", now()),
                (2, "settings", now()),
                (2, "modules", now()),
                (2, "billing", now()),
                (2, "shop", now()),
                (2, "emails", now()),
                (2, "entities", now()),
                (2, "tickets", now()),
                (2, "posts", now()),
                (2, "ai", now()),
                (2, "sync", now()),
                (2, "publishing", now()),
                (2, "referrals", now()),
                (2, "sitemap", now()),
                (2, "seo", now()),
                (2, "maintenance", now()),
                (2, "storage", now()),
                (2, "languages", now()),
                (2, "connections", now()),
                (2, "legal", now()),
                (2, "db", now()),
                (2, "jobs", now()),
            }
        }
        down_noop("they go with their table");
    }
}
