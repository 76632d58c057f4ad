//! V1: users, their clones, and what these remember and say.

pkmig::migration! {
    V01 "users, clones, memories and conversations" {
        create_table pkmig_clone_memoria {}

        create_function update_updated_at_column() returns trigger language plpgsql {
            "BEGIN NEW.updated_at := now(); RETURN NEW; END"
        }

        create_table users {
            id: uuid primary_key default(gen_random_uuid()),
            email: text not_null unique,
            password_hash: text not_null,
            full_name: text,
            created_at: timestamptz default(now()),
            updated_at: timestamptz default(now()),

            trigger update_users_updated_at before update for_each row execute update_updated_at_column(),
            row_level_security,
            policy "Users can view own profile" for select to authenticated
                using("id = current_setting('app.current_user_id')::uuid"),
            policy "Users can update own profile" for update to authenticated
                using("id = current_setting('app.current_user_id')::uuid")
                with_check("id = current_setting('app.current_user_id')::uuid"),
        }

        create_table clones {
            id: uuid primary_key default(gen_random_uuid()),
            user_id: uuid not_null references(users.id, on_delete: cascade),
            name: text not_null,
            description: text default(""),
            tone_config: jsonb default(r#"{"humor": 0.5, "warmth": 0.7, "formality": 0.3}"#),
            avatar_url: text,
            created_at: timestamptz default(now()),
            updated_at: timestamptz default(now()),

            index idx_clones_user_id (user_id),
            trigger update_clones_updated_at before update for_each row execute update_updated_at_column(),
            row_level_security,
            policy "Users can view own clones" for select to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid"),
            policy "Users can create own clones" for insert to authenticated
                with_check("user_id = current_setting('app.current_user_id')::uuid"),
            policy "Users can update own clones" for update to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid")
                with_check("user_id = current_setting('app.current_user_id')::uuid"),
            policy "Users can delete own clones" for delete to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid"),
        }

        create_table memories {
            id: uuid primary_key default(gen_random_uuid()),
            user_id: uuid not_null references(users.id, on_delete: cascade),
            clone_id: uuid not_null references(clones.id, on_delete: cascade),
            title: text,
            content: text not_null,
            source_type: text default("manual"),
            created_at: timestamptz default(now()),
            updated_at: timestamptz default(now()),

            index idx_memories_clone_id (clone_id),
            index idx_memories_user_id (user_id),
            trigger update_memories_updated_at before update for_each row execute update_updated_at_column(),
            row_level_security,
            policy "Users can view own memories" for select to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid"),
            policy "Users can create own memories" for insert to authenticated
                with_check("user_id = current_setting('app.current_user_id')::uuid"),
            policy "Users can update own memories" for update to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid")
                with_check("user_id = current_setting('app.current_user_id')::uuid"),
            policy "Users can delete own memories" for delete to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid"),
        }

        create_table conversations {
            id: uuid primary_key default(gen_random_uuid()),
            user_id: uuid not_null references(users.id, on_delete: cascade),
            clone_id: uuid not_null references(clones.id, on_delete: cascade),
            title: text,
            created_at: timestamptz default(now()),
            updated_at: timestamptz default(now()),

            index idx_conversations_user_id (user_id),
            index idx_conversations_clone_id (clone_id),
            trigger update_conversations_updated_at before update for_each row execute update_updated_at_column(),
            row_level_security,
            policy "Users can view own conversations" for select to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid"),
            policy "Users can create own conversations" for insert to authenticated
                with_check("user_id = current_setting('app.current_user_id')::uuid"),
            policy "Users can delete own conversations" for delete to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid"),
        }

        create_table messages {
            id: uuid primary_key default(gen_random_uuid()),
            conversation_id: uuid not_null references(conversations.id, on_delete: cascade),
            role: text not_null,
            content: text not_null,
            metadata: jsonb default("{}"),
            created_at: timestamptz default(now()),

            check messages_role_check ("role IN ('user', 'clone', 'system')"),
            index idx_messages_conversation_id (conversation_id),
            index idx_messages_created_at (created_at),
            row_level_security,
            policy "Users can view messages in own conversations" for select to authenticated
                using(r"
                    EXISTS (
                        SELECT 1 FROM @.conversations
                        WHERE conversations.id = messages.conversation_id
                            AND conversations.user_id = current_setting('app.current_user_id')::uuid
                    )
                "),
            policy "Users can create messages in own conversations" for insert to authenticated
                with_check(r"
                    EXISTS (
                        SELECT 1 FROM @.conversations
                        WHERE conversations.id = messages.conversation_id
                            AND conversations.user_id = current_setting('app.current_user_id')::uuid
                    )
                "),
        }
    }
}
