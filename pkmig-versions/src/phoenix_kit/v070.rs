//! V70: events point at the emails that they belong to.
//!
//! A repair: where the uuids of emails were stored as text, events got random ones. A uuid that is no
//! email's is looked up again by the number.

pkmig::migration! {
    V70 "events find their emails" {
        execute "ALTER TABLE @.phoenix_kit_email_logs ALTER COLUMN uuid TYPE uuid USING uuid::uuid"
            when(r"
                SELECT FROM pg_attribute
                WHERE attrelid = '@.phoenix_kit_email_logs'::regclass
                  AND attname = 'uuid'
                  AND atttypid <> 'uuid'::regtype
            ")
            on_fresh(skip)
            down_noop("the type is the one that every other install has");

        backfill phoenix_kit_email_events.email_log_uuid
            = "email.uuid"
            from("@.phoenix_kit_email_logs AS email")
            where(r"email.id = email_log_id
                AND NOT EXISTS (SELECT FROM @.phoenix_kit_email_logs AS known WHERE known.uuid = email_log_uuid)");

        backfill phoenix_kit_email_orphaned_events.matched_email_log_uuid
            = "(SELECT email.uuid FROM @.phoenix_kit_email_logs AS email WHERE email.id = matched_email_log_id)"
            where(r"matched_email_log_id IS NOT NULL
                AND NOT EXISTS (
                    SELECT FROM @.phoenix_kit_email_logs AS known WHERE known.uuid = matched_email_log_uuid
                )");
    }
}
