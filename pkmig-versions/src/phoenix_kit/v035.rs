//! V35: users ask for help, staff answers.
//!
//! A ticket is talked over in comments, some of them for the staff alone, and every change of its
//! status is kept. A role of its own lets people answer who are no administrators.

pkmig::migration! {
    V35 "support tickets" {
        create_table phoenix_kit_tickets {
            id: uuid primary_key,
            user_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            assigned_to_id: bigint references(phoenix_kit_users.id, on_delete: set_null),
            title: varchar(255) not_null,
            description: text not_null,
            status: varchar(255) not_null default("open"),
            slug: varchar(255) not_null,
            comment_count: integer not_null default(0),
            metadata: jsonb default("{}"),
            resolved_at: timestamp,
            closed_at: timestamp,
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_tickets_user_id_index (user_id),
            index phoenix_kit_tickets_assigned_to_id_index (assigned_to_id),
            index phoenix_kit_tickets_status_index (status),
            index phoenix_kit_tickets_slug_index (slug),
            index phoenix_kit_tickets_inserted_at_index (inserted_at),
            index phoenix_kit_tickets_user_id_status_index (user_id, status),
            index phoenix_kit_tickets_status_assigned_to_id_index (status, assigned_to_id),
            index phoenix_kit_tickets_status_inserted_at_index (status, inserted_at),
            comment "requests for help, from open to closed",
        }

        create_table phoenix_kit_ticket_comments {
            id: uuid primary_key,
            ticket_id: uuid not_null references(phoenix_kit_tickets.id, on_delete: cascade),
            user_id: bigint not_null references(phoenix_kit_users.id, on_delete: cascade),
            parent_id: uuid references(phoenix_kit_ticket_comments.id, on_delete: cascade),
            content: text not_null,
            is_internal: boolean not_null default(false),
            depth: integer not_null default(0),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_ticket_comments_ticket_id_index (ticket_id),
            index phoenix_kit_ticket_comments_user_id_index (user_id),
            index phoenix_kit_ticket_comments_parent_id_index (parent_id),
            index phoenix_kit_ticket_comments_is_internal_index (is_internal),
            index phoenix_kit_ticket_comments_ticket_id_parent_id_depth_index (ticket_id, parent_id, depth),
            index phoenix_kit_ticket_comments_ticket_id_is_internal_index (ticket_id, is_internal),
            index phoenix_kit_ticket_comments_ticket_id_inserted_at_index (ticket_id, inserted_at),
            comment "the talk on a ticket, with notes for the staff only",
        }

        create_table phoenix_kit_ticket_attachments {
            id: uuid primary_key,
            ticket_id: uuid references(phoenix_kit_tickets.id, on_delete: cascade),
            comment_id: uuid references(phoenix_kit_ticket_comments.id, on_delete: cascade),
            file_id: uuid not_null references(phoenix_kit_files.id, on_delete: cascade),
            position: integer not_null,
            caption: text,
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            check phoenix_kit_ticket_attachments_parent_check (r"(ticket_id IS NOT NULL AND comment_id IS NULL)
                OR (ticket_id IS NULL AND comment_id IS NOT NULL)"),

            index phoenix_kit_ticket_attachments_ticket_id_index (ticket_id),
            index phoenix_kit_ticket_attachments_comment_id_index (comment_id),
            index phoenix_kit_ticket_attachments_file_id_index (file_id),
            index phoenix_kit_ticket_attachments_position_index (position),
            comment "files that belong to a ticket or to one of its comments",
        }

        create_table phoenix_kit_ticket_status_history {
            id: uuid primary_key,
            ticket_id: uuid not_null references(phoenix_kit_tickets.id, on_delete: cascade),
            changed_by_id: bigint not_null references(phoenix_kit_users.id, on_delete: set_null),
            from_status: varchar(255),
            to_status: varchar(255) not_null,
            reason: text,
            inserted_at: timestamp(0) not_null,

            index phoenix_kit_ticket_status_history_ticket_id_index (ticket_id),
            index phoenix_kit_ticket_status_history_changed_by_id_index (changed_by_id),
            index phoenix_kit_ticket_status_history_inserted_at_index (inserted_at),
            index phoenix_kit_ticket_status_history_ticket_id_inserted_at_index (ticket_id, inserted_at),
            comment "who moved a ticket from which status to which, and why",
        }

        seed phoenix_kit_user_roles (name, description, is_system_role, inserted_at, updated_at)
            on_conflict(name) do_update(is_system_role)
            down_noop("users may have been given the role: the assignments would go with it")
        {
            ("SupportAgent", "Answers the tickets of users and works on their requests", true, now(), now()),
        }

        seed phoenix_kit_settings (key, value, date_added, date_updated) on_conflict(key) do_nothing {
            ("tickets_enabled", "false", now(), now()),
            ("tickets_per_page", "20", now(), now()),
            ("tickets_comments_enabled", "true", now(), now()),
            ("tickets_internal_notes_enabled", "true", now(), now()),
            ("tickets_attachments_enabled", "true", now(), now()),
            ("tickets_allow_reopen", "true", now(), now()),
        }
    }
}
