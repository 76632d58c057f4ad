//! V109: customer service is called customer support, in the settings and in what roles may do.
//!
//! Where the new name is taken already, what has the old one goes; on the way down it is the other
//! way round.

pkmig::migration! {
    V109 "customer support" {
        rename_value phoenix_kit_settings.key {
            "customer_service_enabled" => "customer_support_enabled",
            "customer_service_per_page" => "customer_support_per_page",
            "customer_service_comments_enabled" => "customer_support_comments_enabled",
            "customer_service_internal_notes_enabled" => "customer_support_internal_notes_enabled",
            "customer_service_attachments_enabled" => "customer_support_attachments_enabled",
            "customer_service_allow_reopen" => "customer_support_allow_reopen",
            "auto_granted_perm:customer_service" => "auto_granted_perm:customer_support",
        } on_conflict do_delete;
        rename_value phoenix_kit_role_permissions.module_key {
            "customer_service" => "customer_support",
        } on_conflict do_delete;
    }
}
