//! V114: an integration is known by its uuid, so two of a provider may have the same name.
//!
//! Provider and name move from the key into the value, unless they stand there already. On the way
//! down the oldest of a name gets the plain key, the others a part of their uuid behind it. A key
//! that would be too long is cut, and what tells no provider keeps its uuid.

pkmig::migration! {
    V114 "integrations are known by uuid" {
        execute r"
            UPDATE @.phoenix_kit_settings AS setting
            SET key = setting.uuid::text,
                module = 'integrations',
                value_json = coalesce(setting.value_json, '{}'::jsonb) || jsonb_build_object(
                    'provider', coalesce(
                        nullif(setting.value_json ->> 'provider', ''),
                        split_part(setting.key, ':', 2)
                    ),
                    'name', coalesce(
                        nullif(setting.value_json ->> 'name', ''),
                        nullif(split_part(setting.key, ':', 3), ''),
                        'default'
                    )
                )
            WHERE setting.key LIKE 'integration:%'
        "
        idempotent
        on_fresh(skip)
        lossy_down r"
            UPDATE @.phoenix_kit_settings AS setting
            SET key = CASE
                WHEN named.place = 1 AND NOT EXISTS (
                    SELECT FROM @.phoenix_kit_settings AS taken WHERE taken.key = named.key
                ) THEN named.key
                ELSE left(named.key, 246) || '-' || substring(setting.uuid::text FROM 25 FOR 8)
            END
            FROM (
                SELECT uuid, key, row_number() OVER (PARTITION BY key ORDER BY date_added NULLS LAST, uuid) AS place
                FROM (
                    SELECT uuid, date_added, left(concat_ws(':',
                        'integration', value_json ->> 'provider', coalesce(value_json ->> 'name', 'default')
                    ), 255) AS key
                    FROM @.phoenix_kit_settings
                    WHERE module = 'integrations' AND key = uuid::text AND value_json ->> 'provider' IS NOT NULL
                ) AS composite
            ) AS named
            WHERE named.uuid = setting.uuid
        ";
    }
}
