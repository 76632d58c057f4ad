//! V67: every other reference by number may be missing, too.
//!
//! Rows are written with uuids alone. On the way down the numbers are looked up by the uuids, in all
//! tables of this schema: here they count again.

pkmig::migration! {
    V67 "references by number are optional" {
        drop_not_null {
            phoenix_kit_posts,
            phoenix_kit_comment_likes,
            phoenix_kit_comment_dislikes,
            phoenix_kit_comments_likes,
            phoenix_kit_comments_dislikes,
            phoenix_kit_ticket_comments,
            phoenix_kit_files,
            phoenix_kit_admin_notes,
            phoenix_kit_user_oauth_providers,
            phoenix_kit_invoices,
            phoenix_kit_transactions,
            phoenix_kit_subscriptions,
            phoenix_kit_payment_methods,
        }.user_id;
        drop_not_null phoenix_kit_admin_notes.author_id;
        drop_not_null phoenix_kit_ticket_status_history.changed_by_id;
        drop_not_null phoenix_kit_audit_logs.{target_user_id, admin_user_id};
        drop_not_null {phoenix_kit_user_follows, phoenix_kit_user_follows_history}.{follower_id, followed_id};
        drop_not_null {phoenix_kit_user_blocks, phoenix_kit_user_blocks_history}.{blocker_id, blocked_id};
        drop_not_null phoenix_kit_user_connections.{requester_id, recipient_id};
        drop_not_null phoenix_kit_user_connections_history.{user_a_id, user_b_id, actor_id};
        drop_not_null {phoenix_kit_entities, phoenix_kit_entity_data, phoenix_kit_referral_codes}.created_by;
        drop_not_null phoenix_kit_entity_data.entity_id;
        drop_not_null phoenix_kit_referral_code_usage.{code_id, used_by};
        drop_not_null phoenix_kit_transactions.invoice_id;
        drop_not_null phoenix_kit_subscriptions.subscription_type_id;
        drop_not_null phoenix_kit_shop_cart_items.cart_id;

        // 0 is nobody: who is gone has no number, and no foreign key asks for one. The type of a subscription
        // has no uuid to look it up by, only its name. A transaction without an invoice cannot go back.
        on_down backfill phoenix_kit_audit_logs.{target_user_id, admin_user_id} = "0";
        on_down backfill {phoenix_kit_entities, phoenix_kit_entity_data, phoenix_kit_referral_codes}.created_by = "0";
        on_down backfill {phoenix_kit_payment_methods, phoenix_kit_subscriptions}.user_id = "0";
        on_down backfill phoenix_kit_referral_code_usage.used_by = "0";
        on_down backfill phoenix_kit_subscriptions.subscription_type_id
            = "coalesce((SELECT min(id) FROM @.phoenix_kit_subscription_types WHERE name = plan_name), 0)";
        on_down r"
            DO $$
            DECLARE
                link record;
            BEGIN
                FOR link IN
                    SELECT child.oid::regclass AS child, number.attname AS number, companion.attname AS companion,
                        coalesce(
                            (
                                SELECT key.confrelid FROM pg_constraint AS key
                                WHERE key.conrelid = child.oid AND key.contype = 'f'
                                  AND key.conkey IN (ARRAY[number.attnum], ARRAY[companion.attnum])
                                LIMIT 1
                            ),
                            CASE companion.attname
                                WHEN 'variant_uuid' THEN NULL
                                WHEN 'matched_email_log_uuid' THEN '@.phoenix_kit_email_logs'::regclass
                                WHEN 'subscription_uuid' THEN '@.phoenix_kit_subscriptions'::regclass
                                WHEN 'billing_profile_uuid' THEN '@.phoenix_kit_billing_profiles'::regclass
                                WHEN 'payment_method_uuid' THEN '@.phoenix_kit_payment_methods'::regclass
                                WHEN 'merged_into_cart_uuid' THEN '@.phoenix_kit_shop_carts'::regclass
                                ELSE '@.phoenix_kit_users'::regclass
                            END
                        )::regclass AS parent
                    FROM pg_class AS child
                    JOIN pg_attribute AS number
                        ON number.attrelid = child.oid AND number.atttypid IN ('integer'::regtype, 'bigint'::regtype)
                    JOIN pg_attribute AS companion
                        ON companion.attrelid = child.oid AND companion.atttypid = 'uuid'::regtype
                        AND companion.attname = regexp_replace(number.attname, '_id$', '') || '_uuid'
                    WHERE child.relkind = 'r'
                      AND child.relname LIKE 'phoenix\_kit\_%'
                      AND child.relnamespace
                          = (SELECT relnamespace FROM pg_class WHERE oid = '@.phoenix_kit_users'::regclass)
                LOOP
                    CONTINUE WHEN link.parent IS NULL;
                    EXECUTE format(
                        'UPDATE %s AS child SET %I = parent.id FROM %s AS parent '
                        'WHERE parent.uuid = child.%I AND child.%2$I IS NULL',
                        link.child, link.number, link.parent, link.companion
                    );
                END LOOP;
            END
            $$
        ";
    }
}
