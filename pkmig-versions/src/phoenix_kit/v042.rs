//! V42: whatever shall happen later, of whatever kind, is a scheduled job.
//!
//! A job names the module that carries it out and the thing that it is about.

pkmig::migration! {
    V42 "scheduled jobs" {
        create_table phoenix_kit_scheduled_jobs {
            id: uuid primary_key,
            job_type: varchar(255) not_null comment("what is to be done, such as publish_post or send_email"),
            handler_module: varchar(255) not_null comment("the module of the application that does it"),
            resource_type: varchar(255) not_null comment("what kind of thing it is about, such as post or email"),
            resource_id: uuid not_null comment("the thing that it is about, in the table of its kind"),
            scheduled_at: timestamp not_null,
            executed_at: timestamp,
            status: varchar(255) not_null default("pending") comment("pending, executed, failed, cancelled"),
            attempts: integer not_null default(0),
            max_attempts: integer not_null default(3),
            last_error: text,
            args: jsonb not_null default("{}") comment("what else the handler has to know"),
            priority: integer not_null default(0)
                comment("of the jobs that are due together, the highest comes first"),
            created_by_id: bigint references(phoenix_kit_users.id, on_delete: set_null),
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            index phoenix_kit_scheduled_jobs_job_type_idx (job_type),
            index phoenix_kit_scheduled_jobs_resource_idx (resource_type, resource_id),
            index phoenix_kit_scheduled_jobs_status_scheduled_idx (status, scheduled_at),
            index phoenix_kit_scheduled_jobs_priority_idx (status, priority, scheduled_at),
            comment "work of any kind, to be done at a set time",
        }
    }
}
