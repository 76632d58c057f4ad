//! V95: files are kept in folders.
//!
//! A file has one folder of its own and may be linked from others. Two folders beside each other
//! have different names, those at the root too.

pkmig::migration! {
    V95 "folders of files" {
        create_table phoenix_kit_media_folders {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar(255) not_null,
            color: varchar(20),
            parent_uuid: uuid references(phoenix_kit_media_folders.uuid, on_delete: set_null),
            user_uuid: uuid references(phoenix_kit_users.uuid),
            inserted_at: timestamp(0) not_null default(now()),
            updated_at: timestamp(0) not_null default(now()),

            index phoenix_kit_media_folders_parent_uuid_index (parent_uuid),
            index phoenix_kit_media_folders_user_uuid_index (user_uuid),
            unique_index phoenix_kit_media_folders_name_parent_idx
                (name, "COALESCE(parent_uuid, '00000000-0000-0000-0000-000000000000')"),
        }

        create_table phoenix_kit_media_folder_links {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            folder_uuid: uuid not_null references(phoenix_kit_media_folders.uuid, on_delete: cascade),
            file_uuid: uuid not_null references(phoenix_kit_files.uuid, on_delete: cascade),
            inserted_at: timestamp(0) not_null default(now()),

            index phoenix_kit_media_folder_links_folder_uuid_index (folder_uuid),
            index phoenix_kit_media_folder_links_file_uuid_index (file_uuid),
            unique_index phoenix_kit_media_folder_links_folder_uuid_file_uuid_index (folder_uuid, file_uuid),
        }

        add_column phoenix_kit_files.folder_uuid: uuid
            references(phoenix_kit_media_folders.uuid, on_delete: set_null);
        create_index phoenix_kit_files_folder_uuid_index on phoenix_kit_files (folder_uuid);
    }
}
