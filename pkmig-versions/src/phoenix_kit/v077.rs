//! V77: the tickets module is called customer service, in settings and in permissions.
//!
//! Where the target of a rename exists already, it stays and the old row goes; so, too, on the way down.

pkmig::migration! {
    V77 "tickets become customer service" {
        execute r"
            DELETE FROM @.phoenix_kit_settings AS setting
            USING @.phoenix_kit_settings AS taken
            WHERE setting.key IN (
                'tickets_enabled', 'tickets_per_page', 'tickets_comments_enabled', 'tickets_internal_notes_enabled',
                'tickets_attachments_enabled', 'tickets_allow_reopen', 'auto_granted_perm:tickets'
            ) AND taken.key = replace(setting.key, 'tickets', 'customer_service');

            UPDATE @.phoenix_kit_settings
            SET key = replace(key, 'tickets', 'customer_service')
            WHERE key IN (
                'tickets_enabled', 'tickets_per_page', 'tickets_comments_enabled', 'tickets_internal_notes_enabled',
                'tickets_attachments_enabled', 'tickets_allow_reopen', 'auto_granted_perm:tickets'
            );
        " idempotent down r"
            DELETE FROM @.phoenix_kit_settings AS setting
            USING @.phoenix_kit_settings AS taken
            WHERE setting.key IN (
                'customer_service_enabled', 'customer_service_per_page', 'customer_service_comments_enabled',
                'customer_service_internal_notes_enabled', 'customer_service_attachments_enabled',
                'customer_service_allow_reopen', 'auto_granted_perm:customer_service'
            ) AND taken.key = replace(setting.key, 'customer_service', 'tickets');

            UPDATE @.phoenix_kit_settings
            SET key = replace(key, 'customer_service', 'tickets')
            WHERE key IN (
                'customer_service_enabled', 'customer_service_per_page', 'customer_service_comments_enabled',
                'customer_service_internal_notes_enabled', 'customer_service_attachments_enabled',
                'customer_service_allow_reopen', 'auto_granted_perm:customer_service'
            );
        ";

        execute r"
            DELETE FROM @.phoenix_kit_role_permissions AS permission
            USING @.phoenix_kit_role_permissions AS taken
            WHERE permission.module_key = 'tickets'
              AND taken.module_key = 'customer_service'
              AND taken.role_uuid = permission.role_uuid;

            UPDATE @.phoenix_kit_role_permissions SET module_key = 'customer_service' WHERE module_key = 'tickets';
        " idempotent down r"
            DELETE FROM @.phoenix_kit_role_permissions AS permission
            USING @.phoenix_kit_role_permissions AS taken
            WHERE permission.module_key = 'customer_service'
              AND taken.module_key = 'tickets'
              AND taken.role_uuid = permission.role_uuid;

            UPDATE @.phoenix_kit_role_permissions SET module_key = 'tickets' WHERE module_key = 'customer_service';
        ";
    }
}
