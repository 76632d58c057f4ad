//! V1: tenants, the people in them, what they may do, and their stores.
//!
//! People sign in with Supabase's accounts, so `auth.users` has to be there. The original used `citext` without
//! creating it, and failed at its first address.

pkmig::migration! {
    V01 "tenants, people and stores" {
        create_extension citext;

        // Every table that says when it was changed has this as a trigger.
        create_function update_updated_at_column() returns trigger language plpgsql {
            "BEGIN NEW.updated_at := now(); RETURN NEW; END"
        }

        // Its comment is the version; the other tables' comments say what they hold.
        create_table pkmig_erp {}

        create_table sys_tenants {
            id: bigint identity(by_default) primary_key comment("the number that a tenant's rows carry"),
            name: varchar not_null comment("shown to people"),
            slug: varchar not_null comment("the name in addresses"),
            status: varchar not_null default("active")
                comment("a suspended tenant keeps its rows and cannot sign in"),
            owner_user_id: uuid
                references(auth.users.id, name: fk_sys_tenants_owner_user_id) comment("the account that pays"),
            created_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),
            billing_plan: varchar,
            metadata: jsonb default("{}"),
            deleted_at: timestamptz comment("when it was put away; null while it lives"),
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
            comment "companies that share this database, each apart from the others",
        }

        create_table sys_users {
            id: bigint identity(by_default) primary_key comment("the number that other tables know a person by"),
            auth_user_id: uuid not_null
                references(auth.users.id, name: fk_sys_users_auth_user_id)
                comment("the account that the person signs in with"),
            primary_tenant_id: bigint
                references(sys_tenants.id, name: fk_sys_users_primary_tenant_id)
                comment("where the person works unless they choose otherwise"),
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
            manager_user_id: bigint
                references(sys_users.id, name: fk_sys_users_manager_user_id) comment("who leads this person"),

            unique uq_sys_users_auth_user_id (auth_user_id),
            index idx_sys_users_email (email),
            index idx_sys_users_primary_tenant (primary_tenant_id),
            index idx_sys_users_is_active (is_active) where("is_active = true"),
            index idx_sys_users_manager (manager_user_id),
            trigger trg_sys_users_updated_at before update for_each row execute update_updated_at_column(),
            comment "people of a tenant, beside the accounts that they sign in with",
        }

        create_table sys_roles {
            id: bigint identity(by_default) primary_key comment("the number that assignments refer to"),
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_sys_roles_tenant_id)
                comment("whose role it is"),
            key: varchar not_null comment("the name in code"),
            name: varchar not_null comment("the name on screens"),
            description: text,
            is_system: boolean not_null default(false) comment("came with the tenant and is not edited"),
            is_default: boolean not_null default(false) comment("given to everybody who joins"),
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
            comment "what a tenant calls its groups of permissions",
        }

        create_table sys_permissions {
            id: bigint identity(by_default) primary_key comment("the number that roles refer to"),
            key: varchar not_null unique comment("the name in code"),
            name: varchar not_null comment("the name on screens"),
            description: text,
            resource: varchar comment("what may be touched"),
            action: varchar comment("what may be done with it"),
            created_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),
            tags: text[] default("{}"),
            metadata: jsonb default("{}"),

            index idx_sys_permissions_resource_action (resource, action),
            index idx_sys_permissions_resource (resource),
            trigger trg_sys_permissions_updated_at before update for_each row execute update_updated_at_column(),
            comment "what can be allowed, the same for all tenants",
        }

        create_table sys_role_permissions {
            role_id: bigint not_null
                references(sys_roles.id, on_delete: cascade, name: fk_sys_role_permissions_role_id),
            permission_id: bigint not_null
                references(sys_permissions.id, on_delete: restrict, name: fk_sys_role_permissions_permission_id),
            created_at: timestamptz not_null default(now()),

            primary_key pk_sys_role_permissions (role_id, permission_id),
            index idx_role_permissions_permission (permission_id),
            comment "which role allows what",
        }

        create_table sys_user_roles {
            id: bigint identity(by_default) primary_key comment("the number of the assignment"),
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_sys_user_roles_tenant_id)
                comment("where the role counts"),
            user_id: bigint not_null
                references(sys_users.id, on_delete: cascade, name: fk_sys_user_roles_user_id)
                comment("who has the role"),
            role_id: bigint not_null
                references(sys_roles.id, on_delete: cascade, name: fk_sys_user_roles_role_id) comment("the role"),
            created_at: timestamptz not_null default(now()),
            expires_at: timestamptz comment("when the role ends; null if it does not"),
            assigned_by: bigint references(sys_users.id, name: fk_sys_user_roles_assigned_by) comment("who gave it"),
            metadata: jsonb default("{}"),

            unique uq_sys_user_roles_tenant_user_role (tenant_id, user_id, role_id),
            index idx_user_roles_user_tenant (user_id, tenant_id),
            index idx_user_roles_role (role_id),
            index idx_user_roles_expires (expires_at) where("expires_at IS NOT NULL"),
            index idx_user_roles_tenant_user (tenant_id, user_id),
            comment "which person has which role, in which tenant",
        }

        create_table stores {
            id: bigint identity(by_default) primary_key comment("the number of the store"),
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_stores_tenant_id)
                comment("whose store it is"),
            code: varchar not_null comment("the short name within the tenant"),
            name: varchar not_null comment("the name over the door"),
            description: text,
            address_line1: varchar,
            address_line2: varchar,
            city: varchar,
            state: varchar,
            country: varchar,
            postal_code: varchar,
            phone: varchar,
            email: citext,
            status: varchar not_null default("active") comment("whether it is open for business"),
            is_headquarters: boolean not_null default(false) comment("the seat of the company"),
            manager_user_id: bigint
                references(sys_users.id, name: fk_stores_manager_user_id) comment("who runs the store"),
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
            check chk_stores_closing_date (
                "closing_date IS NULL OR opening_date IS NULL OR closing_date >= opening_date"
            ),
            index idx_stores_tenant_id (tenant_id),
            index idx_stores_status (status),
            index idx_stores_manager (manager_user_id),
            index idx_stores_is_headquarters (tenant_id, is_headquarters) where("is_headquarters = true"),
            index idx_stores_deleted_at (deleted_at) where("deleted_at IS NULL"),
            index idx_stores_city (city),
            index idx_stores_country (country),
            index idx_stores_opening_date (opening_date),
            trigger trg_stores_updated_at before update for_each row execute update_updated_at_column(),
            comment "shops and offices of a tenant",
        }
    }
}
