//! V11: what people and machines did, and what somebody should look at.

pkmig::migration! {
    V11 "logs and alerts" {
        create_table logs_human {
            id: bigserial primary_key,
            tenant_id: bigint not_null default(1)
                references(sys_tenants.id, on_delete: cascade, name: fk_logs_human_tenant_id),
            actor_id: bigint
                references(sys_users.id, on_delete: set_null, name: fk_logs_human_actor_id) comment("who did it"),
            actor_user_id: uuid comment("the account they were signed in with"),
            action: varchar(100) comment("what they did"),
            entity_type: varchar(100) comment("to what kind of thing"),
            entity_id: bigint,
            details: jsonb comment("the change"),
            ip_address: inet,
            user_agent: text,
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            index idx_logs_human_tenant (tenant_id),
            index idx_logs_human_actor_id (actor_id),
            index idx_logs_human_actor_user_id (actor_user_id),
            index idx_logs_human_entity (entity_type, entity_id),
            index idx_logs_human_action (action),
            index idx_logs_human_created_at (created_at),
            index idx_logs_human_tenant_created (tenant_id, created_at desc),
            index idx_logs_human_details (details) using gin where("details IS NOT NULL"),
            comment "what people did",
        }

        create_table logs_system {
            id: serial primary_key,
            tenant_id: bigint not_null default(1)
                references(sys_tenants.id, on_delete: cascade, name: fk_logs_system_tenant_id),
            entity_type: varchar(100) comment("to what kind of thing"),
            entity_id: integer,
            action: integer comment("what it did, as a code"),
            user_id: integer,
            details: jsonb comment("the change"),
            response: text,
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            index idx_logs_system_tenant (tenant_id),
            index idx_logs_system_entity (entity_type, entity_id),
            index idx_logs_system_action (action),
            index idx_logs_system_created_at (created_at),
            index idx_logs_system_tenant_created (tenant_id, created_at desc),
            index idx_logs_system_details (details) using gin where("details IS NOT NULL"),
            comment "what the system did by itself",
        }

        create_table logs_webhook {
            id: serial primary_key,
            tenant_id: bigint not_null default(1)
                references(sys_tenants.id, on_delete: cascade, name: fk_logs_webhook_tenant_id),
            endpoint: varchar(500) comment("what was called"),
            sent_by: varchar(200) comment("who called"),
            request_data: jsonb comment("what was sent"),
            response_data: jsonb comment("what was answered"),
            status: integer comment("the HTTP status of the answer"),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            index idx_logs_webhook_tenant (tenant_id),
            index idx_logs_webhook_endpoint (endpoint),
            index idx_logs_webhook_sent_by (sent_by),
            index idx_logs_webhook_status (status),
            index idx_logs_webhook_created_at (created_at),
            index idx_logs_webhook_tenant_created (tenant_id, created_at desc),
            index idx_logs_webhook_request_data (request_data) using gin where("request_data IS NOT NULL"),
            index idx_logs_webhook_response_data (response_data) using gin where("response_data IS NOT NULL"),
            comment "calls from outside",
        }

        create_table alert_keys {
            id: bigserial primary_key,
            key: varchar(100) not_null comment("the name in code"),
            alert_name: varchar(200) not_null comment("the name on screens"),
            severity: varchar(20) not_null comment("how bad it is"),
            active: boolean not_null default(true),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_alert_keys_key (key),
            check chk_alert_keys_severity ("severity IN ('low', 'medium', 'high', 'critical')"),
            index idx_alert_keys_key (key),
            index idx_alert_keys_active (active),
            index idx_alert_keys_severity (severity),
            index idx_alert_keys_active_severity (active, severity) where("active = true"),
            comment "kinds of alerts",
        }

        create_table alerts {
            id: bigserial primary_key,
            entity_type: varchar(100) not_null comment("the kind of thing it is about"),
            entity_id: bigint not_null comment("its number"),
            alert_key_id: bigint not_null
                references(alert_keys.id, on_delete: restrict, name: fk_alerts_alert_key_id)
                comment("what kind of alert"),
            created_by: bigint references(sys_users.id, on_delete: set_null, name: fk_alerts_created_by),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            resolved_at: timestamptz comment("when somebody had dealt with it"),

            index idx_alerts_entity (entity_type, entity_id),
            index idx_alerts_alert_key (alert_key_id),
            index idx_alerts_created_by (created_by),
            index idx_alerts_created_at (created_at),
            index idx_alerts_resolved_at (resolved_at),
            index idx_alerts_unresolved (entity_type, entity_id, created_at desc) where("resolved_at IS NULL"),
            index idx_alerts_entity_unresolved (entity_type, entity_id) where("resolved_at IS NULL"),
            comment "what somebody should look at",
        }

        create_table notes {
            id: bigserial primary_key,
            entity_type: varchar(100) not_null comment("the kind of thing it is about"),
            entity_id: bigint not_null comment("its number"),
            content: text not_null comment("what somebody wrote"),
            created_by: bigint
                references(sys_users.id, on_delete: set_null, name: fk_notes_created_by) comment("who wrote it"),
            tenant_id: bigint references(sys_tenants.id, on_delete: cascade, name: fk_notes_tenant_id),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            index idx_notes_entity (entity_type, entity_id),
            index idx_notes_created_by (created_by),
            index idx_notes_tenant (tenant_id),
            index idx_notes_created_at (created_at),
            index idx_notes_tenant_entity (tenant_id, entity_type, entity_id),
            index idx_notes_tenant_created (tenant_id, created_at desc),
            trigger trg_notes_updated_at before update for_each row execute update_updated_at_column(),
            comment "notes on anything",
        }
    }
}
