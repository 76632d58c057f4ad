//! V9: addresses that get no mail, for a while or for good, and why.

pkmig::migration! {
    V09 "email blocklist" {
        create_table phoenix_kit_email_blocklist {
            id: bigserial primary_key,
            email: varchar(255) not_null,
            reason: varchar(255) not_null,
            expires_at: timestamp,
            user_id: integer,
            inserted_at: timestamp not_null default(now()),
            updated_at: timestamp not_null default(now()),

            unique_index phoenix_kit_email_blocklist_email_uidx (email),
            index phoenix_kit_email_blocklist_expires_at_idx (expires_at),
            index phoenix_kit_email_blocklist_user_inserted_idx (user_id, inserted_at),
            index phoenix_kit_email_blocklist_reason_inserted_idx (reason, inserted_at),
            index phoenix_kit_email_blocklist_email_expires_idx (email, expires_at),
        }
    }
}
