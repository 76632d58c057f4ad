//! V56: whatever points at a numbered row points at its uuid, too.
//!
//! A column `user_id` has a `user_uuid` beside it, filled for the rows that are there; what the columns
//! must hold follows in V57. Where uuids were made in another way, they are now made as in V40.

pkmig::migration! {
    V56 "references by uuid" {
        // Where such a column was made by hand before V40 came, it may hold its uuids as text.
        execute r"
            DO $$
            DECLARE
                early regclass;
            BEGIN
                FOR early IN
                    SELECT place.oid
                    FROM pg_catalog.pg_class AS place
                    JOIN pg_catalog.pg_attribute AS held ON held.attrelid = place.oid AND held.attname = 'uuid'
                    WHERE place.relkind = 'r'
                        AND place.relname LIKE 'phoenix\_kit\_%'
                        AND place.relnamespace
                            = (SELECT relnamespace FROM pg_catalog.pg_class WHERE oid = '@.phoenix_kit'::regclass)
                        AND held.atttypid IN ('varchar'::regtype, 'text'::regtype, 'bpchar'::regtype)
                LOOP
                    EXECUTE format('ALTER TABLE %s ALTER COLUMN uuid TYPE uuid USING uuid::uuid', early);
                END LOOP;
            END
            $$
        " idempotent on_fresh(skip) down_noop("the type is the one that every other install has");

        // Installs from before 1.7 had the uuids of these in advance, and V40 left them as they were.
        for table in {
            phoenix_kit_users,
            phoenix_kit_users_tokens,
            phoenix_kit_user_roles,
            phoenix_kit_user_role_assignments,
            phoenix_kit_settings,
        } {
            set_default table.uuid = @.uuid_generate_v7();
            set_not_null table.uuid backfill("@.uuid_generate_v7()");
            create_unique_index on table.uuid if_not_exists;
        }

        add_column phoenix_kit_consent_logs.uuid: uuid default(@.uuid_generate_v7());
        add_column {
            phoenix_kit_users_tokens,
            phoenix_kit_user_role_assignments,
            phoenix_kit_admin_notes,
            phoenix_kit_user_oauth_providers,
            phoenix_kit_comments,
            phoenix_kit_comments_likes,
            phoenix_kit_comments_dislikes,
            phoenix_kit_posts,
            phoenix_kit_post_comments,
            phoenix_kit_post_likes,
            phoenix_kit_post_dislikes,
            phoenix_kit_post_views,
            phoenix_kit_post_mentions,
            phoenix_kit_post_groups,
            phoenix_kit_comment_likes,
            phoenix_kit_comment_dislikes,
            phoenix_kit_tickets,
            phoenix_kit_ticket_comments,
            phoenix_kit_files,
            phoenix_kit_shop_carts,
            phoenix_kit_shop_import_logs,
            phoenix_kit_billing_profiles,
            phoenix_kit_orders,
            phoenix_kit_invoices,
            phoenix_kit_transactions,
            phoenix_kit_subscriptions,
            phoenix_kit_payment_methods,
            phoenix_kit_ai_requests,
            phoenix_kit_email_logs,
            phoenix_kit_email_blocklist,
            phoenix_kit_consent_logs,
        }.user_uuid: uuid index backfill(phoenix_kit_users.uuid on(id = user_id));
        add_column phoenix_kit_user_role_assignments.assigned_by_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = assigned_by));
        add_column {phoenix_kit_user_role_assignments, phoenix_kit_role_permissions}.role_uuid: uuid
            index backfill(phoenix_kit_user_roles.uuid on(id = role_id));
        add_column phoenix_kit_admin_notes.author_uuid: uuid index backfill(phoenix_kit_users.uuid on(id = author_id));
        add_column phoenix_kit_audit_logs.target_user_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = target_user_id));
        add_column phoenix_kit_audit_logs.admin_user_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = admin_user_id));
        add_column phoenix_kit_role_permissions.granted_by_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = granted_by));
        add_column phoenix_kit_tickets.assigned_to_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = assigned_to_id));
        add_column phoenix_kit_ticket_status_history.changed_by_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = changed_by_id));
        add_column {phoenix_kit_user_blocks, phoenix_kit_user_blocks_history}.blocker_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = blocker_id));
        add_column {phoenix_kit_user_blocks, phoenix_kit_user_blocks_history}.blocked_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = blocked_id));
        add_column {phoenix_kit_user_follows, phoenix_kit_user_follows_history}.follower_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = follower_id));
        add_column {phoenix_kit_user_follows, phoenix_kit_user_follows_history}.followed_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = followed_id));
        add_column phoenix_kit_user_connections.requester_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = requester_id));
        add_column phoenix_kit_user_connections.recipient_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = recipient_id));
        add_column phoenix_kit_user_connections_history.user_a_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = user_a_id));
        add_column phoenix_kit_user_connections_history.user_b_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = user_b_id));
        add_column phoenix_kit_user_connections_history.actor_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = actor_id));
        add_column phoenix_kit_shop_carts.shipping_method_uuid: uuid
            index backfill(phoenix_kit_shop_shipping_methods.uuid on(id = shipping_method_id));
        add_column phoenix_kit_shop_carts.merged_into_cart_uuid: uuid
            index backfill(phoenix_kit_shop_carts.uuid on(id = merged_into_cart_id));
        add_column phoenix_kit_shop_carts.payment_option_uuid: uuid
            index backfill(phoenix_kit_payment_options.uuid on(id = payment_option_id));
        add_column {
            phoenix_kit_shop_products,
            phoenix_kit_sync_connections,
            phoenix_kit_entities,
            phoenix_kit_entity_data,
            phoenix_kit_referral_codes,
        }.created_by_uuid: uuid index backfill(phoenix_kit_users.uuid on(id = created_by));
        add_column phoenix_kit_shop_products.category_uuid: uuid
            index backfill(phoenix_kit_shop_categories.uuid on(id = category_id));
        add_column {phoenix_kit_orders, phoenix_kit_subscriptions}.billing_profile_uuid: uuid
            index backfill(phoenix_kit_billing_profiles.uuid on(id = billing_profile_id));
        add_column phoenix_kit_invoices.order_uuid: uuid index backfill(phoenix_kit_orders.uuid on(id = order_id));
        add_column phoenix_kit_transactions.invoice_uuid: uuid
            index backfill(phoenix_kit_invoices.uuid on(id = invoice_id));
        add_column phoenix_kit_subscriptions.payment_method_uuid: uuid
            index backfill(phoenix_kit_payment_methods.uuid on(id = payment_method_id));
        add_column phoenix_kit_ai_requests.endpoint_uuid: uuid
            index backfill(phoenix_kit_ai_endpoints.uuid on(id = endpoint_id));
        add_column phoenix_kit_ai_requests.prompt_uuid: uuid
            index backfill(phoenix_kit_ai_prompts.uuid on(id = prompt_id));
        add_column {phoenix_kit_sync_connections, phoenix_kit_sync_transfers}.approved_by_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = approved_by));
        add_column phoenix_kit_sync_connections.suspended_by_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = suspended_by));
        add_column phoenix_kit_sync_connections.revoked_by_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = revoked_by));
        add_column phoenix_kit_sync_transfers.denied_by_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = denied_by));
        add_column phoenix_kit_sync_transfers.initiated_by_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = initiated_by));
        add_column phoenix_kit_sync_transfers.connection_uuid: uuid
            index backfill(phoenix_kit_sync_connections.uuid on(id = connection_id));
        add_column phoenix_kit_entity_data.entity_uuid: uuid
            index backfill(phoenix_kit_entities.uuid on(id = entity_id));
        add_column phoenix_kit_referral_codes.beneficiary_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = beneficiary));
        add_column phoenix_kit_referral_code_usage.used_by_uuid: uuid
            index backfill(phoenix_kit_users.uuid on(id = used_by));
        add_column phoenix_kit_referral_code_usage.code_uuid: uuid
            index backfill(phoenix_kit_referral_codes.uuid on(id = code_id));
        add_column phoenix_kit_shop_cart_items.cart_uuid: uuid
            index backfill(phoenix_kit_shop_carts.uuid on(id = cart_id));
        add_column phoenix_kit_shop_cart_items.product_uuid: uuid
            index backfill(phoenix_kit_shop_products.uuid on(id = product_id));
        add_column phoenix_kit_shop_categories.parent_uuid: uuid
            index backfill(phoenix_kit_shop_categories.uuid on(id = parent_id));
        add_column phoenix_kit_shop_categories.featured_product_uuid: uuid
            index backfill(phoenix_kit_shop_products.uuid on(id = featured_product_id));
        add_column phoenix_kit_email_events.email_log_uuid: uuid
            index backfill(phoenix_kit_email_logs.uuid on(id = email_log_id));

        // V15 has made these, but not in every install.
        add_column phoenix_kit_email_templates.{created_by_user_uuid, updated_by_user_uuid}: uuid if_not_exists;
        backfill phoenix_kit_email_templates.created_by_user_uuid = phoenix_kit_users.uuid on(id = created_by_user_id);
        backfill phoenix_kit_email_templates.updated_by_user_uuid = phoenix_kit_users.uuid on(id = updated_by_user_id);
        create_index on phoenix_kit_email_templates.{created_by_user_uuid, updated_by_user_uuid};

        create_unique_index phoenix_kit_role_permissions_role_uuid_module_key_idx
            on phoenix_kit_role_permissions (role_uuid, module_key);
        create_unique_index phoenix_kit_oauth_providers_user_uuid_provider_idx
            on phoenix_kit_user_oauth_providers (user_uuid, provider);
        create_unique_index phoenix_kit_role_assignments_user_uuid_role_uuid_idx
            on phoenix_kit_user_role_assignments (user_uuid, role_uuid);

        // A few tables made their uuids otherwise, of version 4, not at all or not for every row.
        set_default {
            phoenix_kit_comments,
            phoenix_kit_comments_dislikes,
            phoenix_kit_comments_likes,
        }.id = @.uuid_generate_v7();
        for table in {
            phoenix_kit_email_templates,
            phoenix_kit_role_permissions,
            phoenix_kit_shop_config,
            phoenix_kit_shop_import_configs,
            phoenix_kit_shop_import_logs,
        } {
            set_default table.uuid = @.uuid_generate_v7();
            set_not_null table.uuid backfill("@.uuid_generate_v7()");
        }
        for table in {
            phoenix_kit_payment_options,
            phoenix_kit_shop_cart_items,
            phoenix_kit_shop_carts,
            phoenix_kit_shop_categories,
            phoenix_kit_shop_products,
            phoenix_kit_shop_shipping_methods,
        } {
            set_default table.uuid = @.uuid_generate_v7();
            create_unique_index on table.uuid;
        }
        create_unique_index on {phoenix_kit_email_templates, phoenix_kit_sync_connections}.uuid;

        // Who has which role is written down by uuid alone from here on.
        drop_not_null phoenix_kit_user_role_assignments.{user_id, role_id};
        drop_not_null phoenix_kit_role_permissions.role_id;
        on_down backfill phoenix_kit_user_role_assignments.user_id = phoenix_kit_users.id on(uuid = user_uuid);
        on_down backfill {phoenix_kit_user_role_assignments, phoenix_kit_role_permissions}.role_id
            = phoenix_kit_user_roles.id on(uuid = role_uuid);
    }
}
