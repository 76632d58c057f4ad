//! V57: what must point somewhere does so by uuid, too.
//!
//! Rows written since V56 are filled as there. What still points nowhere gets a new uuid where it must
//! have one; where a foreign key is to follow, the row goes or forgets, as if its target were deleted.

pkmig::migration! {
    V57 "uuid references hold" {
        // Some installs went through a V56 that left these out.
        add_column phoenix_kit_role_permissions.{role_uuid, granted_by_uuid}: uuid if_not_exists;
        create_index phoenix_kit_role_permissions_role_uuid_idx
            on phoenix_kit_role_permissions (role_uuid) if_not_exists;
        create_index phoenix_kit_role_permissions_granted_by_uuid_idx
            on phoenix_kit_role_permissions (granted_by_uuid) if_not_exists;
        create_unique_index phoenix_kit_role_permissions_role_uuid_module_key_idx
            on phoenix_kit_role_permissions (role_uuid, module_key) if_not_exists;

        backfill {
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
        }.user_uuid = phoenix_kit_users.uuid on(id = user_id);
        backfill phoenix_kit_user_role_assignments.assigned_by_uuid = phoenix_kit_users.uuid on(id = assigned_by);
        backfill phoenix_kit_admin_notes.author_uuid = phoenix_kit_users.uuid on(id = author_id);
        backfill phoenix_kit_audit_logs.target_user_uuid = phoenix_kit_users.uuid on(id = target_user_id);
        backfill phoenix_kit_audit_logs.admin_user_uuid = phoenix_kit_users.uuid on(id = admin_user_id);
        backfill phoenix_kit_role_permissions.granted_by_uuid = phoenix_kit_users.uuid on(id = granted_by);
        backfill phoenix_kit_tickets.assigned_to_uuid = phoenix_kit_users.uuid on(id = assigned_to_id);
        backfill phoenix_kit_ticket_status_history.changed_by_uuid = phoenix_kit_users.uuid on(id = changed_by_id);
        backfill {phoenix_kit_user_blocks, phoenix_kit_user_blocks_history}.blocker_uuid
            = phoenix_kit_users.uuid on(id = blocker_id);
        backfill {phoenix_kit_user_blocks, phoenix_kit_user_blocks_history}.blocked_uuid
            = phoenix_kit_users.uuid on(id = blocked_id);
        backfill {phoenix_kit_user_follows, phoenix_kit_user_follows_history}.follower_uuid
            = phoenix_kit_users.uuid on(id = follower_id);
        backfill {phoenix_kit_user_follows, phoenix_kit_user_follows_history}.followed_uuid
            = phoenix_kit_users.uuid on(id = followed_id);
        backfill phoenix_kit_user_connections.requester_uuid = phoenix_kit_users.uuid on(id = requester_id);
        backfill phoenix_kit_user_connections.recipient_uuid = phoenix_kit_users.uuid on(id = recipient_id);
        backfill phoenix_kit_user_connections_history.user_a_uuid = phoenix_kit_users.uuid on(id = user_a_id);
        backfill phoenix_kit_user_connections_history.user_b_uuid = phoenix_kit_users.uuid on(id = user_b_id);
        backfill phoenix_kit_user_connections_history.actor_uuid = phoenix_kit_users.uuid on(id = actor_id);
        backfill {
            phoenix_kit_shop_products,
            phoenix_kit_sync_connections,
            phoenix_kit_entities,
            phoenix_kit_entity_data,
            phoenix_kit_referral_codes,
        }.created_by_uuid = phoenix_kit_users.uuid on(id = created_by);
        backfill {phoenix_kit_sync_connections, phoenix_kit_sync_transfers}.approved_by_uuid
            = phoenix_kit_users.uuid on(id = approved_by);
        backfill phoenix_kit_sync_connections.suspended_by_uuid = phoenix_kit_users.uuid on(id = suspended_by);
        backfill phoenix_kit_sync_connections.revoked_by_uuid = phoenix_kit_users.uuid on(id = revoked_by);
        backfill phoenix_kit_sync_transfers.denied_by_uuid = phoenix_kit_users.uuid on(id = denied_by);
        backfill phoenix_kit_sync_transfers.initiated_by_uuid = phoenix_kit_users.uuid on(id = initiated_by);
        backfill phoenix_kit_email_templates.created_by_user_uuid = phoenix_kit_users.uuid on(id = created_by_user_id);
        backfill phoenix_kit_email_templates.updated_by_user_uuid = phoenix_kit_users.uuid on(id = updated_by_user_id);
        backfill phoenix_kit_referral_codes.beneficiary_uuid = phoenix_kit_users.uuid on(id = beneficiary);
        backfill phoenix_kit_referral_code_usage.used_by_uuid = phoenix_kit_users.uuid on(id = used_by);
        backfill {phoenix_kit_user_role_assignments, phoenix_kit_role_permissions}.role_uuid
            = phoenix_kit_user_roles.uuid on(id = role_id);
        backfill phoenix_kit_entity_data.entity_uuid = phoenix_kit_entities.uuid on(id = entity_id);
        backfill phoenix_kit_shop_cart_items.cart_uuid = phoenix_kit_shop_carts.uuid on(id = cart_id);
        backfill phoenix_kit_shop_cart_items.product_uuid = phoenix_kit_shop_products.uuid on(id = product_id);
        backfill phoenix_kit_shop_carts.shipping_method_uuid
            = phoenix_kit_shop_shipping_methods.uuid on(id = shipping_method_id);
        backfill phoenix_kit_shop_carts.merged_into_cart_uuid
            = phoenix_kit_shop_carts.uuid on(id = merged_into_cart_id);
        backfill phoenix_kit_shop_carts.payment_option_uuid
            = phoenix_kit_payment_options.uuid on(id = payment_option_id);
        backfill phoenix_kit_shop_products.category_uuid = phoenix_kit_shop_categories.uuid on(id = category_id);
        backfill phoenix_kit_shop_categories.parent_uuid = phoenix_kit_shop_categories.uuid on(id = parent_id);
        backfill phoenix_kit_shop_categories.featured_product_uuid
            = phoenix_kit_shop_products.uuid on(id = featured_product_id);
        backfill {phoenix_kit_orders, phoenix_kit_subscriptions}.billing_profile_uuid
            = phoenix_kit_billing_profiles.uuid on(id = billing_profile_id);
        backfill phoenix_kit_invoices.order_uuid = phoenix_kit_orders.uuid on(id = order_id);
        backfill phoenix_kit_transactions.invoice_uuid = phoenix_kit_invoices.uuid on(id = invoice_id);
        backfill phoenix_kit_subscriptions.payment_method_uuid
            = phoenix_kit_payment_methods.uuid on(id = payment_method_id);
        backfill phoenix_kit_email_events.email_log_uuid = phoenix_kit_email_logs.uuid on(id = email_log_id);
        backfill phoenix_kit_ai_requests.endpoint_uuid = phoenix_kit_ai_endpoints.uuid on(id = endpoint_id);
        backfill phoenix_kit_ai_requests.prompt_uuid = phoenix_kit_ai_prompts.uuid on(id = prompt_id);
        backfill phoenix_kit_sync_transfers.connection_uuid = phoenix_kit_sync_connections.uuid on(id = connection_id);
        backfill phoenix_kit_referral_code_usage.code_uuid = phoenix_kit_referral_codes.uuid on(id = code_id);

        set_not_null {
            phoenix_kit_users_tokens,
            phoenix_kit_user_role_assignments,
            phoenix_kit_admin_notes,
            phoenix_kit_user_oauth_providers,
            phoenix_kit_comments_likes,
            phoenix_kit_comments_dislikes,
            phoenix_kit_posts,
            phoenix_kit_post_comments,
            phoenix_kit_post_likes,
            phoenix_kit_post_dislikes,
            phoenix_kit_post_mentions,
            phoenix_kit_post_groups,
            phoenix_kit_comment_likes,
            phoenix_kit_comment_dislikes,
            phoenix_kit_ticket_comments,
            phoenix_kit_files,
            phoenix_kit_invoices,
            phoenix_kit_transactions,
            phoenix_kit_subscriptions,
            phoenix_kit_payment_methods,
        }.user_uuid backfill("@.uuid_generate_v7()");
        set_not_null phoenix_kit_admin_notes.author_uuid backfill("@.uuid_generate_v7()");
        set_not_null phoenix_kit_audit_logs.{target_user_uuid, admin_user_uuid} backfill("@.uuid_generate_v7()");
        set_not_null phoenix_kit_ticket_status_history.changed_by_uuid backfill("@.uuid_generate_v7()");
        set_not_null {phoenix_kit_user_blocks, phoenix_kit_user_blocks_history}.{blocker_uuid, blocked_uuid}
            backfill("@.uuid_generate_v7()");
        set_not_null {phoenix_kit_user_follows, phoenix_kit_user_follows_history}.{follower_uuid, followed_uuid}
            backfill("@.uuid_generate_v7()");
        set_not_null phoenix_kit_user_connections.{requester_uuid, recipient_uuid} backfill("@.uuid_generate_v7()");
        set_not_null phoenix_kit_user_connections_history.{user_a_uuid, user_b_uuid, actor_uuid}
            backfill("@.uuid_generate_v7()");
        set_not_null {phoenix_kit_entities, phoenix_kit_entity_data, phoenix_kit_referral_codes}.created_by_uuid
            backfill("@.uuid_generate_v7()");
        set_not_null {phoenix_kit_user_role_assignments, phoenix_kit_role_permissions}.role_uuid
            backfill("@.uuid_generate_v7()");
        set_not_null phoenix_kit_entity_data.entity_uuid backfill("@.uuid_generate_v7()");
        set_not_null phoenix_kit_shop_cart_items.cart_uuid backfill("@.uuid_generate_v7()");
        set_not_null phoenix_kit_email_events.email_log_uuid backfill("@.uuid_generate_v7()");
        set_not_null phoenix_kit_referral_code_usage.{used_by_uuid, code_uuid} backfill("@.uuid_generate_v7()");

        add_foreign_key phoenix_kit_users_tokens fk_users_tokens_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_user_role_assignments fk_user_role_assignments_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_user_role_assignments fk_user_role_assignments_assigned_by_uuid
            (assigned_by_uuid) references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_admin_notes fk_admin_notes_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_admin_notes fk_admin_notes_author_uuid
            (author_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_user_oauth_providers fk_user_oauth_providers_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_posts fk_posts_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_post_comments fk_post_comments_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_post_likes fk_post_likes_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_post_dislikes fk_post_dislikes_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_post_views fk_post_views_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_post_mentions fk_post_mentions_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_post_groups fk_post_groups_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_comment_likes fk_comment_likes_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_comment_dislikes fk_comment_dislikes_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_tickets fk_tickets_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_tickets fk_tickets_assigned_to_uuid
            (assigned_to_uuid) references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_ticket_comments fk_ticket_comments_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_ticket_status_history fk_ticket_status_history_changed_by_uuid
            (changed_by_uuid) references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_user_blocks fk_user_blocks_blocker_uuid
            (blocker_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_user_blocks fk_user_blocks_blocked_uuid
            (blocked_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_user_blocks_history fk_user_blocks_history_blocker_uuid
            (blocker_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_user_blocks_history fk_user_blocks_history_blocked_uuid
            (blocked_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_user_follows fk_user_follows_follower_uuid
            (follower_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_user_follows fk_user_follows_followed_uuid
            (followed_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_user_follows_history fk_user_follows_history_follower_uuid
            (follower_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_user_follows_history fk_user_follows_history_followed_uuid
            (followed_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_user_connections fk_user_connections_requester_uuid
            (requester_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_user_connections fk_user_connections_recipient_uuid
            (recipient_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_user_connections_history fk_user_connections_history_user_a_uuid
            (user_a_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_user_connections_history fk_user_connections_history_user_b_uuid
            (user_b_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_user_connections_history fk_user_connections_history_actor_uuid
            (actor_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_files fk_files_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_comments fk_comments_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_comments_likes fk_comments_likes_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_comments_dislikes fk_comments_dislikes_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_billing_profiles fk_billing_profiles_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_orders fk_orders_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_invoices fk_invoices_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete restrict orphans(set_null);
        add_foreign_key phoenix_kit_transactions fk_transactions_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete restrict orphans(set_null);
        add_foreign_key phoenix_kit_ai_requests fk_ai_requests_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_shop_carts fk_shop_carts_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_shop_products fk_shop_products_created_by_uuid
            (created_by_uuid) references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_shop_import_logs fk_shop_import_logs_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_sync_connections fk_sync_connections_approved_by_uuid
            (approved_by_uuid) references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_sync_connections fk_sync_connections_suspended_by_uuid
            (suspended_by_uuid) references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_sync_connections fk_sync_connections_revoked_by_uuid
            (revoked_by_uuid) references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_sync_connections fk_sync_connections_created_by_uuid
            (created_by_uuid) references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_sync_transfers fk_sync_transfers_approved_by_uuid
            (approved_by_uuid) references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_sync_transfers fk_sync_transfers_denied_by_uuid
            (denied_by_uuid) references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_sync_transfers fk_sync_transfers_initiated_by_uuid
            (initiated_by_uuid) references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_role_permissions fk_role_permissions_granted_by_uuid
            (granted_by_uuid) references phoenix_kit_users (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_user_role_assignments fk_user_role_assignments_role_uuid
            (role_uuid) references phoenix_kit_user_roles (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_role_permissions fk_role_permissions_role_uuid
            (role_uuid) references phoenix_kit_user_roles (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_entity_data fk_entity_data_entity_uuid
            (entity_uuid) references phoenix_kit_entities (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_shop_cart_items fk_shop_cart_items_cart_uuid
            (cart_uuid) references phoenix_kit_shop_carts (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_shop_cart_items fk_shop_cart_items_product_uuid
            (product_uuid) references phoenix_kit_shop_products (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_shop_carts fk_shop_carts_shipping_method_uuid
            (shipping_method_uuid) references phoenix_kit_shop_shipping_methods (uuid) on_delete set_null
            orphans(set_null);
        add_foreign_key phoenix_kit_shop_carts fk_shop_carts_payment_option_uuid
            (payment_option_uuid) references phoenix_kit_payment_options (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_shop_products fk_shop_products_category_uuid
            (category_uuid) references phoenix_kit_shop_categories (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_shop_categories fk_shop_categories_parent_uuid
            (parent_uuid) references phoenix_kit_shop_categories (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_shop_categories fk_shop_categories_featured_product_uuid
            (featured_product_uuid) references phoenix_kit_shop_products (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_orders fk_orders_billing_profile_uuid
            (billing_profile_uuid) references phoenix_kit_billing_profiles (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_invoices fk_invoices_order_uuid
            (order_uuid) references phoenix_kit_orders (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_transactions fk_transactions_invoice_uuid
            (invoice_uuid) references phoenix_kit_invoices (uuid) on_delete restrict orphans(set_null);
        add_foreign_key phoenix_kit_email_events fk_email_events_email_log_uuid
            (email_log_uuid) references phoenix_kit_email_logs (uuid) on_delete cascade orphans(delete);
        add_foreign_key phoenix_kit_ai_requests fk_ai_requests_endpoint_uuid
            (endpoint_uuid) references phoenix_kit_ai_endpoints (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_ai_requests fk_ai_requests_prompt_uuid
            (prompt_uuid) references phoenix_kit_ai_prompts (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_sync_transfers fk_sync_transfers_connection_uuid
            (connection_uuid) references phoenix_kit_sync_connections (uuid) on_delete set_null orphans(set_null);
        add_foreign_key phoenix_kit_referral_code_usage fk_referral_code_usage_code_uuid
            (code_uuid) references phoenix_kit_referral_codes (uuid) on_delete cascade orphans(delete);
    }
}
