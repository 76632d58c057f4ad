//! V109: customer service is called customer support, in the settings and in what roles may do.
//!
//! Where the new name is taken already, what has the old one goes; on the way down it is the other
//! way round.

pkmig::migration! {
    V109 "customer support" {
        execute r"
            DELETE FROM @.phoenix_kit_settings AS setting
            USING @.phoenix_kit_settings AS taken
            WHERE (setting.key = 'auto_granted_perm:customer_service' OR setting.key ~
                    '^customer_service_(enabled|per_page|(comments|internal_notes|attachments)_enabled|allow_reopen)$')
                AND taken.key = replace(setting.key, 'service', 'support');

            UPDATE @.phoenix_kit_settings
            SET key = replace(key, 'service', 'support')
            WHERE key = 'auto_granted_perm:customer_service' OR key ~
                '^customer_service_(enabled|per_page|(comments|internal_notes|attachments)_enabled|allow_reopen)$'
        "
        idempotent
        lossy_down r"
            DELETE FROM @.phoenix_kit_settings AS setting
            USING @.phoenix_kit_settings AS taken
            WHERE (setting.key = 'auto_granted_perm:customer_support' OR setting.key ~
                    '^customer_support_(enabled|per_page|(comments|internal_notes|attachments)_enabled|allow_reopen)$')
                AND taken.key = replace(setting.key, 'support', 'service');

            UPDATE @.phoenix_kit_settings
            SET key = replace(key, 'support', 'service')
            WHERE key = 'auto_granted_perm:customer_support' OR key ~
                '^customer_support_(enabled|per_page|(comments|internal_notes|attachments)_enabled|allow_reopen)$'
        ";

        execute r"
            DELETE FROM @.phoenix_kit_role_permissions AS permission
            USING @.phoenix_kit_role_permissions AS taken
            WHERE permission.module_key = 'customer_service' AND taken.module_key = 'customer_support'
                AND taken.role_uuid = permission.role_uuid;

            UPDATE @.phoenix_kit_role_permissions
            SET module_key = 'customer_support'
            WHERE module_key = 'customer_service'
        "
        idempotent
        lossy_down r"
            DELETE FROM @.phoenix_kit_role_permissions AS permission
            USING @.phoenix_kit_role_permissions AS taken
            WHERE permission.module_key = 'customer_support' AND taken.module_key = 'customer_service'
                AND taken.role_uuid = permission.role_uuid;

            UPDATE @.phoenix_kit_role_permissions
            SET module_key = 'customer_service'
            WHERE module_key = 'customer_support'
        ";
    }
}
