//! V4: spaces that several users share, invitations, webhooks and the audit log.

pkmig::migration! {
    V04 "spaces that are shared" {
        create_table spaces {
            id: uuid primary_key default(gen_random_uuid()),
            owner_user_id: uuid not_null references(users.id, on_delete: cascade),
            name: text not_null,
            description: text,
            created_at: timestamptz default(now()),
            updated_at: timestamptz default(now()),
            deleted_at: timestamptz,

            index idx_spaces_owner_user_id (owner_user_id),
            index idx_spaces_deleted_at (deleted_at) where("deleted_at IS NULL"),
            trigger update_spaces_updated_at before update for_each row execute update_updated_at_column(),
            row_level_security,
            policy "Users can create own spaces" for insert to authenticated
                with_check("owner_user_id = current_setting('app.current_user_id')::uuid"),
            policy "Space owners can update their spaces" for update to authenticated
                using("owner_user_id = current_setting('app.current_user_id')::uuid")
                with_check("owner_user_id = current_setting('app.current_user_id')::uuid"),
            policy "Space owners can delete their spaces" for delete to authenticated
                using("owner_user_id = current_setting('app.current_user_id')::uuid"),
        }

        create_table space_members {
            id: uuid primary_key default(gen_random_uuid()),
            space_id: uuid not_null references(spaces.id, on_delete: cascade),
            user_id: uuid not_null references(users.id, on_delete: cascade),
            role: text not_null,
            created_at: timestamptz default(now()),

            unique (space_id, user_id),
            check space_members_role_check ("role IN ('owner', 'admin', 'member')"),
            index idx_space_members_space_id (space_id),
            index idx_space_members_user_id (user_id),
            row_level_security,
            policy "Users can view members of their spaces" for select to authenticated
                using(r"
                    EXISTS (
                        SELECT 1 FROM @.spaces
                        WHERE spaces.id = space_members.space_id
                            AND (
                                spaces.owner_user_id = current_setting('app.current_user_id')::uuid
                                OR EXISTS (
                                    SELECT 1 FROM @.space_members sm
                                    WHERE sm.space_id = spaces.id
                                        AND sm.user_id = current_setting('app.current_user_id')::uuid
                                )
                            )
                    )
                "),
            policy "Space admins can add members" for insert to authenticated
                with_check(r"
                    EXISTS (
                        SELECT 1 FROM @.space_members sm
                        WHERE sm.space_id = space_members.space_id
                            AND sm.user_id = current_setting('app.current_user_id')::uuid
                            AND sm.role IN ('owner', 'admin')
                    )
                "),
            policy "Space admins can remove members" for delete to authenticated
                using(r"
                    EXISTS (
                        SELECT 1 FROM @.space_members sm
                        WHERE sm.space_id = space_members.space_id
                            AND sm.user_id = current_setting('app.current_user_id')::uuid
                            AND sm.role IN ('owner', 'admin')
                    )
                "),
        }

        // It asks the members and they ask the spaces: PostgreSQL refuses to read either for this recursion, until V7.
        create_policy "Users can view spaces they own or are members of" on spaces for select to authenticated
            using(r"
                owner_user_id = current_setting('app.current_user_id')::uuid
                OR EXISTS (
                    SELECT 1 FROM @.space_members
                    WHERE space_members.space_id = spaces.id
                        AND space_members.user_id = current_setting('app.current_user_id')::uuid
                )
            ");

        create_table space_invitations {
            id: uuid primary_key default(gen_random_uuid()),
            space_id: uuid not_null references(spaces.id, on_delete: cascade),
            invited_by_user_id: uuid not_null references(users.id, on_delete: cascade),
            email: text not_null,
            token: text not_null unique,
            role: text not_null default("member"),
            expires_at: timestamptz not_null,
            status: text not_null default("pending"),
            created_at: timestamptz default(now()),
            accepted_at: timestamptz,

            check space_invitations_role_check ("role IN ('admin', 'member')"),
            check space_invitations_status_check ("status IN ('pending', 'accepted', 'expired', 'cancelled')"),
            index idx_space_invitations_space_id (space_id),
            index idx_space_invitations_email (email),
            index idx_space_invitations_token (token) where("status = 'pending'"),
            row_level_security,
            policy "Users can view invitations for their spaces" for select to authenticated
                using(r"
                    EXISTS (
                        SELECT 1 FROM @.space_members
                        WHERE space_members.space_id = space_invitations.space_id
                            AND space_members.user_id = current_setting('app.current_user_id')::uuid
                            AND space_members.role IN ('owner', 'admin')
                    )
                "),
            policy "Space admins can create invitations" for insert to authenticated
                with_check(r"
                    EXISTS (
                        SELECT 1 FROM @.space_members
                        WHERE space_members.space_id = space_invitations.space_id
                            AND space_members.user_id = current_setting('app.current_user_id')::uuid
                            AND space_members.role IN ('owner', 'admin')
                    )
                "),
        }

        create_table audit_log {
            id: uuid primary_key default(gen_random_uuid()),
            user_id: uuid references(users.id, on_delete: set_null),
            space_id: uuid references(spaces.id, on_delete: cascade),
            event: text not_null,
            resource_type: text,
            resource_id: uuid,
            metadata: jsonb default("{}"),
            ip_address: text,
            user_agent: text,
            created_at: timestamptz default(now()),

            index idx_audit_log_user_id (user_id),
            index idx_audit_log_space_id (space_id),
            index idx_audit_log_created_at (created_at),
            index idx_audit_log_event (event),
            row_level_security,
            policy "Users can view own audit logs" for select to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid"),
            policy "System can create audit logs" for insert to authenticated
                with_check("true"),
        }

        create_table webhooks {
            id: uuid primary_key default(gen_random_uuid()),
            user_id: uuid not_null references(users.id, on_delete: cascade),
            space_id: uuid references(spaces.id, on_delete: cascade),
            url: text not_null,
            secret: text not_null,
            events: text[] default(sql("ARRAY[]::text[]")),
            is_active: boolean default(true),
            created_at: timestamptz default(now()),
            updated_at: timestamptz default(now()),
            last_called_at: timestamptz,
            last_status: text,

            index idx_webhooks_user_id (user_id),
            index idx_webhooks_space_id (space_id),
            index idx_webhooks_is_active (is_active) where("is_active = true"),
            trigger update_webhooks_updated_at before update for_each row execute update_updated_at_column(),
            row_level_security,
            policy "Users can view own webhooks" for select to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid"),
            policy "Users can create own webhooks" for insert to authenticated
                with_check("user_id = current_setting('app.current_user_id')::uuid"),
            policy "Users can update own webhooks" for update to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid")
                with_check("user_id = current_setting('app.current_user_id')::uuid"),
            policy "Users can delete own webhooks" for delete to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid"),
        }

        create_table webhook_logs {
            id: uuid primary_key default(gen_random_uuid()),
            webhook_id: uuid not_null references(webhooks.id, on_delete: cascade),
            event: text not_null,
            payload: jsonb not_null,
            status_code: integer,
            error_message: text,
            created_at: timestamptz default(now()),

            index idx_webhook_logs_webhook_id (webhook_id),
            index idx_webhook_logs_created_at (created_at),
            row_level_security,
            policy "Users can view own webhook logs" for select to authenticated
                using(r"
                    EXISTS (
                        SELECT 1 FROM @.webhooks
                        WHERE webhooks.id = webhook_logs.webhook_id
                            AND webhooks.user_id = current_setting('app.current_user_id')::uuid
                    )
                "),
            policy "System can create webhook logs" for insert to authenticated
                with_check("true"),
        }

        create_table safety_events {
            id: uuid primary_key default(gen_random_uuid()),
            user_id: uuid references(users.id, on_delete: set_null),
            clone_id: uuid references(clones.id, on_delete: set_null),
            space_id: uuid references(spaces.id, on_delete: cascade),
            "type": text not_null,
            reason: text not_null,
            content_snippet: text,
            metadata: jsonb default("{}"),
            created_at: timestamptz default(now()),

            check safety_events_type_check ("type IN ('input_blocked', 'output_blocked', 'warning', 'flagged')"),
            index idx_safety_events_user_id (user_id),
            index idx_safety_events_clone_id (clone_id),
            index idx_safety_events_space_id (space_id),
            index idx_safety_events_type ("type"),
            index idx_safety_events_created_at (created_at),
            row_level_security,
            policy "Users can view own safety events" for select to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid"),
            policy "Admins can view all safety events" for select to authenticated
                using("@.is_platform_admin()"),
            policy "System can create safety events" for insert to authenticated
                with_check("true"),
        }

        add_column {clones, memories, conversations, messages, clone_documents}.space_id: uuid
            references(spaces.id, on_delete: cascade);
        add_column clones.is_personal: boolean default(true);
        create_index idx_clones_space_id on clones (space_id) where("space_id IS NOT NULL");
        create_index idx_memories_space_id on memories (space_id) where("space_id IS NOT NULL");
        create_index idx_conversations_space_id on conversations (space_id) where("space_id IS NOT NULL");
        create_index idx_messages_space_id on messages (space_id) where("space_id IS NOT NULL");
        create_index idx_clone_documents_space_id on clone_documents (space_id) where("space_id IS NOT NULL");
    }
}
