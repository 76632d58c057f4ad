//! V113: files that the system makes of another file, and files attached to comments.
//!
//! The tiles of a zoomable image belong to the image instead of a user, each of them once. They go
//! on the way down; they can be made again.

pkmig::migration! {
    V113 "tiles and attachments" {
        add_column phoenix_kit_files.system_managed: boolean not_null default(false);
        add_column phoenix_kit_files.parent_file_uuid: uuid references(phoenix_kit_files.uuid, on_delete: cascade);

        drop_not_null phoenix_kit_files.user_uuid;
        on_down delete_rows phoenix_kit_files where("system_managed OR user_uuid IS NULL");
        add_check phoenix_kit_files phoenix_kit_files_user_or_parent_check
            ("user_uuid IS NOT NULL OR parent_file_uuid IS NOT NULL");

        create_index phoenix_kit_files_parent_uuid_index on phoenix_kit_files (parent_file_uuid)
            where("parent_file_uuid IS NOT NULL");
        create_index phoenix_kit_files_system_managed_index on phoenix_kit_files (inserted_at desc)
            where("system_managed = false");
        create_unique_index phoenix_kit_files_system_dedup_index on phoenix_kit_files (parent_file_uuid, file_name)
            where("system_managed = true");

        create_table phoenix_kit_comment_media {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            comment_uuid: uuid not_null references(phoenix_kit_comments.uuid, on_delete: cascade),
            file_uuid: uuid not_null references(phoenix_kit_files.uuid, on_delete: restrict),
            position: integer not_null,
            caption: text,
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_comment_media_file_uuid_index (file_uuid),
            unique_index phoenix_kit_comment_media_comment_position_index (comment_uuid, position),
        }
    }
}
