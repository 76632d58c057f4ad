//! V7: every mail that leaves the system is logged, and so is what a provider reports about it
//! afterwards: delivery, bounce, complaint, opening, click.

pkmig::migration! {
    V07 "email log and delivery events" {
        create_table phoenix_kit_email_logs {
            id: bigserial primary_key,
            message_id: varchar(255) not_null,
            to: varchar(255) not_null,
            from: varchar(255) not_null,
            subject: varchar(255),
            headers: jsonb default("{}"),
            body_preview: text,
            body_full: text,
            template_name: varchar(255),
            campaign_id: varchar(255),
            attachments_count: integer not_null default(0),
            size_bytes: integer,
            retry_count: integer not_null default(0),
            error_message: text,
            status: varchar(255) not_null default("sent"),
            sent_at: timestamp not_null default(now()),
            delivered_at: timestamp,
            configuration_set: varchar(255),
            message_tags: jsonb default("{}"),
            provider: varchar(255) not_null default("unknown"),
            user_id: integer,
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            index phoenix_kit_email_logs_to_sent_at_idx (to, sent_at),
            index phoenix_kit_email_logs_status_sent_at_idx (status, sent_at),
            index phoenix_kit_email_logs_sent_at_idx (sent_at),
            unique_index phoenix_kit_email_logs_message_id_uidx (message_id),
            index phoenix_kit_email_logs_user_id_idx (user_id),
            index phoenix_kit_email_logs_campaign_id_idx (campaign_id),
            index phoenix_kit_email_logs_template_name_idx (template_name),
            index phoenix_kit_email_logs_provider_sent_at_idx (provider, sent_at),
        }

        create_table phoenix_kit_email_events {
            id: bigserial primary_key,
            email_log_id: bigint not_null references(phoenix_kit_email_logs.id, on_delete: cascade),
            event_type: varchar(255) not_null,
            event_data: jsonb default("{}"),
            occurred_at: timestamp not_null default(now()),
            ip_address: varchar(255),
            user_agent: varchar(255),
            geo_location: jsonb default("{}"),
            link_url: varchar(255),
            bounce_type: varchar(255),
            complaint_type: varchar(255),
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            index phoenix_kit_email_events_email_log_id_idx (email_log_id),
            index phoenix_kit_email_events_type_occurred_at_idx (event_type, occurred_at),
            index phoenix_kit_email_events_occurred_at_idx (occurred_at),
        }
    }
}
