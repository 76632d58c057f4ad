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

        execute r"
            DO $$
            DECLARE
                reference record;
            BEGIN
                FOR reference IN
                    SELECT *, regexp_replace(number, '_id$', '') || '_uuid' AS uuid
                    FROM (VALUES
                        ('@.phoenix_kit_users_tokens', 'user_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_user_role_assignments', 'user_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_user_role_assignments', 'assigned_by', '@.phoenix_kit_users', false, 'forget'),
                        ('@.phoenix_kit_admin_notes', 'user_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_admin_notes', 'author_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_user_oauth_providers', 'user_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_audit_logs', 'target_user_id', '@.phoenix_kit_users', true, 'keep'),
                        ('@.phoenix_kit_audit_logs', 'admin_user_id', '@.phoenix_kit_users', true, 'keep'),
                        ('@.phoenix_kit_role_permissions', 'granted_by', '@.phoenix_kit_users', false, 'forget'),
                        ('@.phoenix_kit_comments', 'user_id', '@.phoenix_kit_users', false, 'forget'),
                        ('@.phoenix_kit_comments_likes', 'user_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_comments_dislikes', 'user_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_posts', 'user_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_post_comments', 'user_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_post_likes', 'user_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_post_dislikes', 'user_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_post_views', 'user_id', '@.phoenix_kit_users', false, 'delete'),
                        ('@.phoenix_kit_post_mentions', 'user_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_post_groups', 'user_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_comment_likes', 'user_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_comment_dislikes', 'user_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_tickets', 'user_id', '@.phoenix_kit_users', false, 'forget'),
                        ('@.phoenix_kit_tickets', 'assigned_to_id', '@.phoenix_kit_users', false, 'forget'),
                        ('@.phoenix_kit_ticket_comments', 'user_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_ticket_status_history', 'changed_by_id', '@.phoenix_kit_users', true, 'forget'),
                        ('@.phoenix_kit_user_blocks', 'blocker_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_user_blocks', 'blocked_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_user_blocks_history', 'blocker_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_user_blocks_history', 'blocked_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_user_follows', 'follower_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_user_follows', 'followed_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_user_follows_history', 'follower_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_user_follows_history', 'followed_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_user_connections', 'requester_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_user_connections', 'recipient_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_user_connections_history', 'user_a_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_user_connections_history', 'user_b_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_user_connections_history', 'actor_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_files', 'user_id', '@.phoenix_kit_users', true, 'delete'),
                        ('@.phoenix_kit_shop_carts', 'user_id', '@.phoenix_kit_users', false, 'forget'),
                        ('@.phoenix_kit_shop_products', 'created_by', '@.phoenix_kit_users', false, 'forget'),
                        ('@.phoenix_kit_shop_import_logs', 'user_id', '@.phoenix_kit_users', false, 'forget'),
                        ('@.phoenix_kit_billing_profiles', 'user_id', '@.phoenix_kit_users', false, 'forget'),
                        ('@.phoenix_kit_orders', 'user_id', '@.phoenix_kit_users', false, 'forget'),
                        ('@.phoenix_kit_invoices', 'user_id', '@.phoenix_kit_users', true, 'forget'),
                        ('@.phoenix_kit_transactions', 'user_id', '@.phoenix_kit_users', true, 'forget'),
                        ('@.phoenix_kit_subscriptions', 'user_id', '@.phoenix_kit_users', true, 'keep'),
                        ('@.phoenix_kit_payment_methods', 'user_id', '@.phoenix_kit_users', true, 'keep'),
                        ('@.phoenix_kit_ai_requests', 'user_id', '@.phoenix_kit_users', false, 'forget'),
                        ('@.phoenix_kit_sync_connections', 'approved_by', '@.phoenix_kit_users', false, 'forget'),
                        ('@.phoenix_kit_sync_connections', 'suspended_by', '@.phoenix_kit_users', false, 'forget'),
                        ('@.phoenix_kit_sync_connections', 'revoked_by', '@.phoenix_kit_users', false, 'forget'),
                        ('@.phoenix_kit_sync_connections', 'created_by', '@.phoenix_kit_users', false, 'forget'),
                        ('@.phoenix_kit_sync_transfers', 'approved_by', '@.phoenix_kit_users', false, 'forget'),
                        ('@.phoenix_kit_sync_transfers', 'denied_by', '@.phoenix_kit_users', false, 'forget'),
                        ('@.phoenix_kit_sync_transfers', 'initiated_by', '@.phoenix_kit_users', false, 'forget'),
                        ('@.phoenix_kit_entities', 'created_by', '@.phoenix_kit_users', true, 'keep'),
                        ('@.phoenix_kit_entity_data', 'created_by', '@.phoenix_kit_users', true, 'keep'),
                        ('@.phoenix_kit_email_logs', 'user_id', '@.phoenix_kit_users', false, 'keep'),
                        ('@.phoenix_kit_email_blocklist', 'user_id', '@.phoenix_kit_users', false, 'keep'),
                        ('@.phoenix_kit_email_templates', 'created_by_user_id', '@.phoenix_kit_users', false, 'keep'),
                        ('@.phoenix_kit_email_templates', 'updated_by_user_id', '@.phoenix_kit_users', false, 'keep'),
                        ('@.phoenix_kit_referral_codes', 'created_by', '@.phoenix_kit_users', true, 'keep'),
                        ('@.phoenix_kit_referral_codes', 'beneficiary', '@.phoenix_kit_users', false, 'keep'),
                        ('@.phoenix_kit_referral_code_usage', 'used_by', '@.phoenix_kit_users', true, 'keep'),
                        ('@.phoenix_kit_consent_logs', 'user_id', '@.phoenix_kit_users', false, 'keep'),
                        ('@.phoenix_kit_user_role_assignments', 'role_id', '@.phoenix_kit_user_roles', true, 'delete'),
                        ('@.phoenix_kit_role_permissions', 'role_id', '@.phoenix_kit_user_roles', true, 'delete'),
                        ('@.phoenix_kit_entity_data', 'entity_id', '@.phoenix_kit_entities', true, 'delete'),
                        ('@.phoenix_kit_shop_cart_items', 'cart_id', '@.phoenix_kit_shop_carts', true, 'delete'),
                        ('@.phoenix_kit_shop_cart_items', 'product_id', '@.phoenix_kit_shop_products', false, 'forget'),
                        ('@.phoenix_kit_shop_carts', 'shipping_method_id',
                         '@.phoenix_kit_shop_shipping_methods', false, 'forget'),
                        ('@.phoenix_kit_shop_carts', 'merged_into_cart_id', '@.phoenix_kit_shop_carts', false, 'keep'),
                        ('@.phoenix_kit_shop_carts', 'payment_option_id',
                         '@.phoenix_kit_payment_options', false, 'forget'),
                        ('@.phoenix_kit_shop_products', 'category_id',
                         '@.phoenix_kit_shop_categories', false, 'forget'),
                        ('@.phoenix_kit_shop_categories', 'parent_id',
                         '@.phoenix_kit_shop_categories', false, 'forget'),
                        ('@.phoenix_kit_shop_categories', 'featured_product_id',
                         '@.phoenix_kit_shop_products', false, 'forget'),
                        ('@.phoenix_kit_orders', 'billing_profile_id',
                         '@.phoenix_kit_billing_profiles', false, 'forget'),
                        ('@.phoenix_kit_invoices', 'order_id', '@.phoenix_kit_orders', false, 'forget'),
                        ('@.phoenix_kit_transactions', 'invoice_id', '@.phoenix_kit_invoices', false, 'forget'),
                        ('@.phoenix_kit_subscriptions', 'billing_profile_id',
                         '@.phoenix_kit_billing_profiles', false, 'keep'),
                        ('@.phoenix_kit_subscriptions', 'payment_method_id',
                         '@.phoenix_kit_payment_methods', false, 'keep'),
                        ('@.phoenix_kit_email_events', 'email_log_id', '@.phoenix_kit_email_logs', true, 'delete'),
                        ('@.phoenix_kit_ai_requests', 'endpoint_id', '@.phoenix_kit_ai_endpoints', false, 'forget'),
                        ('@.phoenix_kit_ai_requests', 'prompt_id', '@.phoenix_kit_ai_prompts', false, 'forget'),
                        ('@.phoenix_kit_sync_transfers', 'connection_id',
                         '@.phoenix_kit_sync_connections', false, 'forget'),
                        ('@.phoenix_kit_referral_code_usage', 'code_id',
                         '@.phoenix_kit_referral_codes', true, 'delete')
                    ) AS t (place, number, target, needed, orphan)
                LOOP
                    EXECUTE format(
                        'UPDATE %1$s AS t SET %3$I = r.uuid FROM %4$s AS r WHERE r.id = t.%2$I AND t.%3$I IS NULL',
                        reference.place, reference.number, reference.uuid, reference.target
                    );
                    IF reference.needed THEN
                        EXECUTE format(
                            'UPDATE %1$s SET %2$I = @.uuid_generate_v7() WHERE %2$I IS NULL',
                            reference.place, reference.uuid
                        );
                    END IF;
                    IF reference.orphan <> 'keep' THEN
                        EXECUTE format(
                            CASE reference.orphan
                                WHEN 'delete' THEN 'DELETE FROM %1$s AS t'
                                WHEN 'forget' THEN 'UPDATE %1$s AS t SET %2$I = NULL'
                            END || ' WHERE t.%2$I IS NOT NULL '
                                'AND NOT EXISTS (SELECT FROM %3$s AS r WHERE r.uuid = t.%2$I)',
                            reference.place, reference.uuid, reference.target
                        );
                    END IF;
                END LOOP;
            END
            $$
        " idempotent down_noop("references that led nowhere stay away");

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
        }.user_uuid;
        set_not_null phoenix_kit_admin_notes.author_uuid;
        set_not_null phoenix_kit_audit_logs.target_user_uuid;
        set_not_null phoenix_kit_audit_logs.admin_user_uuid;
        set_not_null phoenix_kit_ticket_status_history.changed_by_uuid;
        set_not_null {phoenix_kit_user_blocks, phoenix_kit_user_blocks_history}.blocker_uuid;
        set_not_null {phoenix_kit_user_blocks, phoenix_kit_user_blocks_history}.blocked_uuid;
        set_not_null {phoenix_kit_user_follows, phoenix_kit_user_follows_history}.follower_uuid;
        set_not_null {phoenix_kit_user_follows, phoenix_kit_user_follows_history}.followed_uuid;
        set_not_null phoenix_kit_user_connections.requester_uuid;
        set_not_null phoenix_kit_user_connections.recipient_uuid;
        set_not_null phoenix_kit_user_connections_history.user_a_uuid;
        set_not_null phoenix_kit_user_connections_history.user_b_uuid;
        set_not_null phoenix_kit_user_connections_history.actor_uuid;
        set_not_null {phoenix_kit_entities, phoenix_kit_entity_data, phoenix_kit_referral_codes}.created_by_uuid;
        set_not_null phoenix_kit_referral_code_usage.used_by_uuid;
        set_not_null {phoenix_kit_user_role_assignments, phoenix_kit_role_permissions}.role_uuid;
        set_not_null phoenix_kit_entity_data.entity_uuid;
        set_not_null phoenix_kit_shop_cart_items.cart_uuid;
        set_not_null phoenix_kit_email_events.email_log_uuid;
        set_not_null phoenix_kit_referral_code_usage.code_uuid;

        add_foreign_key phoenix_kit_users_tokens fk_users_tokens_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_user_role_assignments fk_user_role_assignments_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_user_role_assignments fk_user_role_assignments_assigned_by_uuid
            (assigned_by_uuid) references phoenix_kit_users (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_admin_notes fk_admin_notes_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_admin_notes fk_admin_notes_author_uuid
            (author_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_user_oauth_providers fk_user_oauth_providers_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_posts fk_posts_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_post_comments fk_post_comments_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_post_likes fk_post_likes_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_post_dislikes fk_post_dislikes_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_post_views fk_post_views_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_post_mentions fk_post_mentions_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_post_groups fk_post_groups_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_comment_likes fk_comment_likes_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_comment_dislikes fk_comment_dislikes_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_tickets fk_tickets_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_tickets fk_tickets_assigned_to_uuid
            (assigned_to_uuid) references phoenix_kit_users (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_ticket_comments fk_ticket_comments_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_ticket_status_history fk_ticket_status_history_changed_by_uuid
            (changed_by_uuid) references phoenix_kit_users (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_user_blocks fk_user_blocks_blocker_uuid
            (blocker_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_user_blocks fk_user_blocks_blocked_uuid
            (blocked_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_user_blocks_history fk_user_blocks_history_blocker_uuid
            (blocker_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_user_blocks_history fk_user_blocks_history_blocked_uuid
            (blocked_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_user_follows fk_user_follows_follower_uuid
            (follower_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_user_follows fk_user_follows_followed_uuid
            (followed_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_user_follows_history fk_user_follows_history_follower_uuid
            (follower_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_user_follows_history fk_user_follows_history_followed_uuid
            (followed_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_user_connections fk_user_connections_requester_uuid
            (requester_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_user_connections fk_user_connections_recipient_uuid
            (recipient_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_user_connections_history fk_user_connections_history_user_a_uuid
            (user_a_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_user_connections_history fk_user_connections_history_user_b_uuid
            (user_b_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_user_connections_history fk_user_connections_history_actor_uuid
            (actor_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_files fk_files_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_comments fk_comments_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_comments_likes fk_comments_likes_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_comments_dislikes fk_comments_dislikes_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_billing_profiles fk_billing_profiles_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_orders fk_orders_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_invoices fk_invoices_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete restrict;
        add_foreign_key phoenix_kit_transactions fk_transactions_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete restrict;
        add_foreign_key phoenix_kit_ai_requests fk_ai_requests_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_shop_carts fk_shop_carts_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_shop_products fk_shop_products_created_by_uuid
            (created_by_uuid) references phoenix_kit_users (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_shop_import_logs fk_shop_import_logs_user_uuid
            (user_uuid) references phoenix_kit_users (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_sync_connections fk_sync_connections_approved_by_uuid
            (approved_by_uuid) references phoenix_kit_users (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_sync_connections fk_sync_connections_suspended_by_uuid
            (suspended_by_uuid) references phoenix_kit_users (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_sync_connections fk_sync_connections_revoked_by_uuid
            (revoked_by_uuid) references phoenix_kit_users (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_sync_connections fk_sync_connections_created_by_uuid
            (created_by_uuid) references phoenix_kit_users (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_sync_transfers fk_sync_transfers_approved_by_uuid
            (approved_by_uuid) references phoenix_kit_users (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_sync_transfers fk_sync_transfers_denied_by_uuid
            (denied_by_uuid) references phoenix_kit_users (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_sync_transfers fk_sync_transfers_initiated_by_uuid
            (initiated_by_uuid) references phoenix_kit_users (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_role_permissions fk_role_permissions_granted_by_uuid
            (granted_by_uuid) references phoenix_kit_users (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_user_role_assignments fk_user_role_assignments_role_uuid
            (role_uuid) references phoenix_kit_user_roles (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_role_permissions fk_role_permissions_role_uuid
            (role_uuid) references phoenix_kit_user_roles (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_entity_data fk_entity_data_entity_uuid
            (entity_uuid) references phoenix_kit_entities (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_shop_cart_items fk_shop_cart_items_cart_uuid
            (cart_uuid) references phoenix_kit_shop_carts (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_shop_cart_items fk_shop_cart_items_product_uuid
            (product_uuid) references phoenix_kit_shop_products (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_shop_carts fk_shop_carts_shipping_method_uuid
            (shipping_method_uuid) references phoenix_kit_shop_shipping_methods (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_shop_carts fk_shop_carts_payment_option_uuid
            (payment_option_uuid) references phoenix_kit_payment_options (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_shop_products fk_shop_products_category_uuid
            (category_uuid) references phoenix_kit_shop_categories (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_shop_categories fk_shop_categories_parent_uuid
            (parent_uuid) references phoenix_kit_shop_categories (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_shop_categories fk_shop_categories_featured_product_uuid
            (featured_product_uuid) references phoenix_kit_shop_products (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_orders fk_orders_billing_profile_uuid
            (billing_profile_uuid) references phoenix_kit_billing_profiles (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_invoices fk_invoices_order_uuid
            (order_uuid) references phoenix_kit_orders (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_transactions fk_transactions_invoice_uuid
            (invoice_uuid) references phoenix_kit_invoices (uuid) on_delete restrict;
        add_foreign_key phoenix_kit_email_events fk_email_events_email_log_uuid
            (email_log_uuid) references phoenix_kit_email_logs (uuid) on_delete cascade;
        add_foreign_key phoenix_kit_ai_requests fk_ai_requests_endpoint_uuid
            (endpoint_uuid) references phoenix_kit_ai_endpoints (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_ai_requests fk_ai_requests_prompt_uuid
            (prompt_uuid) references phoenix_kit_ai_prompts (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_sync_transfers fk_sync_transfers_connection_uuid
            (connection_uuid) references phoenix_kit_sync_connections (uuid) on_delete set_null;
        add_foreign_key phoenix_kit_referral_code_usage fk_referral_code_usage_code_uuid
            (code_uuid) references phoenix_kit_referral_codes (uuid) on_delete cascade;
    }
}
