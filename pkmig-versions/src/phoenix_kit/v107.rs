//! V107: an endpoint is tied to one integration instead of to a kind of provider.
//!
//! A provider with a name is matched by its key; one without takes the integration that was
//! checked last. Endpoints had never been kept from sharing a name: all but the first of them get
//! the end of their uuid behind it.

pkmig::migration! {
    V107 "endpoints point at their integration" {
        add_column phoenix_kit_ai_endpoints.integration_uuid: uuid;
        create_index phoenix_kit_ai_endpoints_integration_uuid_index on phoenix_kit_ai_endpoints (integration_uuid);

        backfill phoenix_kit_ai_endpoints.integration_uuid
            = "setting.uuid"
            from("@.phoenix_kit_settings AS setting")
            where(r"setting.key = 'integration:' || phoenix_kit_ai_endpoints.provider
                AND phoenix_kit_ai_endpoints.provider LIKE '%:%'
                AND phoenix_kit_ai_endpoints.integration_uuid IS NULL");
        backfill phoenix_kit_ai_endpoints.integration_uuid
            = "checked.uuid"
            from(r"(
                SELECT DISTINCT ON (split_part(key, ':', 2)) split_part(key, ':', 2) AS provider, uuid
                FROM @.phoenix_kit_settings
                WHERE key LIKE 'integration:%:%'
                ORDER BY split_part(key, ':', 2), value_json ->> 'last_validated_at' DESC NULLS LAST, uuid
            ) AS checked")
            where(r"checked.provider = phoenix_kit_ai_endpoints.provider
                AND phoenix_kit_ai_endpoints.provider NOT LIKE '%:%'
                AND phoenix_kit_ai_endpoints.integration_uuid IS NULL");

        backfill phoenix_kit_ai_endpoints.name
            = "left(phoenix_kit_ai_endpoints.name, 87) || ' ' || right(phoenix_kit_ai_endpoints.uuid::text, 12)"
            from(r"(
                SELECT uuid, row_number() OVER (PARTITION BY lower(name) ORDER BY inserted_at, uuid) AS place
                FROM @.phoenix_kit_ai_endpoints
            ) AS namesake")
            where("namesake.uuid = phoenix_kit_ai_endpoints.uuid AND namesake.place > 1");
        create_unique_index phoenix_kit_ai_endpoints_name_index on phoenix_kit_ai_endpoints ("lower(name)");
    }
}
