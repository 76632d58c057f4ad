//! V1: where everything starts: who may sign in, with which tokens, and in which roles.
//! The table `phoenix_kit` carries the version of the install. The three system roles are there from
//! the beginning, because an application hands out `Owner` to its first user.

pkmig::migration! {
    V01 "users, tokens and roles" {
        create_extension citext;

        create_table phoenix_kit {
            id: serial primary_key,
            version: integer not_null,
            migrated_at: timestamp(0) not_null default(now()),

            unique_index phoenix_kit_version_index (version),
        }

        create_table phoenix_kit_users {
            id: bigserial primary_key,
            email: citext not_null,
            hashed_password: varchar(255) not_null,
            first_name: varchar(100),
            last_name: varchar(100),
            is_active: boolean not_null default(true),
            confirmed_at: timestamp(0),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            unique_index phoenix_kit_users_email_index (email),
            index idx_users_active (is_active),
        }

        create_table phoenix_kit_users_tokens {
            id: bigserial primary_key,
            user_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            token: bytea not_null,
            context: varchar(255) not_null,
            sent_to: varchar(255),
            inserted_at: timestamp(0) not_null,

            index phoenix_kit_users_tokens_user_id_index (user_id),
            unique_index phoenix_kit_users_tokens_context_token_index (context, token),
        }

        create_table phoenix_kit_user_roles {
            id: bigserial primary_key,
            name: varchar(50) not_null,
            description: text,
            is_system_role: boolean not_null default(false),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            unique_index phoenix_kit_user_roles_name_index (name),
        }

        create_table phoenix_kit_user_role_assignments {
            id: bigserial primary_key,
            user_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            role_id: bigint not_null references(phoenix_kit_user_roles.id, on_delete: cascade),
            assigned_by: bigint references(phoenix_kit_users.id, on_delete: set_null),
            assigned_at: timestamp(0) not_null default(now()),
            is_active: boolean not_null default(true),
            inserted_at: timestamp(0) not_null,

            index phoenix_kit_user_role_assignments_user_id_index (user_id),
            index phoenix_kit_user_role_assignments_role_id_index (role_id),
            index phoenix_kit_user_role_assignments_assigned_by_index (assigned_by),
            unique_index phoenix_kit_user_role_assignments_user_id_role_id_index (user_id, role_id),
            index idx_user_role_assignments_user_active (user_id, is_active),
            index idx_user_role_assignments_role_active (role_id, is_active),
        }

        seed phoenix_kit_user_roles (name, description, is_system_role, inserted_at, updated_at)
            on_conflict(name) do_nothing
        {
            ("Owner", "System owner with full access", true, now(), now()),
            ("Admin", "Administrator with elevated privileges", true, now(), now()),
            ("User", "Standard user with basic access", true, now(), now()),
        }
    }
}
