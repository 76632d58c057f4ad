//! V8: messages from all platforms in one place.
//!
//! A contact's `personal_key_id` is the external key of a person, as text, and so no foreign key.

pkmig::migration! {
    V08 "messages" {
        create_table omnichannel_contact {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_omnichannel_contact_tenant_id),
            page_id: bigint
                references(channels_platform_pages.id, on_delete: set_null, name: fk_omnichannel_contact_page_id)
                comment("the page to which they wrote"),
            personal_key_id: varchar(256) not_null comment("who it is, as crm_personal_keys.external_key has it"),
            platform_user_id: varchar(200) comment("the platform's number of the person"),
            external_customer_id: varchar(256) comment("the number in another shop"),
            integration_via: varchar(50) comment("the service that delivers their messages"),
            link: varchar(500),
            metadata: jsonb comment("what that service says besides"),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_omnichannel_contact_personal_key ("personal_key_id <> ''"),
            check chk_omnichannel_contact_link ("link IS NULL OR link <> ''"),
            check chk_omnichannel_contact_integration_via (r"
                integration_via IS NULL OR integration_via IN (
                    'pancake', 'meta', 'direct', 'custom', 'zalo', 'other'
                )
            "),
            unique_index uq_omnichannel_contact_tenant_personal_external_integration
                (tenant_id, personal_key_id, external_customer_id, integration_via)
                where("external_customer_id IS NOT NULL"),
            index idx_omnichannel_contact_tenant (tenant_id),
            index idx_omnichannel_contact_page (page_id),
            index idx_omnichannel_contact_personal_key_id (personal_key_id),
            index idx_omnichannel_contact_external_customer (external_customer_id)
                where("external_customer_id IS NOT NULL"),
            index idx_omnichannel_contact_integration_via (integration_via),
            index idx_omnichannel_contact_platform_user_id (platform_user_id) where("platform_user_id IS NOT NULL"),
            index idx_omnichannel_contact_tenant_personal (tenant_id, personal_key_id),
            index idx_omnichannel_contact_tenant_page (tenant_id, page_id),
            index idx_omnichannel_contact_metadata (metadata) using gin where("metadata IS NOT NULL"),
            trigger trg_omnichannel_contact_updated_at before update for_each row execute update_updated_at_column(),
            comment "a person as a platform knows them",
        }

        create_table omnichannel_message {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_omnichannel_message_tenant_id),
            page_id: bigint not_null
                references(channels_platform_pages.id, on_delete: cascade, name: fk_omnichannel_message_page_id)
                comment("the page it was written on"),
            contact_id: bigint
                references(omnichannel_contact.id, on_delete: set_null, name: fk_omnichannel_message_contact_id)
                comment("the person outside"),
            admin_id: bigint
                references(sys_users.id, on_delete: set_null, name: fk_omnichannel_message_admin_id)
                comment("the person inside"),
            conversation_id: varchar(100) comment("the platform's number of the conversation"),
            sender_type: varchar(50) comment("which side wrote"),
            sender_name: varchar(256),
            message: text,
            attachments: jsonb comment("files, as an array"),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_omnichannel_message_sender_type (
                "sender_type IS NULL OR sender_type IN ('user', 'admin', 'system')"
            ),
            check chk_omnichannel_message_message ("message IS NULL OR message <> ''"),
            index idx_omnichannel_message_tenant (tenant_id),
            index idx_omnichannel_message_page (page_id),
            index idx_omnichannel_message_contact (contact_id) where("contact_id IS NOT NULL"),
            index idx_omnichannel_message_admin (admin_id) where("admin_id IS NOT NULL"),
            index idx_omnichannel_message_conversation (conversation_id) where("conversation_id IS NOT NULL"),
            index idx_omnichannel_message_sender_type (sender_type) where("sender_type IS NOT NULL"),
            index idx_omnichannel_message_created_at (created_at),
            index idx_omnichannel_message_tenant_page (tenant_id, page_id),
            index idx_omnichannel_message_tenant_contact (tenant_id, contact_id) where("contact_id IS NOT NULL"),
            index idx_omnichannel_message_tenant_created (tenant_id, created_at desc),
            index idx_omnichannel_message_conversation_created (conversation_id, created_at)
                where("conversation_id IS NOT NULL"),
            index idx_omnichannel_message_attachments (attachments) using gin where("attachments IS NOT NULL"),
            comment "messages from and to all platforms",
        }
    }
}
