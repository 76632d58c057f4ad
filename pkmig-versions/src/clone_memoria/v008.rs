//! V8: functions that run with their owner's rights find nothing that their caller has put into his path.
//!
//! The original never set one for those of V3, V5 and V6. What they do stays the same.

pkmig::migration! {
    V08 "a search_path for what runs with its owner's rights" {
        create_or_replace_function is_platform_admin() returns boolean
            language plpgsql security_definer set search_path = "@, pg_temp"
        {
            r"
            BEGIN
                RETURN (
                    SELECT coalesce(u.is_platform_admin, false) FROM @.users u
                    WHERE u.id = current_setting('app.current_user_id')::uuid
                );
            END
            "
        }

        create_or_replace_function has_consent(p_user_id: uuid, p_consent_type: text) returns boolean
            language plpgsql security_definer set search_path = "@, pg_temp"
        {
            r"
            BEGIN
                RETURN coalesce((
                    SELECT CASE p_consent_type
                        WHEN 'data_processing' THEN u.consent_data_processing
                        WHEN 'voice_processing' THEN u.consent_voice_processing
                        WHEN 'video_processing' THEN u.consent_video_processing
                        WHEN 'third_party_apis' THEN u.consent_third_party_apis
                        WHEN 'whatsapp_ingestion' THEN u.consent_whatsapp_ingestion
                    END
                    FROM @.users u WHERE u.id = p_user_id
                ), false);
            END
            "
        }

        create_or_replace_function get_user_message_count_this_month(p_user_id: uuid) returns integer
            language plpgsql security_definer set search_path = "@, pg_temp"
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

        create_or_replace_function get_user_clone_count(p_user_id: uuid) returns integer
            language plpgsql security_definer set search_path = "@, pg_temp"
        {
            r"
            BEGIN
                RETURN (SELECT count(*) FROM @.clones c WHERE c.user_id = p_user_id AND c.deleted_at IS NULL);
            END
            "
        }

        create_or_replace_function get_clone_document_count(p_clone_id: uuid) returns integer
            language plpgsql security_definer set search_path = "@, pg_temp"
        {
            r"
            BEGIN
                RETURN (
                    SELECT count(*) FROM @.clone_documents d
                    WHERE d.clone_id = p_clone_id AND d.deleted_at IS NULL
                );
            END
            "
        }

        create_or_replace_function can_create_clone(p_user_id: uuid) returns boolean
            language plpgsql security_definer set search_path = "@, pg_temp"
        {
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

        create_or_replace_function can_send_message(p_user_id: uuid) returns boolean
            language plpgsql security_definer set search_path = "@, pg_temp"
        {
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

        create_or_replace_function can_add_document(p_clone_id: uuid) returns boolean
            language plpgsql security_definer set search_path = "@, pg_temp"
        {
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

        create_or_replace_function has_workspace_role(p_user_id: uuid, p_space_id: uuid, p_required_role: text) returns boolean
            language plpgsql security_definer set search_path = "@, pg_temp"
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

        create_or_replace_function is_token_blacklisted(p_token_hash: text) returns boolean
            language plpgsql security_definer set search_path = "@, pg_temp"
        {
            r"
            BEGIN
                RETURN EXISTS (
                    SELECT FROM @.token_blacklist b WHERE b.token_hash = p_token_hash AND b.expires_at > now()
                );
            END
            "
        }

        create_or_replace_function cleanup_expired_tokens() returns void
            language plpgsql security_definer set search_path = "@, pg_temp"
        {
            r"
            BEGIN
                DELETE FROM @.refresh_tokens WHERE expires_at < now() - interval '7 days';
                DELETE FROM @.token_blacklist WHERE expires_at < now();
                DELETE FROM @.rate_limits WHERE window_start < now() - interval '30 days';
            END
            "
        }

        create_or_replace_function check_rate_limit(
            p_user_id: uuid,
            p_space_id: uuid,
            p_endpoint: text,
            p_window_start: timestamptz,
        ) returns jsonb language plpgsql security_definer set search_path = "@, pg_temp" {
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

        create_or_replace_function increment_rate_limit(
            p_user_id: uuid,
            p_space_id: uuid,
            p_endpoint: text,
            p_window_start: timestamptz,
        ) returns void language plpgsql security_definer set search_path = "@, pg_temp" {
            r"
            BEGIN
                INSERT INTO @.rate_limits AS l (user_id, space_id, endpoint, window_start, limit_type, request_count)
                VALUES (p_user_id, p_space_id, p_endpoint, p_window_start, 'per_user', 1)
                ON CONFLICT (user_id, space_id, endpoint, window_start, limit_type)
                DO UPDATE SET request_count = l.request_count + 1, updated_at = now();
            END
            "
        }

        create_or_replace_function log_auth_event(
            p_user_id: uuid,
            p_event: text,
            p_ip_address: text,
            p_user_agent: text,
            p_metadata: jsonb default("'{}'"),
        ) returns void language plpgsql security_definer set search_path = "@, pg_temp" {
            r"
            BEGIN
                INSERT INTO @.audit_log (user_id, event, resource_type, ip_address, user_agent, metadata)
                VALUES (p_user_id, p_event, 'auth', p_ip_address, p_user_agent, p_metadata);
            END
            "
        }

        create_or_replace_function log_quota_violation(
            p_user_id: uuid,
            p_resource_type: text,
            p_metadata: jsonb default("'{}'"),
        ) returns void language plpgsql security_definer set search_path = "@, pg_temp" {
            r"
            BEGIN
                INSERT INTO @.audit_log (user_id, event, resource_type, metadata)
                VALUES (p_user_id, 'quota_violation', p_resource_type, p_metadata);
            END
            "
        }

        create_or_replace_function log_admin_action(
            p_user_id: uuid,
            p_action: text,
            p_resource_type: text,
            p_resource_id: uuid,
            p_metadata: jsonb default("'{}'"),
        ) returns void language plpgsql security_definer set search_path = "@, pg_temp" {
            r"
            BEGIN
                INSERT INTO @.audit_log (user_id, event, resource_type, resource_id, metadata)
                VALUES (p_user_id, p_action, p_resource_type, p_resource_id, p_metadata);
            END
            "
        }
    }
}
