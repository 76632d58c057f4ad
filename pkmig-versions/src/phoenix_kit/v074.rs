//! V74: the uuid is the one key of every row.
//!
//! Numbers, and references by number, go. A reference without a uuid beside it, such as the type of a
//! subscription, is lost. The way down numbers the rows anew and leaves references by number empty: the
//! uuids beside them are what is read at V73, and V67's way down finds the numbers by them.

pkmig::migration! {
    V74 "uuids are the primary keys" {
        // These may not stay empty on the way down. Of the active carts of one user or session the newest
        // stays active, because there may be only one; a cart that is nobody's takes its uuid for a session.
        drop_not_null phoenix_kit_email_events.email_log_id;
        drop_constraint phoenix_kit_shop_carts phoenix_kit_shop_carts_identity;
        drop_index idx_shop_carts_active_user;
        drop_index idx_shop_carts_active_session;
        on_down backfill phoenix_kit_shop_carts.session_id = "uuid" where("user_id IS NULL AND session_id IS NULL");
        on_down backfill phoenix_kit_shop_carts.user_id = phoenix_kit_users.id on(uuid = user_uuid);
        on_down r"
            UPDATE @.phoenix_kit_shop_carts AS cart
            SET status = 'abandoned'
            FROM @.phoenix_kit_shop_carts AS newer
            WHERE cart.status = 'active'
              AND newer.status = 'active'
              AND newer.uuid > cart.uuid
              AND coalesce(newer.user_uuid::text, newer.session_id) = coalesce(cart.user_uuid::text, cart.session_id)
        ";
        on_down backfill phoenix_kit_email_events.email_log_id = phoenix_kit_email_logs.id on(uuid = email_log_uuid);

        drop_column {
            phoenix_kit_users_tokens,
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
            phoenix_kit_ticket_comments,
            phoenix_kit_files,
            phoenix_kit_shop_import_logs,
            phoenix_kit_billing_profiles,
            phoenix_kit_payment_methods,
            phoenix_kit_email_logs,
            phoenix_kit_email_blocklist,
            phoenix_kit_consent_logs,
        }.user_id;
        drop_column phoenix_kit_user_role_assignments.{user_id, assigned_by, role_id};
        drop_column phoenix_kit_admin_notes.{user_id, author_id};
        drop_column phoenix_kit_audit_logs.{target_user_id, admin_user_id};
        drop_column phoenix_kit_role_permissions.{granted_by, role_id};
        drop_column phoenix_kit_tickets.{user_id, assigned_to_id};
        drop_column phoenix_kit_ticket_status_history.changed_by_id;
        drop_column {phoenix_kit_user_blocks, phoenix_kit_user_blocks_history}.{blocker_id, blocked_id};
        drop_column {phoenix_kit_user_follows, phoenix_kit_user_follows_history}.{follower_id, followed_id};
        drop_column phoenix_kit_user_connections.{requester_id, recipient_id};
        drop_column phoenix_kit_user_connections_history.{user_a_id, user_b_id, actor_id};
        drop_column phoenix_kit_shop_carts.{user_id, shipping_method_id, merged_into_cart_id, payment_option_id};
        drop_column phoenix_kit_shop_products.{created_by, category_id};
        drop_column phoenix_kit_orders.{user_id, billing_profile_id};
        drop_column phoenix_kit_invoices.{user_id, order_id, subscription_id};
        drop_column phoenix_kit_transactions.{user_id, invoice_id};
        drop_column phoenix_kit_subscriptions.{user_id, subscription_type_id, billing_profile_id, payment_method_id};
        drop_column phoenix_kit_ai_requests.{user_id, endpoint_id, prompt_id, account_id};
        drop_column phoenix_kit_sync_connections.{approved_by, suspended_by, revoked_by, created_by};
        drop_column phoenix_kit_sync_transfers.{approved_by, denied_by, initiated_by, connection_id};
        drop_column phoenix_kit_entities.created_by;
        drop_column phoenix_kit_entity_data.{created_by, entity_id};
        drop_column phoenix_kit_email_templates.{created_by_user_id, updated_by_user_id};
        drop_column phoenix_kit_referral_codes.{created_by, beneficiary};
        drop_column phoenix_kit_referral_code_usage.{used_by, code_id};
        drop_column phoenix_kit_shop_cart_items.{cart_id, product_id, variant_id};
        drop_column phoenix_kit_shop_categories.{parent_id, featured_product_id};
        drop_column phoenix_kit_email_events.email_log_id;
        drop_column phoenix_kit_email_orphaned_events.matched_email_log_id;
        drop_column phoenix_kit_publishing_posts.{created_by_id, updated_by_id};
        drop_column {phoenix_kit_publishing_versions, phoenix_kit_scheduled_jobs}.created_by_id;
        // No version adds these; an install that has one loses it.
        drop_column phoenix_kit_posts.author_id if_exists;
        drop_column phoenix_kit_tickets.created_by_user_id if_exists;
        drop_column phoenix_kit_ticket_attachments.user_id if_exists;
        drop_column phoenix_kit_transactions.{order_id, payment_method_id} if_exists;

        // Tables of the host may point at the numbers: their foreign keys go, too.
        for table in {
            phoenix_kit_users,
            phoenix_kit_users_tokens,
            phoenix_kit_user_roles,
            phoenix_kit_user_role_assignments,
            phoenix_kit_role_permissions,
            phoenix_kit_settings,
            phoenix_kit_admin_notes,
            phoenix_kit_audit_logs,
            phoenix_kit_email_logs,
            phoenix_kit_email_events,
            phoenix_kit_email_metrics,
            phoenix_kit_email_templates,
            phoenix_kit_email_blocklist,
            phoenix_kit_email_orphaned_events,
            phoenix_kit_ai_accounts,
            phoenix_kit_ai_endpoints,
            phoenix_kit_ai_prompts,
            phoenix_kit_ai_requests,
            phoenix_kit_entities,
            phoenix_kit_entity_data,
            phoenix_kit_user_oauth_providers,
            phoenix_kit_consent_logs,
            phoenix_kit_referral_codes,
            phoenix_kit_referral_code_usage,
            phoenix_kit_billing_profiles,
            phoenix_kit_orders,
            phoenix_kit_invoices,
            phoenix_kit_transactions,
            phoenix_kit_payment_methods,
            phoenix_kit_payment_options,
            phoenix_kit_payment_provider_configs,
            phoenix_kit_subscriptions,
            phoenix_kit_subscription_types,
            phoenix_kit_currencies,
            phoenix_kit_shop_carts,
            phoenix_kit_shop_cart_items,
            phoenix_kit_shop_products,
            phoenix_kit_shop_categories,
            phoenix_kit_shop_shipping_methods,
            phoenix_kit_shop_config,
            phoenix_kit_shop_import_configs,
            phoenix_kit_shop_import_logs,
            phoenix_kit_sync_connections,
            phoenix_kit_sync_transfers,
            phoenix_kit_webhook_events,
        } {
            drop_column table.id cascade;
            add_primary_key table (uuid);
        }
    }
}
