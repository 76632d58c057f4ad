//! V96: an item belongs to a catalogue even where it has no category.
//!
//! The catalogue is that of the category. What has no category goes to the oldest catalogue that
//! is not in the trash; where there is none, it stays without.

pkmig::migration! {
    V96 "items know their catalogue" {
        add_column phoenix_kit_cat_items.catalogue_uuid: uuid
            references(phoenix_kit_cat_catalogues.uuid, on_delete: set_null);

        backfill phoenix_kit_cat_items.catalogue_uuid
            = "category.catalogue_uuid"
            from("@.phoenix_kit_cat_categories AS category")
            where(r"category.uuid = phoenix_kit_cat_items.category_uuid
                AND phoenix_kit_cat_items.catalogue_uuid IS NULL");
        backfill phoenix_kit_cat_items.catalogue_uuid
            = r"(SELECT catalogue.uuid
                FROM @.phoenix_kit_cat_catalogues AS catalogue
                WHERE catalogue.status <> 'deleted'
                ORDER BY catalogue.inserted_at, catalogue.uuid
                LIMIT 1)"
            where("catalogue_uuid IS NULL");

        create_index phoenix_kit_cat_items_catalogue_uuid_index on phoenix_kit_cat_items (catalogue_uuid);
        create_index phoenix_kit_cat_items_catalogue_uuid_status_index
            on phoenix_kit_cat_items (catalogue_uuid, status);
    }
}
