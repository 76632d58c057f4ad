//! V79: newsletters go out to the members of lists.
//!
//! A broadcast is one mailing to one list; what became of it for each recipient is a delivery.

pkmig::migration! {
    V79 "newsletters" {
        create_table phoenix_kit_newsletters_lists {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar(255) not_null,
            slug: varchar(255) not_null,
            description: text,
            status: varchar(20) not_null default("active"),
            is_default: boolean not_null default(false),
            subscriber_count: integer not_null default(0),
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            unique_index idx_newsletters_lists_slug (slug),
        }

        create_table phoenix_kit_newsletters_list_members {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            user_uuid: uuid not_null
                references(phoenix_kit_users.uuid, on_delete: cascade, name: fk_newsletters_list_members_user),
            list_uuid: uuid not_null references(
                phoenix_kit_newsletters_lists.uuid, on_delete: cascade, name: fk_newsletters_list_members_list
            ),
            status: varchar(20) not_null default("active"),
            subscribed_at: timestamptz not_null default(now()),
            unsubscribed_at: timestamptz,

            unique_index idx_newsletters_list_members_user_list (user_uuid, list_uuid),
            index idx_newsletters_list_members_list (list_uuid),
        }

        create_table phoenix_kit_newsletters_broadcasts {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            subject: varchar(998) not_null,
            markdown_body: text,
            html_body: text,
            text_body: text,
            template_uuid: uuid references(
                phoenix_kit_email_templates.uuid, on_delete: set_null, name: fk_newsletters_broadcasts_template
            ),
            list_uuid: uuid not_null references(
                phoenix_kit_newsletters_lists.uuid, on_delete: restrict, name: fk_newsletters_broadcasts_list
            ),
            status: varchar(20) not_null default("draft"),
            scheduled_at: timestamptz,
            sent_at: timestamptz,
            total_recipients: integer not_null default(0),
            sent_count: integer not_null default(0),
            delivered_count: integer not_null default(0),
            opened_count: integer not_null default(0),
            bounced_count: integer not_null default(0),
            created_by_user_uuid: uuid
                references(phoenix_kit_users.uuid, on_delete: set_null, name: fk_newsletters_broadcasts_created_by),
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            index idx_newsletters_broadcasts_list (list_uuid),
            index idx_newsletters_broadcasts_status (status),
            index idx_newsletters_broadcasts_scheduled_at (scheduled_at) where("scheduled_at IS NOT NULL"),
        }

        create_table phoenix_kit_newsletters_deliveries {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            broadcast_uuid: uuid not_null references(
                phoenix_kit_newsletters_broadcasts.uuid, on_delete: cascade, name: fk_newsletters_deliveries_broadcast
            ),
            user_uuid: uuid not_null
                references(phoenix_kit_users.uuid, on_delete: cascade, name: fk_newsletters_deliveries_user),
            status: varchar(20) not_null default("pending"),
            sent_at: timestamptz,
            delivered_at: timestamptz,
            opened_at: timestamptz,
            error: text,
            message_id: varchar(255),
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            index idx_newsletters_deliveries_broadcast (broadcast_uuid),
            index idx_newsletters_deliveries_user (user_uuid),
            unique_index idx_newsletters_deliveries_message_id (message_id) where("message_id IS NOT NULL"),
            index idx_newsletters_deliveries_status (status),
        }
    }
}
