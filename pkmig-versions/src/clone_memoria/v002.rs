//! V2: which AI serves a clone, and documents it can look things up in.

pkmig::migration! {
    V02 "AI providers, documents and their chunks" {
        create_table clone_documents {
            id: uuid primary_key default(gen_random_uuid()),
            clone_id: uuid not_null references(clones.id, on_delete: cascade),
            user_id: uuid not_null references(users.id, on_delete: cascade),
            title: text not_null,
            content: text not_null,
            source_type: text default("manual"),
            created_at: timestamptz default(now()),
            updated_at: timestamptz default(now()),

            index idx_clone_documents_clone_id (clone_id),
            index idx_clone_documents_user_id (user_id),
            index idx_clone_documents_created_at (created_at),
            trigger update_clone_documents_updated_at before update for_each row execute update_updated_at_column(),
            row_level_security,
            policy "Users can view own clone documents" for select to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid"),
            policy "Users can create own clone documents" for insert to authenticated
                with_check("user_id = current_setting('app.current_user_id')::uuid"),
            policy "Users can update own clone documents" for update to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid")
                with_check("user_id = current_setting('app.current_user_id')::uuid"),
            policy "Users can delete own clone documents" for delete to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid"),
        }

        create_table clone_document_chunks {
            id: uuid primary_key default(gen_random_uuid()),
            clone_id: uuid not_null references(clones.id, on_delete: cascade),
            document_id: uuid not_null references(clone_documents.id, on_delete: cascade),
            chunk_index: integer not_null,
            content: text not_null,
            embedding: double precision[],
            created_at: timestamptz default(now()),

            index idx_clone_document_chunks_clone_id (clone_id),
            index idx_clone_document_chunks_document_id (document_id),
            index idx_clone_document_chunks_chunk_index (document_id, chunk_index),
            row_level_security,
            policy "Users can view own clone document chunks" for select to authenticated
                using(r"
                    EXISTS (
                        SELECT 1 FROM @.clone_documents
                        WHERE clone_documents.id = clone_document_chunks.document_id
                            AND clone_documents.user_id = current_setting('app.current_user_id')::uuid
                    )
                "),
            policy "Users can create own clone document chunks" for insert to authenticated
                with_check(r"
                    EXISTS (
                        SELECT 1 FROM @.clone_documents
                        WHERE clone_documents.id = clone_document_chunks.document_id
                            AND clone_documents.user_id = current_setting('app.current_user_id')::uuid
                    )
                "),
            policy "Users can delete own clone document chunks" for delete to authenticated
                using(r"
                    EXISTS (
                        SELECT 1 FROM @.clone_documents
                        WHERE clone_documents.id = clone_document_chunks.document_id
                            AND clone_documents.user_id = current_setting('app.current_user_id')::uuid
                    )
                "),
        }

        add_column clones.llm_provider: text;
        add_column clones.llm_model: text;
        add_column clones.embedding_provider: text;
        add_column clones.tts_provider: text;
        add_column clones.tts_voice_id: text;
        add_column clones.temperature: numeric default(0.7);
        add_column clones.max_tokens: integer;
    }
}
