//! V3: people who sign in, one row for each however many tenants they work for.
//!
//! The original's last index is on `created_at`, which the table does not have: here it is on `inserted_at`.

pkmig::migration! {
    V03 "users" {
        create_table users {
            id: uuid primary_key default(gen_random_uuid()),
            email: citext not_null,
            hashed_password: text not_null,
            totp_secret: text,
            backup_codes: text[],
            confirmed_at: timestamp(0),
            oauth_tokens: jsonb default("{}"),
            last_sign_in_at: timestamp(0),
            last_sign_in_ip: inet,
            sign_in_count: integer default(0),
            status: text not_null default("active"),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            check users_status_check ("status IN ('active', 'suspended', 'deleted')"),
            unique_index users_email_index (email),
            index users_status_index (status),
            index users_inserted_at_index (inserted_at),
        }
    }
}
