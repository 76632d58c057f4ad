//! V22: mail events that arrive for no mail we know are kept until one is found, numbers are counted by day,
//! and what administrators do is written down and never changed.
//! Two indexes help to find the mail of an event and an event that was there before.

pkmig::migration! {
    V22 "orphaned email events, email metrics and audit log" {
        create_unique_index phoenix_kit_email_logs_aws_message_id_uidx
            on phoenix_kit_email_logs (aws_message_id) where("aws_message_id IS NOT NULL");
        create_index phoenix_kit_email_events_log_type_idx on phoenix_kit_email_events (email_log_id, event_type);

        create_table phoenix_kit_email_orphaned_events {
            id: bigserial primary_key,
            aws_message_id: varchar(255) not_null,
            event_type: varchar(255) not_null,
            event_data: jsonb not_null default("{}"),
            received_at: timestamp not_null default(now()),
            matched: boolean not_null default(false),
            matched_email_log_id: integer,
            matched_at: timestamp,
            error_message: text,
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            index phoenix_kit_orphaned_events_aws_id_idx (aws_message_id),
            index phoenix_kit_orphaned_events_matched_idx (matched),
            index phoenix_kit_orphaned_events_type_received_idx (event_type, received_at),
        }

        create_table phoenix_kit_email_metrics {
            id: bigserial primary_key,
            metric_key: varchar(255) not_null,
            value: bigint not_null default(0),
            metadata: jsonb default("{}"),
            metric_date: date not_null default(sql("CURRENT_DATE")),
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            unique_index phoenix_kit_email_metrics_key_date_uidx (metric_key, metric_date),
            index phoenix_kit_email_metrics_date_idx (metric_date),
        }

        create_table phoenix_kit_audit_logs {
            id: bigserial primary_key,
            target_user_id: integer not_null,
            admin_user_id: integer not_null,
            action: varchar(255) not_null,
            ip_address: varchar(255),
            user_agent: text,
            metadata: jsonb default("{}"),
            inserted_at: timestamp not_null,

            index phoenix_kit_audit_logs_target_user_id_index (target_user_id),
            index phoenix_kit_audit_logs_admin_user_id_index (admin_user_id),
            index phoenix_kit_audit_logs_action_index (action),
            index phoenix_kit_audit_logs_inserted_at_index (inserted_at),
            index phoenix_kit_audit_logs_target_user_id_action_index (target_user_id, action),
            index phoenix_kit_audit_logs_admin_user_id_action_index (admin_user_id, action),
            index phoenix_kit_audit_logs_action_inserted_at_index (action, inserted_at),
        }
    }
}
