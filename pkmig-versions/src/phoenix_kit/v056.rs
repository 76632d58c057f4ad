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
        " idempotent down_noop("the type is the one that every other install has");

        // Installs from before 1.7 had the uuids of these in advance, and V40 left them as they were.
        set_default {
            phoenix_kit_users,
            phoenix_kit_users_tokens,
            phoenix_kit_user_roles,
            phoenix_kit_user_role_assignments,
            phoenix_kit_settings,
        }.uuid = @.uuid_generate_v7();
        backfill {
            phoenix_kit_users,
            phoenix_kit_users_tokens,
            phoenix_kit_user_roles,
            phoenix_kit_user_role_assignments,
            phoenix_kit_settings,
        }.uuid = "@.uuid_generate_v7()" where("uuid IS NULL");
        set_not_null {
            phoenix_kit_users,
            phoenix_kit_users_tokens,
            phoenix_kit_user_roles,
            phoenix_kit_user_role_assignments,
            phoenix_kit_settings,
        }.uuid;
        create_unique_index phoenix_kit_users_uuid_idx on phoenix_kit_users (uuid)
            if_not_exists;
        create_unique_index phoenix_kit_users_tokens_uuid_idx on phoenix_kit_users_tokens (uuid)
            if_not_exists;
        create_unique_index phoenix_kit_user_roles_uuid_idx on phoenix_kit_user_roles (uuid)
            if_not_exists;
        create_unique_index phoenix_kit_user_role_assignments_uuid_idx on phoenix_kit_user_role_assignments (uuid)
            if_not_exists;
        create_unique_index phoenix_kit_settings_uuid_idx on phoenix_kit_settings (uuid)
            if_not_exists;

        add_column phoenix_kit_consent_logs.uuid: uuid default(@.uuid_generate_v7());
        add_column phoenix_kit_users_tokens.user_uuid: uuid;
        add_column phoenix_kit_user_role_assignments.{user_uuid, assigned_by_uuid, role_uuid}: uuid;
        add_column phoenix_kit_admin_notes.{user_uuid, author_uuid}: uuid;
        add_column phoenix_kit_user_oauth_providers.user_uuid: uuid;
        add_column phoenix_kit_audit_logs.{target_user_uuid, admin_user_uuid}: uuid;
        add_column phoenix_kit_role_permissions.{granted_by_uuid, role_uuid}: uuid;
        add_column phoenix_kit_comments.user_uuid: uuid;
        add_column phoenix_kit_comments_likes.user_uuid: uuid;
        add_column phoenix_kit_comments_dislikes.user_uuid: uuid;
        add_column phoenix_kit_posts.user_uuid: uuid;
        add_column phoenix_kit_post_comments.user_uuid: uuid;
        add_column phoenix_kit_post_likes.user_uuid: uuid;
        add_column phoenix_kit_post_dislikes.user_uuid: uuid;
        add_column phoenix_kit_post_views.user_uuid: uuid;
        add_column phoenix_kit_post_mentions.user_uuid: uuid;
        add_column phoenix_kit_post_groups.user_uuid: uuid;
        add_column phoenix_kit_comment_likes.user_uuid: uuid;
        add_column phoenix_kit_comment_dislikes.user_uuid: uuid;
        add_column phoenix_kit_tickets.{user_uuid, assigned_to_uuid}: uuid;
        add_column phoenix_kit_ticket_comments.user_uuid: uuid;
        add_column phoenix_kit_ticket_status_history.changed_by_uuid: uuid;
        add_column phoenix_kit_user_blocks.{blocker_uuid, blocked_uuid}: uuid;
        add_column phoenix_kit_user_blocks_history.{blocker_uuid, blocked_uuid}: uuid;
        add_column phoenix_kit_user_follows.{follower_uuid, followed_uuid}: uuid;
        add_column phoenix_kit_user_follows_history.{follower_uuid, followed_uuid}: uuid;
        add_column phoenix_kit_user_connections.{requester_uuid, recipient_uuid}: uuid;
        add_column phoenix_kit_user_connections_history.{user_a_uuid, user_b_uuid, actor_uuid}: uuid;
        add_column phoenix_kit_files.user_uuid: uuid;
        add_column phoenix_kit_shop_carts.{
            user_uuid, shipping_method_uuid, merged_into_cart_uuid, payment_option_uuid,
        }: uuid;
        add_column phoenix_kit_shop_products.{created_by_uuid, category_uuid}: uuid;
        add_column phoenix_kit_shop_import_logs.user_uuid: uuid;
        add_column phoenix_kit_billing_profiles.user_uuid: uuid;
        add_column phoenix_kit_orders.{user_uuid, billing_profile_uuid}: uuid;
        add_column phoenix_kit_invoices.{user_uuid, order_uuid}: uuid;
        add_column phoenix_kit_transactions.{user_uuid, invoice_uuid}: uuid;
        add_column phoenix_kit_subscriptions.{user_uuid, billing_profile_uuid, payment_method_uuid}: uuid;
        add_column phoenix_kit_payment_methods.user_uuid: uuid;
        add_column phoenix_kit_ai_requests.{user_uuid, endpoint_uuid, prompt_uuid}: uuid;
        add_column phoenix_kit_sync_connections.{
            approved_by_uuid, suspended_by_uuid, revoked_by_uuid, created_by_uuid,
        }: uuid;
        add_column phoenix_kit_sync_transfers.{
            approved_by_uuid, denied_by_uuid, initiated_by_uuid, connection_uuid,
        }: uuid;
        add_column phoenix_kit_entities.created_by_uuid: uuid;
        add_column phoenix_kit_entity_data.{created_by_uuid, entity_uuid}: uuid;
        add_column phoenix_kit_email_logs.user_uuid: uuid;
        // V15 has made these, but not in every install.
        add_column phoenix_kit_email_templates.{created_by_user_uuid, updated_by_user_uuid}: uuid if_not_exists;
        add_column phoenix_kit_email_blocklist.user_uuid: uuid;
        add_column phoenix_kit_referral_codes.{created_by_uuid, beneficiary_uuid}: uuid;
        add_column phoenix_kit_referral_code_usage.{used_by_uuid, code_uuid}: uuid;
        add_column phoenix_kit_consent_logs.user_uuid: uuid;
        add_column phoenix_kit_shop_cart_items.{cart_uuid, product_uuid}: uuid;
        add_column phoenix_kit_shop_categories.{parent_uuid, featured_product_uuid}: uuid;
        add_column phoenix_kit_email_events.email_log_uuid: uuid;

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
        }.user_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = user_id AND user_uuid IS NULL");
        backfill phoenix_kit_user_role_assignments.assigned_by_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = assigned_by AND assigned_by_uuid IS NULL");
        backfill phoenix_kit_admin_notes.author_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = author_id AND author_uuid IS NULL");
        backfill phoenix_kit_audit_logs.target_user_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = target_user_id AND target_user_uuid IS NULL");
        backfill phoenix_kit_audit_logs.admin_user_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = admin_user_id AND admin_user_uuid IS NULL");
        backfill phoenix_kit_role_permissions.granted_by_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = granted_by AND granted_by_uuid IS NULL");
        backfill phoenix_kit_tickets.assigned_to_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = assigned_to_id AND assigned_to_uuid IS NULL");
        backfill phoenix_kit_ticket_status_history.changed_by_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = changed_by_id AND changed_by_uuid IS NULL");
        backfill {phoenix_kit_user_blocks, phoenix_kit_user_blocks_history}.blocker_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = blocker_id AND blocker_uuid IS NULL");
        backfill {phoenix_kit_user_blocks, phoenix_kit_user_blocks_history}.blocked_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = blocked_id AND blocked_uuid IS NULL");
        backfill {phoenix_kit_user_follows, phoenix_kit_user_follows_history}.follower_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = follower_id AND follower_uuid IS NULL");
        backfill {phoenix_kit_user_follows, phoenix_kit_user_follows_history}.followed_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = followed_id AND followed_uuid IS NULL");
        backfill phoenix_kit_user_connections.requester_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = requester_id AND requester_uuid IS NULL");
        backfill phoenix_kit_user_connections.recipient_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = recipient_id AND recipient_uuid IS NULL");
        backfill phoenix_kit_user_connections_history.user_a_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = user_a_id AND user_a_uuid IS NULL");
        backfill phoenix_kit_user_connections_history.user_b_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = user_b_id AND user_b_uuid IS NULL");
        backfill phoenix_kit_user_connections_history.actor_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = actor_id AND actor_uuid IS NULL");
        backfill {
            phoenix_kit_shop_products,
            phoenix_kit_sync_connections,
            phoenix_kit_entities,
            phoenix_kit_entity_data,
            phoenix_kit_referral_codes,
        }.created_by_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = created_by AND created_by_uuid IS NULL");
        backfill {phoenix_kit_sync_connections, phoenix_kit_sync_transfers}.approved_by_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = approved_by AND approved_by_uuid IS NULL");
        backfill phoenix_kit_sync_connections.suspended_by_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = suspended_by AND suspended_by_uuid IS NULL");
        backfill phoenix_kit_sync_connections.revoked_by_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = revoked_by AND revoked_by_uuid IS NULL");
        backfill phoenix_kit_sync_transfers.denied_by_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = denied_by AND denied_by_uuid IS NULL");
        backfill phoenix_kit_sync_transfers.initiated_by_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = initiated_by AND initiated_by_uuid IS NULL");
        backfill phoenix_kit_email_templates.created_by_user_uuid
            = "u.uuid"
            from("@.phoenix_kit_users AS u")
            where("u.id = created_by_user_id AND created_by_user_uuid IS NULL");
        backfill phoenix_kit_email_templates.updated_by_user_uuid
            = "u.uuid"
            from("@.phoenix_kit_users AS u")
            where("u.id = updated_by_user_id AND updated_by_user_uuid IS NULL");
        backfill phoenix_kit_referral_codes.beneficiary_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = beneficiary AND beneficiary_uuid IS NULL");
        backfill phoenix_kit_referral_code_usage.used_by_uuid
            = "u.uuid" from("@.phoenix_kit_users AS u") where("u.id = used_by AND used_by_uuid IS NULL");
        backfill {phoenix_kit_user_role_assignments, phoenix_kit_role_permissions}.role_uuid
            = "u.uuid" from("@.phoenix_kit_user_roles AS u") where("u.id = role_id AND role_uuid IS NULL");
        backfill phoenix_kit_entity_data.entity_uuid
            = "e.uuid" from("@.phoenix_kit_entities AS e") where("e.id = entity_id AND entity_uuid IS NULL");
        backfill phoenix_kit_shop_cart_items.cart_uuid
            = "c.uuid" from("@.phoenix_kit_shop_carts AS c") where("c.id = cart_id AND cart_uuid IS NULL");
        backfill phoenix_kit_shop_cart_items.product_uuid
            = "p.uuid" from("@.phoenix_kit_shop_products AS p") where("p.id = product_id AND product_uuid IS NULL");
        backfill phoenix_kit_shop_carts.shipping_method_uuid
            = "s.uuid"
            from("@.phoenix_kit_shop_shipping_methods AS s")
            where("s.id = shipping_method_id AND shipping_method_uuid IS NULL");
        backfill phoenix_kit_shop_carts.merged_into_cart_uuid
            = "c.uuid"
            from("@.phoenix_kit_shop_carts AS c")
            where(r"c.id = phoenix_kit_shop_carts.merged_into_cart_id
                AND phoenix_kit_shop_carts.merged_into_cart_uuid IS NULL");
        backfill phoenix_kit_shop_carts.payment_option_uuid
            = "p.uuid"
            from("@.phoenix_kit_payment_options AS p")
            where("p.id = payment_option_id AND payment_option_uuid IS NULL");
        backfill phoenix_kit_shop_products.category_uuid
            = "c.uuid"
            from("@.phoenix_kit_shop_categories AS c")
            where("c.id = category_id AND category_uuid IS NULL");
        backfill phoenix_kit_shop_categories.parent_uuid
            = "c.uuid"
            from("@.phoenix_kit_shop_categories AS c")
            where("c.id = phoenix_kit_shop_categories.parent_id AND phoenix_kit_shop_categories.parent_uuid IS NULL");
        backfill phoenix_kit_shop_categories.featured_product_uuid
            = "p.uuid"
            from("@.phoenix_kit_shop_products AS p")
            where("p.id = featured_product_id AND featured_product_uuid IS NULL");
        backfill {phoenix_kit_orders, phoenix_kit_subscriptions}.billing_profile_uuid
            = "b.uuid"
            from("@.phoenix_kit_billing_profiles AS b")
            where("b.id = billing_profile_id AND billing_profile_uuid IS NULL");
        backfill phoenix_kit_invoices.order_uuid
            = "o.uuid" from("@.phoenix_kit_orders AS o") where("o.id = order_id AND order_uuid IS NULL");
        backfill phoenix_kit_transactions.invoice_uuid
            = "i.uuid" from("@.phoenix_kit_invoices AS i") where("i.id = invoice_id AND invoice_uuid IS NULL");
        backfill phoenix_kit_subscriptions.payment_method_uuid
            = "p.uuid"
            from("@.phoenix_kit_payment_methods AS p")
            where("p.id = payment_method_id AND payment_method_uuid IS NULL");
        backfill phoenix_kit_email_events.email_log_uuid
            = "e.uuid" from("@.phoenix_kit_email_logs AS e") where("e.id = email_log_id AND email_log_uuid IS NULL");
        backfill phoenix_kit_ai_requests.endpoint_uuid
            = "a.uuid" from("@.phoenix_kit_ai_endpoints AS a") where("a.id = endpoint_id AND endpoint_uuid IS NULL");
        backfill phoenix_kit_ai_requests.prompt_uuid
            = "a.uuid" from("@.phoenix_kit_ai_prompts AS a") where("a.id = prompt_id AND prompt_uuid IS NULL");
        backfill phoenix_kit_sync_transfers.connection_uuid
            = "s.uuid"
            from("@.phoenix_kit_sync_connections AS s")
            where("s.id = connection_id AND connection_uuid IS NULL");
        backfill phoenix_kit_referral_code_usage.code_uuid
            = "r.uuid" from("@.phoenix_kit_referral_codes AS r") where("r.id = code_id AND code_uuid IS NULL");

        create_index on phoenix_kit_users_tokens (user_uuid);
        create_index on phoenix_kit_user_role_assignments (user_uuid);
        create_index on phoenix_kit_user_role_assignments (assigned_by_uuid);
        create_index on phoenix_kit_admin_notes (user_uuid);
        create_index on phoenix_kit_admin_notes (author_uuid);
        create_index on phoenix_kit_user_oauth_providers (user_uuid);
        create_index on phoenix_kit_audit_logs (target_user_uuid);
        create_index on phoenix_kit_audit_logs (admin_user_uuid);
        create_index on phoenix_kit_role_permissions (granted_by_uuid);
        create_index on phoenix_kit_comments (user_uuid);
        create_index on phoenix_kit_comments_likes (user_uuid);
        create_index on phoenix_kit_comments_dislikes (user_uuid);
        create_index on phoenix_kit_posts (user_uuid);
        create_index on phoenix_kit_post_comments (user_uuid);
        create_index on phoenix_kit_post_likes (user_uuid);
        create_index on phoenix_kit_post_dislikes (user_uuid);
        create_index on phoenix_kit_post_views (user_uuid);
        create_index on phoenix_kit_post_mentions (user_uuid);
        create_index on phoenix_kit_post_groups (user_uuid);
        create_index on phoenix_kit_comment_likes (user_uuid);
        create_index on phoenix_kit_comment_dislikes (user_uuid);
        create_index on phoenix_kit_tickets (user_uuid);
        create_index on phoenix_kit_tickets (assigned_to_uuid);
        create_index on phoenix_kit_ticket_comments (user_uuid);
        create_index on phoenix_kit_ticket_status_history (changed_by_uuid);
        create_index on phoenix_kit_user_blocks (blocker_uuid);
        create_index on phoenix_kit_user_blocks (blocked_uuid);
        create_index on phoenix_kit_user_blocks_history (blocker_uuid);
        create_index on phoenix_kit_user_blocks_history (blocked_uuid);
        create_index on phoenix_kit_user_follows (follower_uuid);
        create_index on phoenix_kit_user_follows (followed_uuid);
        create_index on phoenix_kit_user_follows_history (follower_uuid);
        create_index on phoenix_kit_user_follows_history (followed_uuid);
        create_index on phoenix_kit_user_connections (requester_uuid);
        create_index on phoenix_kit_user_connections (recipient_uuid);
        create_index on phoenix_kit_user_connections_history (user_a_uuid);
        create_index on phoenix_kit_user_connections_history (user_b_uuid);
        create_index on phoenix_kit_user_connections_history (actor_uuid);
        create_index on phoenix_kit_files (user_uuid);
        create_index on phoenix_kit_shop_carts (user_uuid);
        create_index on phoenix_kit_shop_products (created_by_uuid);
        create_index on phoenix_kit_shop_import_logs (user_uuid);
        create_index on phoenix_kit_billing_profiles (user_uuid);
        create_index on phoenix_kit_orders (user_uuid);
        create_index on phoenix_kit_invoices (user_uuid);
        create_index on phoenix_kit_transactions (user_uuid);
        create_index on phoenix_kit_subscriptions (user_uuid);
        create_index on phoenix_kit_payment_methods (user_uuid);
        create_index on phoenix_kit_ai_requests (user_uuid);
        create_index on phoenix_kit_sync_connections (approved_by_uuid);
        create_index on phoenix_kit_sync_connections (suspended_by_uuid);
        create_index on phoenix_kit_sync_connections (revoked_by_uuid);
        create_index on phoenix_kit_sync_connections (created_by_uuid);
        create_index on phoenix_kit_sync_transfers (approved_by_uuid);
        create_index on phoenix_kit_sync_transfers (denied_by_uuid);
        create_index on phoenix_kit_sync_transfers (initiated_by_uuid);
        create_index on phoenix_kit_entities (created_by_uuid);
        create_index on phoenix_kit_entity_data (created_by_uuid);
        create_index on phoenix_kit_email_logs (user_uuid);
        create_index on phoenix_kit_email_blocklist (user_uuid);
        create_index on phoenix_kit_email_templates (created_by_user_uuid);
        create_index on phoenix_kit_email_templates (updated_by_user_uuid);
        create_index on phoenix_kit_referral_codes (created_by_uuid);
        create_index on phoenix_kit_referral_codes (beneficiary_uuid);
        create_index on phoenix_kit_referral_code_usage (used_by_uuid);
        create_index on phoenix_kit_consent_logs (user_uuid);
        create_index on phoenix_kit_user_role_assignments (role_uuid);
        create_index on phoenix_kit_role_permissions (role_uuid);
        create_index on phoenix_kit_entity_data (entity_uuid);
        create_index on phoenix_kit_shop_cart_items (cart_uuid);
        create_index on phoenix_kit_shop_cart_items (product_uuid);
        create_index on phoenix_kit_shop_carts (shipping_method_uuid);
        create_index on phoenix_kit_shop_carts (merged_into_cart_uuid);
        create_index on phoenix_kit_shop_carts (payment_option_uuid);
        create_index on phoenix_kit_shop_products (category_uuid);
        create_index on phoenix_kit_shop_categories (parent_uuid);
        create_index on phoenix_kit_shop_categories (featured_product_uuid);
        create_index on phoenix_kit_orders (billing_profile_uuid);
        create_index on phoenix_kit_invoices (order_uuid);
        create_index on phoenix_kit_transactions (invoice_uuid);
        create_index on phoenix_kit_subscriptions (billing_profile_uuid);
        create_index on phoenix_kit_subscriptions (payment_method_uuid);
        create_index on phoenix_kit_email_events (email_log_uuid);
        create_index on phoenix_kit_ai_requests (endpoint_uuid);
        create_index on phoenix_kit_ai_requests (prompt_uuid);
        create_index on phoenix_kit_sync_transfers (connection_uuid);
        create_index on phoenix_kit_referral_code_usage (code_uuid);
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
        set_default {
            phoenix_kit_email_templates,
            phoenix_kit_payment_options,
            phoenix_kit_role_permissions,
            phoenix_kit_shop_cart_items,
            phoenix_kit_shop_carts,
            phoenix_kit_shop_categories,
            phoenix_kit_shop_config,
            phoenix_kit_shop_import_configs,
            phoenix_kit_shop_import_logs,
            phoenix_kit_shop_products,
            phoenix_kit_shop_shipping_methods,
        }.uuid = @.uuid_generate_v7();
        backfill {
            phoenix_kit_email_templates,
            phoenix_kit_role_permissions,
            phoenix_kit_shop_config,
            phoenix_kit_shop_import_configs,
            phoenix_kit_shop_import_logs,
        }.uuid = "@.uuid_generate_v7()" where("uuid IS NULL");
        set_not_null {
            phoenix_kit_email_templates,
            phoenix_kit_role_permissions,
            phoenix_kit_shop_config,
            phoenix_kit_shop_import_configs,
            phoenix_kit_shop_import_logs,
        }.uuid;
        create_unique_index on phoenix_kit_email_templates (uuid);
        create_unique_index on phoenix_kit_payment_options (uuid);
        create_unique_index on phoenix_kit_shop_cart_items (uuid);
        create_unique_index on phoenix_kit_shop_carts (uuid);
        create_unique_index on phoenix_kit_shop_categories (uuid);
        create_unique_index on phoenix_kit_shop_products (uuid);
        create_unique_index on phoenix_kit_shop_shipping_methods (uuid);
        create_unique_index on phoenix_kit_sync_connections (uuid);

        // Who has which role is written down by uuid alone from here on.
        drop_not_null phoenix_kit_user_role_assignments.{user_id, role_id};
        drop_not_null phoenix_kit_role_permissions.role_id;
        on_down r"
            UPDATE @.phoenix_kit_user_role_assignments AS assigned
            SET user_id = person.id
            FROM @.phoenix_kit_users AS person
            WHERE person.uuid = assigned.user_uuid AND assigned.user_id IS NULL;

            UPDATE @.phoenix_kit_user_role_assignments AS assigned
            SET role_id = role.id
            FROM @.phoenix_kit_user_roles AS role
            WHERE role.uuid = assigned.role_uuid AND assigned.role_id IS NULL;

            UPDATE @.phoenix_kit_role_permissions AS granted
            SET role_id = role.id
            FROM @.phoenix_kit_user_roles AS role
            WHERE role.uuid = granted.role_uuid AND granted.role_id IS NULL
        ";
    }
}
