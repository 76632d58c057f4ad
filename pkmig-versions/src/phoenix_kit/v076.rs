//! V76: what held a uuid under a name in `_id` is renamed at last.
//!
//! Values stay as they are, numbers among them. A setting that is there under both names keeps both, and
//! custom fields that are no map are left alone.

pkmig::migration! {
    V76 "the last names in _id" {
        rename_column phoenix_kit_shop_products.image_ids => image_uuids;

        execute r"
            UPDATE @.phoenix_kit_users
            SET custom_fields = custom_fields - 'avatar_file_id'
                || jsonb_build_object('avatar_file_uuid', custom_fields -> 'avatar_file_id')
            WHERE jsonb_typeof(custom_fields) = 'object' AND custom_fields ? 'avatar_file_id'
        " idempotent on_fresh(skip) down r"
            UPDATE @.phoenix_kit_users
            SET custom_fields = custom_fields - 'avatar_file_uuid'
                || jsonb_build_object('avatar_file_id', custom_fields -> 'avatar_file_uuid')
            WHERE jsonb_typeof(custom_fields) = 'object' AND custom_fields ? 'avatar_file_uuid'
        ";

        rename_value phoenix_kit_settings.key {
            "publishing_translation_endpoint_id" => "publishing_translation_endpoint_uuid",
            "storage_default_bucket_id" => "storage_default_bucket_uuid",
        } on_conflict do_nothing;
    }
}
