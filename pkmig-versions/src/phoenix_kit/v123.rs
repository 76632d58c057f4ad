//! V123: catalogues are kept in folders, and items may share a SKU.
//!
//! The way down leaves a SKU to the item that had it first; the others get the end of their uuid
//! behind it.

pkmig::migration! {
    V123 "folders of catalogues" {
        create_table phoenix_kit_cat_folders {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar(255) not_null,
            parent_uuid: uuid references(phoenix_kit_cat_folders.uuid, on_delete: set_null),
            position: integer not_null default(0),
            status: varchar(255) not_null default("active"),
            data: jsonb not_null default("{}"),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_cat_folders_status_index (status),
            index phoenix_kit_cat_folders_parent_uuid_position_index (parent_uuid, position),
        }

        add_column phoenix_kit_cat_catalogues.folder_uuid: uuid
            references(phoenix_kit_cat_folders.uuid, on_delete: set_null);
        create_index phoenix_kit_cat_catalogues_folder_uuid_index on phoenix_kit_cat_catalogues (folder_uuid);

        drop_index phoenix_kit_cat_items_sku_index;
        on_down r"
            UPDATE @.phoenix_kit_cat_items AS item
            SET sku = left(item.sku, 87) || '-' || right(item.uuid::text, 12)
            FROM (
                SELECT uuid, row_number() OVER (PARTITION BY sku ORDER BY inserted_at, uuid) AS place
                FROM @.phoenix_kit_cat_items
                WHERE sku IS NOT NULL
            ) AS twin
            WHERE twin.uuid = item.uuid AND twin.place > 1
        ";
    }
}
