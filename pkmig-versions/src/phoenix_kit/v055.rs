//! V55: anything that has a uuid can be commented on.
//!
//! Comments name the kind of thing and its uuid, so no foreign key holds them to it; comments on posts
//! stay in their own tables. The module is off until switched on.

pkmig::migration! {
    V55 "comments on anything" {
        create_table phoenix_kit_comments {
            id: uuid primary_key default(gen_random_uuid()),
            resource_type: varchar(50) not_null,
            resource_id: uuid not_null,
            user_id: bigint references(phoenix_kit_users.id, on_delete: set_null, name: fk_comments_user),
            parent_id: uuid references(phoenix_kit_comments.id, on_delete: cascade, name: fk_comments_parent),
            content: text not_null,
            status: varchar(20) not_null default("published"),
            depth: integer not_null default(0),
            like_count: integer not_null default(0),
            dislike_count: integer not_null default(0),
            inserted_at: timestamp not_null default(now()),
            updated_at: timestamp not_null default(now()),

            index idx_comments_user_id (user_id),
            index idx_comments_parent_id (parent_id),
            index idx_comments_status (status),
            index idx_comments_inserted_at (inserted_at),
            index idx_comments_resource (resource_type, resource_id),
            index idx_comments_resource_status (resource_type, resource_id, status),
        }

        create_table phoenix_kit_comments_likes {
            id: uuid primary_key default(gen_random_uuid()),
            comment_id: uuid not_null
                references(phoenix_kit_comments.id, on_delete: cascade, name: fk_comments_likes_comment),
            user_id: bigint not_null
                references(phoenix_kit_users.id, on_delete: cascade, name: fk_comments_likes_user),
            inserted_at: timestamp not_null default(now()),
            updated_at: timestamp not_null default(now()),

            unique uq_comments_likes_comment_user (comment_id, user_id),
        }

        create_table phoenix_kit_comments_dislikes {
            id: uuid primary_key default(gen_random_uuid()),
            comment_id: uuid not_null
                references(phoenix_kit_comments.id, on_delete: cascade, name: fk_comments_dislikes_comment),
            user_id: bigint not_null
                references(phoenix_kit_users.id, on_delete: cascade, name: fk_comments_dislikes_user),
            inserted_at: timestamp not_null default(now()),
            updated_at: timestamp not_null default(now()),

            unique uq_comments_dislikes_comment_user (comment_id, user_id),
        }

        seed phoenix_kit_settings (key, value, date_added, date_updated) on_conflict(key) do_nothing {
            ("comments_enabled", "false", now(), now()),
            ("comments_moderation", "false", now(), now()),
            ("comments_max_depth", "10", now(), now()),
            ("comments_max_length", "10000", now(), now()),
        }

        execute r"
            INSERT INTO @.phoenix_kit_role_permissions (role_id, module_key, inserted_at)
            SELECT role.id, 'comments', now()
            FROM @.phoenix_kit_user_roles AS role
            WHERE role.name = 'Admin'
                AND NOT EXISTS (
                    SELECT FROM @.phoenix_kit_role_permissions AS granted
                    WHERE granted.role_id = role.id AND granted.module_key = 'comments'
                )
        " idempotent
        on_fresh {
            seed phoenix_kit_role_permissions (role_id, module_key, inserted_at)
                on_conflict(role_id, module_key) do_nothing
            {
                (2, "comments", now()),
            }
        }
        down r"
            DELETE FROM @.phoenix_kit_role_permissions WHERE module_key = 'comments';
            SELECT setval('@.phoenix_kit_role_permissions_id_seq'::regclass, max(id))
            FROM @.phoenix_kit_role_permissions
        ";
    }
}
