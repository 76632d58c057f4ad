//! V9: text messages: numbers, contacts, conversations.

pkmig::migration! {
    V09 "text messages" {
        create_table sms_sender_accounts {
            id: uuid primary_key default(gen_random_uuid()),
            account_name: varchar(200),
            provider: varchar(100) comment("which one"),
            account_sid: varchar(200) comment("the account as the provider names it"),
            auth_token: varchar(500) comment("the secret that goes with it"),
            settings: jsonb comment("what else the provider wants to know"),
            is_active: integer not_null default(1),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_sms_sender_accounts_is_active ("is_active IN (0, 1)"),
            index idx_sms_sender_accounts_provider (provider),
            index idx_sms_sender_accounts_active (is_active) where("is_active = 1"),
            comment "accounts with text message providers",
        }

        create_table sms_sender_phone_numbers {
            id: uuid primary_key default(gen_random_uuid()),
            phone_number: varchar(20) not_null comment("with a plus and the country's code"),
            friendly_name: varchar(200) comment("what the staff call it"),
            is_primary: integer not_null default(0) comment("1 for the number that is used unless another is chosen"),
            is_active: integer not_null default(1),
            assigned_to: text,
            account_id: uuid
                references(sms_sender_accounts.id, on_delete: set_null, name: fk_sms_sender_phone_numbers_account_id),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_sms_sender_phone_numbers_is_primary ("is_primary IN (0, 1)"),
            check chk_sms_sender_phone_numbers_is_active ("is_active IN (0, 1)"),
            check chk_sms_sender_phone_numbers_phone ("phone_number ~ '^\\+[1-9]\\d{1,14}$'"),
            index idx_sms_phone_numbers_account_id (account_id),
            index idx_sms_phone_numbers_is_active (is_active),
            index idx_sms_phone_numbers_is_primary (is_primary),
            index idx_sms_phone_numbers_phone (phone_number),
            trigger trg_sms_sender_phone_numbers_updated_at before update for_each row
                execute update_updated_at_column(),
            comment "numbers from which messages are sent",
        }

        create_table sms_service_accounts {
            id: uuid primary_key default(gen_random_uuid()),
            sender_account_id: uuid
                references(
                    sms_sender_accounts.id, on_delete: set_null,
                    name: fk_sms_service_accounts_sender_account_id,
                ),
            service_name: varchar(200),
            service_type: varchar(50) comment("for which kind of message"),
            provider_service_sid: varchar(200) comment("the service as the provider names it"),
            settings: jsonb,
            is_active: boolean not_null default(true),
            linked_campaign_id: bigint
                references(mkt_campaigns.id, on_delete: set_null, name: fk_sms_service_accounts_linked_campaign_id),
            linked_project_id: bigint
                references(project.id, on_delete: set_null, name: fk_sms_service_accounts_linked_project_id),
            description: text,
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_sms_service_accounts_type (
                "service_type IN ('campaign', 'conversation', 'support', 'marketing', 'transactional')"
            ),
            index idx_sms_service_accounts_sender_account (sender_account_id),
            index idx_sms_service_accounts_campaign (linked_campaign_id),
            index idx_sms_service_accounts_project (linked_project_id),
            index idx_sms_service_accounts_type (service_type),
            index idx_sms_service_accounts_active (is_active) where("is_active = true"),
            trigger trg_sms_service_accounts_updated_at before update for_each row execute update_updated_at_column(),
            comment "what an account is used for",
        }

        create_table sms_contacts {
            id: uuid primary_key default(gen_random_uuid()),
            name: varchar(200),
            phone: varchar(20) comment("with a plus and the country's code"),
            country_code: text,
            area_code: text,
            timezone: text,
            crm_id: text comment("who it is, as the CRM names them"),
            last_contacted_at: timestamptz,
            assigned_phone_number_id: uuid
                references(
                    sms_sender_phone_numbers.id, on_delete: set_null,
                    name: fk_sms_contacts_assigned_phone_number_id,
                )
                comment("the number from which this contact is answered"),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_sms_contacts_phone ("phone IS NULL OR phone ~ '^\\+[1-9]\\d{1,14}$'"),
            index idx_sms_contacts_phone (phone),
            index idx_sms_contacts_crm_id (crm_id),
            index idx_sms_contacts_assigned_phone (assigned_phone_number_id),
            trigger trg_sms_contacts_updated_at before update for_each row execute update_updated_at_column(),
            comment "numbers to which messages are sent",
        }

        create_table sms_messages {
            id: uuid primary_key default(gen_random_uuid()),
            direction: varchar(20) comment("to us or from us"),
            from_number: varchar(20),
            to_number: varchar(20),
            body: text comment("what was written"),
            media_count: integer,
            status: varchar(50),
            provider: varchar(100),
            provider_message_sid: varchar(200),
            provider_error_code: text,
            provider_payload: text,
            received_at: timestamptz,
            sent_at: timestamptz,
            delivered_at: timestamptz,
            failed_at: timestamptz,
            conversation_id: varchar(100) comment("the conversation it belongs to"),
            user_id: text,
            metadata: jsonb comment("what the provider says besides"),
            message_type: text,
            sender_phone_number_id: uuid
                references(
                    sms_sender_phone_numbers.id, on_delete: set_null,
                    name: fk_sms_messages_sender_phone_number_id,
                ),
            service_account_id: uuid
                references(sms_service_accounts.id, on_delete: set_null, name: fk_sms_messages_service_account_id),
            read_at: timestamptz,
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_sms_messages_direction ("direction IN ('inbound', 'outbound')"),
            index idx_sms_messages_conversation_id (conversation_id),
            index idx_sms_messages_to_number (to_number),
            index idx_sms_messages_from_number (from_number),
            index idx_sms_messages_status (status),
            index idx_sms_messages_service_account (service_account_id),
            index idx_sms_messages_sender_phone (sender_phone_number_id),
            index idx_sms_messages_received_at (received_at),
            index idx_sms_messages_created_at (created_at),
            index idx_sms_messages_read_at (read_at),
            index idx_sms_messages_conversation_created (conversation_id, created_at),
            index idx_sms_messages_to_number_created (to_number, created_at),
            index idx_sms_messages_metadata (metadata) using gin where("metadata IS NOT NULL"),
            trigger trg_sms_messages_updated_at before update for_each row execute update_updated_at_column(),
            comment "text messages",
        }

        create_table sms_attachments {
            id: uuid primary_key default(gen_random_uuid()),
            message_id: uuid not_null
                references(sms_messages.id, on_delete: cascade, name: fk_sms_attachments_message_id),
            file_url: text,
            file_name: varchar(500),
            file_type: varchar(100),
            file_size: integer,
            mime_type: varchar(100),
            provider_media_sid: varchar(200) comment("the file as the provider names it"),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_sms_attachments_file_size ("file_size IS NULL OR file_size >= 0"),
            index idx_sms_attachments_message_id (message_id),
            index idx_sms_attachments_provider_media (provider_media_sid),
            comment "pictures and files in messages",
        }

        create_table sms_reactions {
            id: uuid primary_key default(gen_random_uuid()),
            message_id: uuid not_null
                references(sms_messages.id, on_delete: cascade, name: fk_sms_reactions_message_id),
            reaction_type: varchar(50),
            reaction_value: varchar(50) comment("the sign or word"),
            reacted_by: text,
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            index idx_sms_reactions_message_id (message_id),
            index idx_sms_reactions_reacted_by (reacted_by),
            comment "reactions to messages",
        }

        create_table sms_meta_conversation {
            id: uuid primary_key default(gen_random_uuid()),
            conversation_id: varchar(100) not_null comment("as messages have it"),
            customer_id_crm: bigint comment("the customer, if it is one"),
            assigned_staff_id: bigint
                references(sys_users.id, on_delete: set_null, name: fk_sms_meta_conversation_assigned_staff_id)
                comment("who answers"),
            status: varchar(50) not_null default("active"),
            priority: varchar(20) not_null default("medium"),
            tags: text[],
            state: varchar(50) not_null default("open"),
            conversation_start: timestamptz,
            conversation_end: timestamptz,
            last_message_at: timestamptz,
            message_count: integer not_null default(0),
            journey_stage: varchar(100),
            emotion: varchar(50),
            next_action: text,
            summary_text: text,
            reply_quality: varchar(50),
            key_points: text[],
            sentiment_score: numeric(3, 2) comment("from -1, angry, to 1, pleased"),
            ai_model: varchar(100),
            confidence_score: numeric(3, 2) comment("how sure the model is, from 0 to 1"),
            summary_updated_at: timestamptz,
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            unread_count: integer not_null default(0),

            unique uq_sms_meta_conversation_conversation_id (conversation_id),
            check chk_sms_meta_conversation_priority ("priority IN ('low', 'medium', 'high', 'critical')"),
            check chk_sms_meta_conversation_state ("state IN ('open', 'closed', 'archived')"),
            check chk_sms_meta_conversation_sentiment_score (
                "sentiment_score IS NULL OR sentiment_score BETWEEN -1 AND 1"
            ),
            check chk_sms_meta_conversation_confidence_score (
                "confidence_score IS NULL OR confidence_score BETWEEN 0 AND 1"
            ),
            check chk_sms_meta_conversation_message_count ("message_count >= 0"),
            check chk_sms_meta_conversation_unread_count ("unread_count >= 0"),
            index idx_sms_meta_conversation_customer (customer_id_crm),
            index idx_sms_meta_conversation_staff (assigned_staff_id),
            index idx_sms_meta_conversation_last_message (last_message_at),
            index idx_sms_meta_conversation_status (status),
            index idx_sms_meta_conversation_state (state),
            index idx_sms_meta_conversation_unread (unread_count) where("unread_count > 0"),
            index idx_sms_meta_conversation_tags (tags) using gin where("tags IS NOT NULL"),
            trigger trg_sms_meta_conversation_updated_at before update for_each row
                execute update_updated_at_column(),
            comment "conversations, whose turn it is and what they are about",
        }
    }
}
