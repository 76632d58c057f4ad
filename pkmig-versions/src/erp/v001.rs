//! V1: system & multi-tenancy (tenants, users, RBAC, stores).

pkmig::migration! {
    V01 "system & multi-tenancy (tenants, users, RBAC, stores)" {
        create_extension citext;
        create_function update_updated_at_column() returns trigger language plpgsql {
            // BEFORE UPDATE row trigger body: sets NEW.updated_at to now() and returns NEW
            "BEGIN NEW.updated_at := now(); RETURN NEW; END"
        }

        create_table pkmig_erp {}
        create_table sys_tenants {
            id: bigint identity(by_default) primary_key comment("TODO"),
            name: varchar not_null comment("TODO"),
            slug: varchar not_null comment("TODO"),
            status: varchar not_null default("active") comment("TODO"),
            owner_user_id: uuid references(auth.users.id, name: fk_sys_tenants_owner_user_id) comment("TODO"),
            created_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),
            billing_plan: varchar,
            metadata: jsonb default("{}"),
            deleted_at: timestamptz comment("TODO"),
            is_personal: boolean default(false),
            timezone: varchar,
            locale: varchar,
            domain: varchar,
            external_id: varchar,
            notes: text,

            unique uq_sys_tenants_name (name),
            unique uq_sys_tenants_slug (slug),
            check chk_sys_tenants_status ("status IN ('active', 'suspended', 'deleted')"),
            index idx_sys_tenants_owner_user_id (owner_user_id),
            index idx_sys_tenants_status (status),
            index idx_sys_tenants_deleted_at (deleted_at) where("deleted_at IS NULL"),
            trigger trg_sys_tenants_updated_at before update for_each row execute update_updated_at_column(),
            comment "TODO",
        }
        create_table sys_users {
            id: bigint identity(by_default) primary_key comment("TODO"),
            auth_user_id: uuid not_null references(auth.users.id, name: fk_sys_users_auth_user_id) comment("TODO"),
            primary_tenant_id: bigint references(sys_tenants.id, name: fk_sys_users_primary_tenant_id) comment("TODO"),
            email: citext,
            phone: varchar,
            full_name: varchar,
            avatar_url: text,
            is_active: boolean not_null default(true),
            last_sign_in_at: timestamptz,
            created_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),
            metadata: jsonb default("{}"),
            external_id: varchar,
            locale: varchar,
            timezone: varchar,
            deactivated_at: timestamptz,
            notes: text,
            title: varchar,
            department: varchar,
            manager_user_id: bigint references(sys_users.id, name: fk_sys_users_manager_user_id) comment("TODO"),

            unique uq_sys_users_auth_user_id (auth_user_id),
            index idx_sys_users_email (email),
            index idx_sys_users_primary_tenant (primary_tenant_id),
            index idx_sys_users_is_active (is_active) where("is_active = true"),
            index idx_sys_users_manager (manager_user_id),
            trigger trg_sys_users_updated_at before update for_each row execute update_updated_at_column(),
            comment "TODO",
        }
        create_table sys_roles {
            id: bigint identity(by_default) primary_key comment("TODO"),
            tenant_id: bigint not_null references(sys_tenants.id, on_delete: cascade, name: fk_sys_roles_tenant_id) comment("TODO"),
            key: varchar not_null comment("TODO"),
            name: varchar not_null comment("TODO"),
            description: text,
            is_system: boolean not_null default(false) comment("TODO"),
            is_default: boolean not_null default(false) comment("TODO"),
            priority: integer not_null default(0),
            created_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),
            external_id: varchar,
            metadata: jsonb default("{}"),

            unique uq_sys_roles_tenant_key (tenant_id, key),
            unique uq_sys_roles_tenant_name (tenant_id, name),
            index idx_sys_roles_tenant (tenant_id),
            index idx_sys_roles_is_default (tenant_id, is_default) where("is_default = true"),
            index idx_sys_roles_is_system (is_system),
            trigger trg_sys_roles_updated_at before update for_each row execute update_updated_at_column(),
            comment "TODO",
        }
        create_table sys_permissions {
            id: bigint identity(by_default) primary_key comment("TODO"),
            key: varchar not_null unique comment("TODO"),
            name: varchar not_null comment("TODO"),
            description: text,
            resource: varchar comment("TODO"),
            action: varchar comment("TODO"),
            created_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),
            tags: text[] default("{}"),
            metadata: jsonb default("{}"),

            index idx_sys_permissions_resource_action (resource, action),
            index idx_sys_permissions_resource (resource),
            trigger trg_sys_permissions_updated_at before update for_each row execute update_updated_at_column(),
            comment "TODO",
        }
        create_table sys_role_permissions {
            role_id: bigint not_null references(sys_roles.id, on_delete: cascade, name: fk_sys_role_permissions_role_id),
            permission_id: bigint not_null references(sys_permissions.id, on_delete: restrict, name: fk_sys_role_permissions_permission_id),
            created_at: timestamptz not_null default(now()),

            primary_key pk_sys_role_permissions (role_id, permission_id),
            index idx_role_permissions_permission (permission_id),
            comment "TODO",
        }
        create_table sys_user_roles {
            id: bigint identity(by_default) primary_key comment("TODO"),
            tenant_id: bigint not_null references(sys_tenants.id, on_delete: cascade, name: fk_sys_user_roles_tenant_id) comment("TODO"),
            user_id: bigint not_null references(sys_users.id, on_delete: cascade, name: fk_sys_user_roles_user_id) comment("TODO"),
            role_id: bigint not_null references(sys_roles.id, on_delete: cascade, name: fk_sys_user_roles_role_id) comment("TODO"),
            created_at: timestamptz not_null default(now()),
            expires_at: timestamptz comment("TODO"),
            assigned_by: bigint references(sys_users.id, name: fk_sys_user_roles_assigned_by) comment("TODO"),
            metadata: jsonb default("{}"),

            unique uq_sys_user_roles_tenant_user_role (tenant_id, user_id, role_id),
            index idx_user_roles_user_tenant (user_id, tenant_id),
            index idx_user_roles_role (role_id),
            index idx_user_roles_expires (expires_at) where("expires_at IS NOT NULL"),
            index idx_user_roles_tenant_user (tenant_id, user_id),
            comment "TODO",
        }
        create_table stores {
            id: bigint identity(by_default) primary_key comment("TODO"),
            tenant_id: bigint not_null references(sys_tenants.id, on_delete: cascade, name: fk_stores_tenant_id) comment("TODO"),
            code: varchar not_null comment("TODO"),
            name: varchar not_null comment("TODO"),
            description: text,
            address_line1: varchar,
            address_line2: varchar,
            city: varchar,
            state: varchar,
            country: varchar,
            postal_code: varchar,
            phone: varchar,
            email: citext,
            status: varchar not_null default("active") comment("TODO"),
            is_headquarters: boolean not_null default(false) comment("TODO"),
            manager_user_id: bigint references(sys_users.id, name: fk_stores_manager_user_id) comment("TODO"),
            opening_date: date,
            closing_date: date,
            timezone: varchar,
            metadata: jsonb default("{}"),
            created_by: bigint references(sys_users.id, name: fk_stores_created_by),
            updated_by: bigint references(sys_users.id, name: fk_stores_updated_by),
            created_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),
            deleted_at: timestamptz,

            unique uq_stores_tenant_code (tenant_id, code),
            unique uq_stores_tenant_name (tenant_id, name),
            check chk_stores_status ("status IN ('active', 'inactive', 'closed')"),
            check chk_stores_closing_date ("closing_date IS NULL OR opening_date IS NULL OR closing_date >= opening_date"),
            index idx_stores_tenant_id (tenant_id),
            index idx_stores_status (status),
            index idx_stores_manager (manager_user_id),
            index idx_stores_is_headquarters (tenant_id, is_headquarters) where("is_headquarters = true"),
            index idx_stores_deleted_at (deleted_at) where("deleted_at IS NULL"),
            index idx_stores_city (city),
            index idx_stores_country (country),
            index idx_stores_opening_date (opening_date),
            trigger trg_stores_updated_at before update for_each row execute update_updated_at_column(),
            comment "TODO",
        }
        // NOTE auth.users(id uuid) of Supabase Auth must exist: sys_tenants.owner_user_id and sys_users.auth_user_id reference it
        // NOTE UNIQUE on sys_users.auth_user_id is written twice (column and named constraint); PostgreSQL merges them into uq_sys_users_auth_user_id
        // NOTE sys_users.manager_user_id is a self reference
        // NOTE 10 example permission rows are present only as a commented-out INSERT ... ON CONFLICT (key) DO NOTHING (see commented_out_seeds)
        // NOTE this revision also creates `stores`, which the seed README does not list
    }
}
