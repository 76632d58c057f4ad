//! V6: roles in a space, refresh tokens, and how often an endpoint may be called.

pkmig::migration! {
    V06 "roles, tokens and rate limits" {
        create_table roles {
            id: uuid primary_key default(gen_random_uuid()),
            name: text not_null unique,
            description: text not_null,
            permissions: jsonb default("{}"),
            hierarchy_level: integer not_null,
            created_at: timestamptz default(now()),

            check roles_name_check ("name IN ('system', 'owner', 'admin', 'editor', 'viewer')"),
            index idx_roles_name (name),
            index idx_roles_hierarchy_level (hierarchy_level),
            row_level_security,
            policy "All users can view roles" for select to authenticated
                using("true"),
        }

        create_table refresh_tokens {
            id: uuid primary_key default(gen_random_uuid()),
            user_id: uuid not_null references(users.id, on_delete: cascade),
            token_hash: text not_null unique,
            expires_at: timestamptz not_null,
            created_at: timestamptz default(now()),
            revoked_at: timestamptz,
            replaced_by_token_id: uuid references(refresh_tokens.id),
            device_info: jsonb default("{}"),
            ip_address: text,
            user_agent: text,

            index idx_refresh_tokens_user_id (user_id),
            index idx_refresh_tokens_token_hash (token_hash) where("revoked_at IS NULL"),
            index idx_refresh_tokens_expires_at (expires_at),
            index idx_refresh_tokens_created_at (created_at),
            row_level_security,
            policy "Users can view own refresh tokens" for select to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid"),
            policy "System can manage refresh tokens" to authenticated
                using("true")
                with_check("true"),
        }

        create_table token_blacklist {
            id: uuid primary_key default(gen_random_uuid()),
            token_hash: text not_null unique,
            user_id: uuid references(users.id, on_delete: cascade),
            expires_at: timestamptz not_null,
            reason: text default("manual_revoke"),
            created_at: timestamptz default(now()),

            index idx_token_blacklist_token_hash (token_hash),
            index idx_token_blacklist_expires_at (expires_at),
            index idx_token_blacklist_user_id (user_id),
            row_level_security,
            policy "System can manage token blacklist" to authenticated
                using("true")
                with_check("true"),
        }

        create_table rate_limits {
            id: uuid primary_key default(gen_random_uuid()),
            user_id: uuid references(users.id, on_delete: cascade),
            space_id: uuid references(spaces.id, on_delete: cascade),
            endpoint: text not_null,
            window_start: timestamptz not_null,
            request_count: integer default(1),
            limit_type: text not_null,
            created_at: timestamptz default(now()),
            updated_at: timestamptz default(now()),

            unique rate_limits_user_id_space_id_endpoint_window_start_limit_ty_key
                (user_id, space_id, endpoint, window_start, limit_type),
            check rate_limits_limit_type_check ("limit_type IN ('per_user', 'per_space', 'per_endpoint', 'global')"),
            index idx_rate_limits_user_id (user_id),
            index idx_rate_limits_space_id (space_id),
            index idx_rate_limits_endpoint (endpoint),
            index idx_rate_limits_window_start (window_start),
            index idx_rate_limits_limit_type (limit_type),
            trigger update_rate_limits_updated_at before update for_each row execute update_updated_at_column(),
            row_level_security,
            policy "Users can view own rate limits" for select to authenticated
                using(r"
                    user_id = current_setting('app.current_user_id')::uuid
                    OR EXISTS (
                        SELECT 1 FROM @.space_members sm
                        WHERE sm.space_id = rate_limits.space_id
                            AND sm.user_id = current_setting('app.current_user_id')::uuid
                    )
                "),
            policy "System can manage rate limits" to authenticated
                using("true")
                with_check("true"),
        }

        create_table rate_limit_configs {
            id: uuid primary_key default(gen_random_uuid()),
            plan: text not_null,
            role: text,
            endpoint_pattern: text not_null,
            requests_per_minute: integer not_null,
            requests_per_hour: integer not_null,
            requests_per_day: integer not_null,
            created_at: timestamptz default(now()),

            unique (plan, role, endpoint_pattern),
            index idx_rate_limit_configs_plan (plan),
            index idx_rate_limit_configs_endpoint_pattern (endpoint_pattern),
            row_level_security,
            policy "All users can view rate limit configs" for select to authenticated
                using("true"),
            policy "Admins can manage rate limit configs" to authenticated
                using("@.is_platform_admin()")
                with_check("@.is_platform_admin()"),
        }

        add_column space_members.role_id: uuid references(roles.id);
        create_index idx_space_members_role_id on space_members (role_id);

        seed roles (name, description, hierarchy_level, permissions) on_conflict(name)
            do_update(description, hierarchy_level, permissions)
        {
            ("system", "System administrator with full platform access", 100, r#"{"all": true}"#),
            ("owner", "Workspace owner with full workspace control", 90, r#"{
                "workspace": {"manage_members": true, "manage_settings": true, "delete": true}
            }"#),
            ("admin", "Administrator with most workspace permissions", 80, r#"{
                "workspace": {"manage_members": true, "manage_settings": true},
                "clones": {"create": true, "update": true, "delete": true},
                "documents": {"upload": true, "delete": true}
            }"#),
            ("editor", "Editor with create and update permissions", 70, r#"{
                "clones": {"create": true, "update": true},
                "documents": {"upload": true},
                "chat": {"send": true}
            }"#),
            ("viewer", "Viewer with read-only access", 60, r#"{"clones": {"view": true}, "chat": {"view": true}}"#),
        }

        // Most rows have no role. The unique constraint takes two nulls for different, and the original adds these rows again
        // when it is run again; a seed takes them for the same.
        seed rate_limit_configs (
            plan, role, endpoint_pattern, requests_per_minute, requests_per_hour, requests_per_day,
        ) on_conflict(plan, role, endpoint_pattern) do_update(requests_per_minute, requests_per_hour, requests_per_day) {
            ("free", null, "/api/chat/*", 10, 100, 500),
            ("free", null, "/api/clones/*", 20, 200, 1000),
            ("free", null, "/api/documents/*", 5, 50, 200),
            ("free", null, "/api/*", 30, 300, 1500),
            ("pro", null, "/api/chat/*", 50, 500, 5000),
            ("pro", null, "/api/clones/*", 100, 1000, 10000),
            ("pro", null, "/api/documents/*", 20, 200, 2000),
            ("pro", null, "/api/*", 150, 1500, 15000),
            ("enterprise", null, "/api/chat/*", 200, 2000, 20000),
            ("enterprise", null, "/api/clones/*", 500, 5000, 50000),
            ("enterprise", null, "/api/documents/*", 100, 1000, 10000),
            ("enterprise", null, "/api/*", 600, 6000, 60000),
            ("enterprise", "admin", "/api/*", 1000, 10000, 100000),
        }

        // The text stays beside the reference; a member is an editor from here on.
        backfill space_members.role_id = "r.id" from("@.roles AS r") where(r"
            role_id IS NULL
            AND r.name = CASE space_members.role WHEN 'member' THEN 'editor' ELSE space_members.role END
        ");

        create_function has_workspace_role(p_user_id: uuid, p_space_id: uuid, p_required_role: text) returns boolean
            language plpgsql security_definer
        {
            r"
            BEGIN
                RETURN (
                    SELECT own.hierarchy_level >= needed.hierarchy_level
                    FROM @.space_members m
                    JOIN @.roles own ON own.id = m.role_id
                    JOIN @.roles needed ON needed.name = p_required_role
                    WHERE m.user_id = p_user_id AND m.space_id = p_space_id
                );
            END
            "
        }

        create_function is_token_blacklisted(p_token_hash: text) returns boolean language plpgsql security_definer {
            r"
            BEGIN
                RETURN EXISTS (
                    SELECT FROM @.token_blacklist b WHERE b.token_hash = p_token_hash AND b.expires_at > now()
                );
            END
            "
        }

        create_function cleanup_expired_tokens() returns void language plpgsql security_definer {
            r"
            BEGIN
                DELETE FROM @.refresh_tokens WHERE expires_at < now() - interval '7 days';
                DELETE FROM @.token_blacklist WHERE expires_at < now();
                DELETE FROM @.rate_limits WHERE window_start < now() - interval '30 days';
            END
            "
        }

        // The seeded patterns end in `*`, which is a character like others to LIKE; `%` would stand for more paths.
        create_function check_rate_limit(
            p_user_id: uuid,
            p_space_id: uuid,
            p_endpoint: text,
            p_window_start: timestamptz,
        ) returns jsonb language plpgsql security_definer {
            r"
            DECLARE
                own_plan text := (SELECT coalesce(u.billing_plan, 'free') FROM @.users u WHERE u.id = p_user_id);
                own_role text := (
                    SELECT m.role FROM @.space_members m WHERE m.user_id = p_user_id AND m.space_id = p_space_id
                );
                limits record;
                used integer;
            BEGIN
                SELECT
                    c.requests_per_minute AS per_minute, c.requests_per_hour AS per_hour, c.requests_per_day AS per_day
                INTO limits FROM @.rate_limit_configs c
                WHERE c.plan = own_plan
                    AND (c.role IS NULL OR c.role = own_role)
                    AND p_endpoint LIKE c.endpoint_pattern
                ORDER BY c.role NULLS LAST LIMIT 1;
                IF NOT FOUND THEN
                    SELECT 10 AS per_minute, 100 AS per_hour, 1000 AS per_day INTO limits;
                END IF;
                SELECT l.request_count INTO used FROM @.rate_limits l
                WHERE l.user_id = p_user_id
                    AND l.space_id IS NOT DISTINCT FROM p_space_id
                    AND l.endpoint = p_endpoint
                    AND l.window_start = p_window_start
                    AND l.limit_type = 'per_user'
                LIMIT 1;
                used := coalesce(used, 0);
                RETURN jsonb_build_object(
                    'allowed', used < limits.per_minute,
                    'current_count', used,
                    'limit_per_minute', limits.per_minute,
                    'limit_per_hour', limits.per_hour,
                    'limit_per_day', limits.per_day,
                    'reset_at', p_window_start + interval '1 minute');
            END
            "
        }

        // Without a space every call is a row of its own: the unique constraint does not compare nulls.
        create_function increment_rate_limit(
            p_user_id: uuid,
            p_space_id: uuid,
            p_endpoint: text,
            p_window_start: timestamptz,
        ) returns void language plpgsql security_definer {
            r"
            BEGIN
                INSERT INTO @.rate_limits AS l (user_id, space_id, endpoint, window_start, limit_type, request_count)
                VALUES (p_user_id, p_space_id, p_endpoint, p_window_start, 'per_user', 1)
                ON CONFLICT (user_id, space_id, endpoint, window_start, limit_type)
                DO UPDATE SET request_count = l.request_count + 1, updated_at = now();
            END
            "
        }

        create_function log_auth_event(
            p_user_id: uuid,
            p_event: text,
            p_ip_address: text,
            p_user_agent: text,
            p_metadata: jsonb default("'{}'"),
        ) returns void language plpgsql security_definer {
            r"
            BEGIN
                INSERT INTO @.audit_log (user_id, event, resource_type, ip_address, user_agent, metadata)
                VALUES (p_user_id, p_event, 'auth', p_ip_address, p_user_agent, p_metadata);
            END
            "
        }

        create_function log_quota_violation(
            p_user_id: uuid,
            p_resource_type: text,
            p_metadata: jsonb default("'{}'"),
        ) returns void language plpgsql security_definer {
            r"
            BEGIN
                INSERT INTO @.audit_log (user_id, event, resource_type, metadata)
                VALUES (p_user_id, 'quota_violation', p_resource_type, p_metadata);
            END
            "
        }

        create_function log_admin_action(
            p_user_id: uuid,
            p_action: text,
            p_resource_type: text,
            p_resource_id: uuid,
            p_metadata: jsonb default("'{}'"),
        ) returns void language plpgsql security_definer {
            r"
            BEGIN
                INSERT INTO @.audit_log (user_id, event, resource_type, resource_id, metadata)
                VALUES (p_user_id, p_action, p_resource_type, p_resource_id, p_metadata);
            END
            "
        }
    }
}
