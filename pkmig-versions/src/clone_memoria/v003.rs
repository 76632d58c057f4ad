//! V3: what users have agreed to, what they have booked and what they used.

pkmig::migration! {
    V03 "consents, plans and usage" {
        create_table usage_metrics {
            id: uuid primary_key default(gen_random_uuid()),
            user_id: uuid not_null references(users.id, on_delete: cascade),
            metric_date: date not_null default(sql("CURRENT_DATE")),
            messages_count: integer default(0),
            tokens_used: integer default(0),
            documents_uploaded: integer default(0),
            clones_created: integer default(0),
            tts_requests: integer default(0),
            avatar_requests: integer default(0),
            created_at: timestamptz default(now()),
            updated_at: timestamptz default(now()),

            unique (user_id, metric_date),
            index idx_usage_metrics_user_id (user_id),
            index idx_usage_metrics_date (metric_date),
            trigger update_usage_metrics_updated_at before update for_each row execute update_updated_at_column(),
            row_level_security,
            policy "Users can view own usage metrics" for select to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid"),
            policy "System can manage usage metrics" for insert to authenticated
                with_check("user_id = current_setting('app.current_user_id')::uuid"),
            policy "System can update usage metrics" for update to authenticated
                using("user_id = current_setting('app.current_user_id')::uuid")
                with_check("user_id = current_setting('app.current_user_id')::uuid"),
        }

        add_column users.consent_data_processing: boolean default(true);
        add_column users.{consent_voice_processing, consent_video_processing}: boolean default(false);
        add_column users.{consent_third_party_apis, consent_whatsapp_ingestion}: boolean default(false);
        add_column users.last_data_export_at: timestamptz;
        add_column users.billing_plan: text default("free");
        add_column users.billing_period_start: timestamptz;
        add_column users.billing_period_end: timestamptz;
        add_column users.billing_customer_id: text;
        add_column users.is_platform_admin: boolean default(false);
        add_column users.deleted_at: timestamptz;
        add_column {clones, memories, conversations, messages, clone_documents}.deleted_at: timestamptz;
        add_column clone_documents.language: text default("en");
        add_column clone_documents.metadata: jsonb default("{}");

        create_function is_platform_admin() returns boolean language plpgsql security_definer {
            r"
            BEGIN
                RETURN (
                    SELECT coalesce(u.is_platform_admin, false) FROM @.users u
                    WHERE u.id = current_setting('app.current_user_id')::uuid
                );
            END
            "
        }

        create_function has_consent(p_user_id: uuid, p_consent_type: text) returns boolean
            language plpgsql security_definer
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
    }
}
