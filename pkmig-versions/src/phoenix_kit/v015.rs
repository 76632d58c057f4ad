//! V15: mails are written from templates that an administrator edits, by name, with variables in them.
//! The table starts empty: the application brings its templates itself.

pkmig::migration! {
    V15 "email templates" {
        create_table phoenix_kit_email_templates {
            id: bigserial primary_key,
            uuid: uuid,
            name: varchar(255) not_null,
            slug: varchar(255) not_null,
            display_name: varchar(255) not_null,
            description: text,
            subject: varchar(255) not_null,
            html_body: text not_null,
            text_body: text not_null,
            category: varchar(255) not_null default("transactional"),
            status: varchar(255) not_null default("draft"),
            variables: jsonb default("{}"),
            metadata: jsonb default("{}"),
            usage_count: integer not_null default(0),
            last_used_at: timestamp,
            version: integer not_null default(1),
            is_system: boolean not_null default(false),
            created_by_user_id: integer,
            updated_by_user_id: integer,
            created_by_user_uuid: uuid,
            updated_by_user_uuid: uuid,
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            unique_index phoenix_kit_email_templates_name_index (name),
            unique_index phoenix_kit_email_templates_slug_index (slug),
            index phoenix_kit_email_templates_category_index (category),
            index phoenix_kit_email_templates_status_index (status),
            index phoenix_kit_email_templates_is_system_index (is_system),
            index phoenix_kit_email_templates_usage_count_index (usage_count),
            index phoenix_kit_email_templates_last_used_at_index (last_used_at),
            index phoenix_kit_email_templates_inserted_at_index (inserted_at),
            index phoenix_kit_email_templates_category_status_index (category, status),
            index phoenix_kit_email_templates_status_is_system_index (status, is_system),
        }
    }
}
