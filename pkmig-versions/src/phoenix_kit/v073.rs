//! V73: every uuid can become a primary key, and indexes are named after renamed columns.
//!
//! In part a repair: most of these columns can hold no null already.

pkmig::migration! {
    V73 "uuids ready to be keys" {
        backfill phoenix_kit_consent_logs.uuid = "@.uuid_generate_v7()";
        set_not_null {
            phoenix_kit_ai_endpoints,
            phoenix_kit_ai_prompts,
            phoenix_kit_consent_logs,
            phoenix_kit_payment_methods,
            phoenix_kit_role_permissions,
            phoenix_kit_subscription_types,
            phoenix_kit_sync_connections,
        }.uuid;

        create_unique_index phoenix_kit_consent_logs_uuid_unique_index on phoenix_kit_consent_logs (uuid);
        create_unique_index phoenix_kit_payment_methods_uuid_unique_index on phoenix_kit_payment_methods (uuid);
        create_unique_index phoenix_kit_subscription_types_uuid_unique_index on phoenix_kit_subscription_types (uuid);

        rename_index phoenix_kit_post_tag_assignments_post_id_tag_id_index
            => phoenix_kit_post_tag_assignments_post_uuid_tag_uuid_index;
        rename_index phoenix_kit_post_group_assignments_post_id_group_id_index
            => phoenix_kit_post_group_assignments_post_uuid_group_uuid_index;
        rename_index phoenix_kit_post_media_post_id_position_index
            => phoenix_kit_post_media_post_uuid_position_index;
        rename_index phoenix_kit_file_instances_file_id_variant_name_index
            => phoenix_kit_file_instances_file_uuid_variant_name_index;
    }
}
