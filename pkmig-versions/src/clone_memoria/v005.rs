//! V5: API keys, and how much of everything a plan allows.

pkmig::migration! {
    V05 "API keys and quotas" {
        create_table api_keys {
            id: uuid primary_key default(gen_random_uuid()),
            user_id: uuid not_null references(users.id, on_delete: cascade),
            space_id: uuid references(spaces.id, on_delete: cascade),
            name: text not_null,
            key_hash: text not_null unique,
            key_prefix: text not_null,
            scopes: text[] default(sql("ARRAY[]::text[]")),
            created_at: timestamptz default(now()),
            last_used_at: timestamptz,
            expires_at: timestamptz,
            revoked_at: timestamptz,

            index idx_api_keys_user_id (user_id),
            index idx_api_keys_space_id (space_id),
            index idx_api_keys_key_hash (key_hash) where("revoked_at IS NULL"),
            index idx_api_keys_created_at (created_at),
            row_level_security,
            policy "Users can view own API keys" for select to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid"),
            policy "Users can create own API keys" for insert to authenticated
                with_check("user_id = current_setting('app.current_user_id')::uuid"),
            policy "Users can delete own API keys" for delete to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid"),
            policy "Users can update own API keys" for update to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid")
                with_check("user_id = current_setting('app.current_user_id')::uuid"),
        }

        create_table api_key_usage {
            id: uuid primary_key default(gen_random_uuid()),
            api_key_id: uuid not_null references(api_keys.id, on_delete: cascade),
            window_start: timestamptz not_null,
            request_count: integer default(1),
            created_at: timestamptz default(now()),
            updated_at: timestamptz default(now()),

            unique (api_key_id, window_start),
            index idx_api_key_usage_api_key_id (api_key_id),
            index idx_api_key_usage_window_start (window_start),
            trigger update_api_key_usage_updated_at before update for_each row execute update_updated_at_column(),
            row_level_security,
            policy "Users can view own API key usage" for select to authenticated
                using(r"
                    EXISTS (
                        SELECT 1 FROM @.api_keys
                        WHERE api_keys.id = api_key_usage.api_key_id
                            AND api_keys.user_id = current_setting('app.current_user_id')::uuid
                    )
                "),
            policy "System can manage API key usage" for insert to authenticated
                with_check("true"),
            policy "System can update API key usage" for update to authenticated
                using("true")
                with_check("true"),
        }

        create_table billing_quotas {
            plan: text primary_key,
            max_clones: integer not_null,
            max_messages_per_month: integer not_null,
            max_documents_per_clone: integer not_null,
            created_at: timestamptz default(now()),

            row_level_security,
            policy "All users can view billing quotas" for select to authenticated
                using("true"),
            policy "Admins can manage billing quotas" to authenticated
                using("@.is_platform_admin()")
                with_check("@.is_platform_admin()"),
        }

        add_column clones.avatar_image_url: text;

        seed billing_quotas (plan, max_clones, max_messages_per_month, max_documents_per_clone) on_conflict(plan)
            do_update(max_clones, max_messages_per_month, max_documents_per_clone)
        {
            ("free", 2, 100, 5),
            ("pro", 10, 1000, 20),
            ("enterprise", 50, 10000, 100),
        }

        create_function get_user_message_count_this_month(p_user_id: uuid) returns integer
            language plpgsql security_definer
        {
            r"
            BEGIN
                RETURN (
                    SELECT count(*) FROM @.messages m JOIN @.conversations c ON c.id = m.conversation_id
                    WHERE c.user_id = p_user_id AND m.deleted_at IS NULL
                        AND m.created_at >= date_trunc('month', now())
                );
            END
            "
        }

        create_function get_user_clone_count(p_user_id: uuid) returns integer language plpgsql security_definer {
            r"
            BEGIN
                RETURN (SELECT count(*) FROM @.clones c WHERE c.user_id = p_user_id AND c.deleted_at IS NULL);
            END
            "
        }

        create_function get_clone_document_count(p_clone_id: uuid) returns integer language plpgsql security_definer {
            r"
            BEGIN
                RETURN (
                    SELECT count(*) FROM @.clone_documents d
                    WHERE d.clone_id = p_clone_id AND d.deleted_at IS NULL
                );
            END
            "
        }

        create_function can_create_clone(p_user_id: uuid) returns boolean language plpgsql security_definer {
            r"
            BEGIN
                RETURN @.get_user_clone_count(p_user_id) < (
                    SELECT q.max_clones FROM @.users u
                    JOIN @.billing_quotas q ON q.plan = coalesce(u.billing_plan, 'free')
                    WHERE u.id = p_user_id
                );
            END
            "
        }

        create_function can_send_message(p_user_id: uuid) returns boolean language plpgsql security_definer {
            r"
            BEGIN
                RETURN @.get_user_message_count_this_month(p_user_id) < (
                    SELECT q.max_messages_per_month FROM @.users u
                    JOIN @.billing_quotas q ON q.plan = coalesce(u.billing_plan, 'free')
                    WHERE u.id = p_user_id
                );
            END
            "
        }

        create_function can_add_document(p_clone_id: uuid) returns boolean language plpgsql security_definer {
            r"
            BEGIN
                RETURN @.get_clone_document_count(p_clone_id) < (
                    SELECT q.max_documents_per_clone FROM @.clones c JOIN @.users u ON u.id = c.user_id
                    JOIN @.billing_quotas q ON q.plan = coalesce(u.billing_plan, 'free')
                    WHERE c.id = p_clone_id
                );
            END
            "
        }
    }
}
