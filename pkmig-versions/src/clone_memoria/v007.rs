//! V7: policies ask functions for access to a space, which ends their recursion.

pkmig::migration! {
    V07 "access by space" {
        create_function user_has_workspace_access(
            p_space_id: uuid,
            p_required_role: text default("'member'"),
        ) returns boolean language plpgsql security_definer set search_path = "@" {
            r#"
            DECLARE
                levels CONSTANT jsonb := '{"owner": 3, "admin": 2, "member": 1}';
                own_role text := coalesce(
                    (SELECT m.role FROM @.space_members m WHERE m.space_id = p_space_id AND m.user_id = auth.uid()),
                    (SELECT 'owner' FROM @.spaces s WHERE s.id = p_space_id AND s.owner_user_id = auth.uid())
                );
            BEGIN
                RETURN coalesce(
                    (levels ->> own_role)::integer >= coalesce((levels ->> p_required_role)::integer, 1), false
                );
            END
            "#
        }

        create_function get_user_workspace_role(p_space_id: uuid) returns text
            language plpgsql security_definer set search_path = "@"
        {
            r"
            BEGIN
                IF EXISTS (SELECT FROM @.spaces s WHERE s.id = p_space_id AND s.owner_user_id = auth.uid()) THEN
                    RETURN 'owner';
                END IF;
                RETURN (SELECT m.role FROM @.space_members m WHERE m.space_id = p_space_id AND m.user_id = auth.uid());
            END
            "
        }

        create_function is_workspace_owner(p_space_id: uuid) returns boolean
            language plpgsql security_definer set search_path = "@"
        {
            r"
            BEGIN
                RETURN EXISTS (SELECT FROM @.spaces s WHERE s.id = p_space_id AND s.owner_user_id = auth.uid());
            END
            "
        }

        create_function get_user_workspaces() returns table (space_id: uuid, role: text)
            language plpgsql security_definer set search_path = "@"
        {
            r"
            BEGIN
                RETURN QUERY
                    SELECT s.id, 'owner'::text FROM @.spaces s WHERE s.owner_user_id = auth.uid()
                    UNION
                    SELECT m.space_id, m.role FROM @.space_members m WHERE m.user_id = auth.uid();
            END
            "
        }

        grant execute on function user_has_workspace_access(uuid, text) to authenticated;
        grant execute on function get_user_workspace_role(uuid) to authenticated;
        grant execute on function is_workspace_owner(uuid) to authenticated;
        grant execute on function get_user_workspaces() to authenticated;

        comment_on function user_has_workspace_access(uuid, text)
            "whether the user of the session has this role in the space, or a higher one";
        comment_on function get_user_workspace_role(uuid)
            "the role of the session's user in the space; null for a stranger";
        comment_on function is_workspace_owner(uuid) "whether the space belongs to the session's user";
        comment_on function get_user_workspaces() "the spaces of the session's user, with the role in each";

        create_index idx_clones_space_user on clones (space_id, user_id) where("space_id IS NOT NULL");
        replace_policy "Users can view own clones" on clones for select to authenticated
            using(r"
                is_personal = true AND user_id = auth.uid()
                OR space_id IS NOT NULL AND @.user_has_workspace_access(space_id, 'member')
            ");
        replace_policy "Users can create own clones" on clones for insert to authenticated
            with_check(r"
                user_id = auth.uid()
                AND (
                    is_personal = true
                    OR space_id IS NOT NULL AND @.user_has_workspace_access(space_id, 'member')
                )
            ");
        replace_policy "Users can update own clones" on clones for update to authenticated
            using(r"
                is_personal = true AND user_id = auth.uid()
                OR space_id IS NOT NULL AND @.user_has_workspace_access(space_id, 'admin')
            ")
            with_check(r"
                is_personal = true AND user_id = auth.uid()
                OR space_id IS NOT NULL AND @.user_has_workspace_access(space_id, 'admin')
            ");
        replace_policy "Users can delete own clones" on clones for delete to authenticated
            using(r"
                is_personal = true AND user_id = auth.uid()
                OR space_id IS NOT NULL AND @.user_has_workspace_access(space_id, 'admin')
            ");

        create_index idx_memories_space_clone on memories (space_id, clone_id) where("space_id IS NOT NULL");
        // Memories, conversations, messages and API keys keep the policies that read `app.current_user_id`: their names
        // differ. PostgreSQL asks both, so that a session without the setting is refused there.
        create_policy "Users can view memories" on memories for select to authenticated
            using(r"
                EXISTS (
                    SELECT 1 FROM @.clones
                    WHERE clones.id = memories.clone_id
                        AND (
                            clones.is_personal = true AND clones.user_id = auth.uid()
                            OR clones.space_id IS NOT NULL AND @.user_has_workspace_access(clones.space_id, 'member')
                        )
                )
            ");
        create_policy "Users can create memories" on memories for insert to authenticated
            with_check(r"
                EXISTS (
                    SELECT 1 FROM @.clones
                    WHERE clones.id = memories.clone_id
                        AND (
                            clones.is_personal = true AND clones.user_id = auth.uid()
                            OR clones.space_id IS NOT NULL AND @.user_has_workspace_access(clones.space_id, 'member')
                        )
                )
            ");
        create_policy "Users can update memories" on memories for update to authenticated
            using(r"
                EXISTS (
                    SELECT 1 FROM @.clones
                    WHERE clones.id = memories.clone_id
                        AND (
                            clones.is_personal = true AND clones.user_id = auth.uid()
                            OR clones.space_id IS NOT NULL AND @.user_has_workspace_access(clones.space_id, 'member')
                        )
                )
            ")
            with_check(r"
                EXISTS (
                    SELECT 1 FROM @.clones
                    WHERE clones.id = memories.clone_id
                        AND (
                            clones.is_personal = true AND clones.user_id = auth.uid()
                            OR clones.space_id IS NOT NULL AND @.user_has_workspace_access(clones.space_id, 'member')
                        )
                )
            ");
        create_policy "Users can delete memories" on memories for delete to authenticated
            using(r"
                EXISTS (
                    SELECT 1 FROM @.clones
                    WHERE clones.id = memories.clone_id
                        AND (
                            clones.is_personal = true AND clones.user_id = auth.uid()
                            OR clones.space_id IS NOT NULL AND @.user_has_workspace_access(clones.space_id, 'admin')
                        )
                )
            ");

        create_index idx_conversations_space_clone on conversations (space_id, clone_id) where("space_id IS NOT NULL");
        replace_policy "Users can delete own conversations" on conversations for delete to authenticated
            using(r"
                user_id = auth.uid()
                OR space_id IS NOT NULL AND @.user_has_workspace_access(space_id, 'admin')
            ");
        create_policy "Users can view conversations" on conversations for select to authenticated
            using(r"
                user_id = auth.uid()
                OR space_id IS NOT NULL AND @.user_has_workspace_access(space_id, 'member')
            ");
        create_policy "Users can create conversations" on conversations for insert to authenticated
            with_check(r"
                user_id = auth.uid()
                AND (space_id IS NULL OR @.user_has_workspace_access(space_id, 'member'))
            ");
        create_policy "Users can update own conversations" on conversations for update to authenticated
            using(r"
                user_id = auth.uid()
                OR space_id IS NOT NULL AND @.user_has_workspace_access(space_id, 'admin')
            ")
            with_check(r"
                user_id = auth.uid()
                OR space_id IS NOT NULL AND @.user_has_workspace_access(space_id, 'admin')
            ");

        create_index idx_messages_space_conversation on messages (space_id, conversation_id)
            where("space_id IS NOT NULL");
        create_policy "Users can view messages" on messages for select to authenticated
            using(r"
                EXISTS (
                    SELECT 1 FROM @.conversations
                    WHERE conversations.id = messages.conversation_id
                        AND (
                            conversations.user_id = auth.uid()
                            OR conversations.space_id IS NOT NULL
                                AND @.user_has_workspace_access(conversations.space_id, 'member')
                        )
                )
            ");
        create_policy "Users can create messages" on messages for insert to authenticated
            with_check(r"
                EXISTS (
                    SELECT 1 FROM @.conversations
                    WHERE conversations.id = messages.conversation_id
                        AND (
                            conversations.user_id = auth.uid()
                            OR conversations.space_id IS NOT NULL
                                AND @.user_has_workspace_access(conversations.space_id, 'member')
                        )
                )
            ");

        replace_policy "Users can view spaces they own or are members of" on spaces for select to authenticated
            using(r"
                owner_user_id = auth.uid()
                OR EXISTS (
                    SELECT 1 FROM @.space_members
                    WHERE space_members.space_id = spaces.id AND space_members.user_id = auth.uid()
                )
            ");
        replace_policy "Users can create own spaces" on spaces for insert to authenticated
            with_check("owner_user_id = auth.uid()");
        replace_policy "Space owners can update their spaces" on spaces for update to authenticated
            using("owner_user_id = auth.uid()")
            with_check("owner_user_id = auth.uid()");
        replace_policy "Space owners can delete their spaces" on spaces for delete to authenticated
            using("owner_user_id = auth.uid()");

        replace_policy "Users can view members of their spaces" on space_members for select to authenticated
            using("@.user_has_workspace_access(space_id, 'member')");
        replace_policy "Space admins can add members" on space_members for insert to authenticated
            with_check("@.user_has_workspace_access(space_id, 'admin')");
        replace_policy "Space admins can remove members" on space_members for delete to authenticated
            using("@.user_has_workspace_access(space_id, 'admin')");
        create_policy "Space admins can update members" on space_members for update to authenticated
            using("@.user_has_workspace_access(space_id, 'admin')")
            with_check("@.user_has_workspace_access(space_id, 'admin')");

        replace_policy "Users can view own audit logs" on audit_log for select to authenticated
            using(r"
                user_id = auth.uid()
                OR space_id IS NOT NULL AND @.user_has_workspace_access(space_id, 'admin')
            ");

        replace_policy "Users can view own webhooks" on webhooks for select to authenticated
            using(r"
                user_id = auth.uid()
                OR space_id IS NOT NULL AND @.user_has_workspace_access(space_id, 'admin')
            ");
        replace_policy "Users can create own webhooks" on webhooks for insert to authenticated
            with_check(r"
                user_id = auth.uid()
                AND (space_id IS NULL OR @.user_has_workspace_access(space_id, 'admin'))
            ");
        replace_policy "Users can update own webhooks" on webhooks for update to authenticated
            using(r"
                user_id = auth.uid()
                OR space_id IS NOT NULL AND @.user_has_workspace_access(space_id, 'admin')
            ")
            with_check(r"
                user_id = auth.uid()
                OR space_id IS NOT NULL AND @.user_has_workspace_access(space_id, 'admin')
            ");
        replace_policy "Users can delete own webhooks" on webhooks for delete to authenticated
            using(r"
                user_id = auth.uid()
                OR space_id IS NOT NULL AND @.user_has_workspace_access(space_id, 'admin')
            ");

        create_index idx_api_keys_space_user on api_keys (space_id, user_id) where("space_id IS NOT NULL");
        create_policy "Users can view own api keys" on api_keys for select to authenticated
            using(r"
                user_id = auth.uid()
                OR space_id IS NOT NULL AND @.user_has_workspace_access(space_id, 'admin')
            ");
        create_policy "Users can create own api keys" on api_keys for insert to authenticated
            with_check(r"
                user_id = auth.uid()
                AND (space_id IS NULL OR @.user_has_workspace_access(space_id, 'admin'))
            ");
        create_policy "Users can update own api keys" on api_keys for update to authenticated
            using(r"
                user_id = auth.uid()
                OR space_id IS NOT NULL AND @.user_has_workspace_access(space_id, 'admin')
            ")
            with_check(r"
                user_id = auth.uid()
                OR space_id IS NOT NULL AND @.user_has_workspace_access(space_id, 'admin')
            ");
        create_policy "Users can delete own api keys" on api_keys for delete to authenticated
            using(r"
                user_id = auth.uid()
                OR space_id IS NOT NULL AND @.user_has_workspace_access(space_id, 'admin')
            ");

        comment_on column clones.space_id "the space that shares it; null for a clone of one user";
        comment_on column clones.is_personal "true where it belongs to its user alone";
        comment_on table spaces "what several users work on together";
        comment_on table space_members "who works in which space, and as what";
    }
}
