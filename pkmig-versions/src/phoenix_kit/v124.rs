//! V124: a folder in the trash leaves its name to others.
//!
//! On the way down it gets the end of its uuid behind the name that another one has taken.

pkmig::migration! {
    V124 "names of trashed folders" {
        drop_index phoenix_kit_media_folders_name_parent_idx;
        on_down r"
            UPDATE @.phoenix_kit_media_folders AS folder
            SET name = left(folder.name, 242) || ' ' || right(folder.uuid::text, 12)
            FROM (
                SELECT uuid, row_number() OVER (
                    PARTITION BY name, parent_uuid ORDER BY trashed_at IS NOT NULL, inserted_at, uuid
                ) AS place
                FROM @.phoenix_kit_media_folders
            ) AS namesake
            WHERE namesake.uuid = folder.uuid AND namesake.place > 1
        ";
        create_unique_index phoenix_kit_media_folders_name_parent_idx
            on phoenix_kit_media_folders (name, "COALESCE(parent_uuid, '00000000-0000-0000-0000-000000000000')")
            where("trashed_at IS NULL");
    }
}
