//! V77: the tickets module is called customer service, in settings and in permissions.
//!
//! Where the target of a rename exists already, it stays and the old row goes; so, too, on the way down.

pkmig::migration! {
    V77 "tickets become customer service" {
        rename_value phoenix_kit_settings.key {
            "tickets_enabled" => "customer_service_enabled",
            "tickets_per_page" => "customer_service_per_page",
            "tickets_comments_enabled" => "customer_service_comments_enabled",
            "tickets_internal_notes_enabled" => "customer_service_internal_notes_enabled",
            "tickets_attachments_enabled" => "customer_service_attachments_enabled",
            "tickets_allow_reopen" => "customer_service_allow_reopen",
            "auto_granted_perm:tickets" => "auto_granted_perm:customer_service",
        } on_conflict do_delete;
        rename_value phoenix_kit_role_permissions.module_key { "tickets" => "customer_service" } on_conflict do_delete;
    }
}
