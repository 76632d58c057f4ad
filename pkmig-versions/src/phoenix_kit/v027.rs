//! V27: background jobs.
//!
//! Thumbnails, video variants and e-mail are worked off by Oban, whose tables stand in the same
//! schema. They are what fourteen versions of its own migrations amount to.

pkmig::migration! {
    V27 "the job queue" {
        create_enum oban_job_state {
            "available",
            "suspended",
            "scheduled",
            "executing",
            "retryable",
            "completed",
            "discarded",
            "cancelled",
        }

        create_table oban_jobs {
            id: bigserial primary_key,
            state: oban_job_state not_null default("available"),
            queue: text not_null default("default"),
            worker: text not_null,
            args: jsonb not_null default("{}"),
            errors: jsonb[] not_null default(sql("ARRAY[]::jsonb[]")),
            attempt: integer not_null default(0),
            max_attempts: integer not_null default(20),
            inserted_at: timestamp not_null default(sql("timezone('UTC'::text, now())")),
            scheduled_at: timestamp not_null default(sql("timezone('UTC'::text, now())")),
            attempted_at: timestamp,
            completed_at: timestamp,
            attempted_by: text[],
            discarded_at: timestamp,
            priority: integer not_null default(0),
            tags: text[] default(sql("ARRAY[]::text[]")),
            meta: jsonb default("{}"),
            cancelled_at: timestamp,

            check attempt_range ("attempt >= 0 AND attempt <= max_attempts"),
            check positive_max_attempts ("max_attempts > 0"),
            check queue_length ("char_length(queue) > 0 AND char_length(queue) < 128"),
            check worker_length ("char_length(worker) > 0 AND char_length(worker) < 128"),

            index oban_jobs_args_index (args) using gin,
            index oban_jobs_meta_index (meta) using gin,
            index oban_jobs_state_queue_priority_scheduled_at_id_index (state, queue, priority, scheduled_at, id),
            index oban_jobs_state_discarded_at_index (state, discarded_at),
            index oban_jobs_state_cancelled_at_index (state, cancelled_at),
            // Oban reads its own schema version from this comment.
            comment "14",
        }
        add_check oban_jobs non_negative_priority ("priority >= 0") not_valid;

        create_table oban_peers unlogged {
            name: text primary_key,
            node: text not_null,
            started_at: timestamp not_null,
            expires_at: timestamp not_null,
        }
    }
}
