//! V58: points in time know their time zone.
//!
//! They were all meant in UTC, and stay the same moments. Only the job queue keeps its own way.

pkmig::migration! {
    V58 "timestamps with time zone" {
        // A timestamp is read in the time zone of the session, whichever that is.
        execute "SET LOCAL TimeZone = 'UTC'" idempotent on_fresh(skip) down_noop("set again below");

        set_type {
            phoenix_kit_user_roles,
            phoenix_kit_buckets,
            phoenix_kit_files,
            phoenix_kit_file_instances,
            phoenix_kit_storage_dimensions,
            phoenix_kit_email_metrics,
            phoenix_kit_post_media,
            phoenix_kit_post_likes,
            phoenix_kit_post_comments,
            phoenix_kit_post_mentions,
            phoenix_kit_post_tags,
            phoenix_kit_post_tag_assignments,
            phoenix_kit_post_groups,
            phoenix_kit_post_group_assignments,
            phoenix_kit_currencies,
            phoenix_kit_billing_profiles,
            phoenix_kit_transactions,
            phoenix_kit_ai_requests,
            phoenix_kit_payment_methods,
            phoenix_kit_subscription_plans,
            phoenix_kit_ticket_comments,
            phoenix_kit_ticket_attachments,
            phoenix_kit_admin_notes,
            phoenix_kit_consent_logs,
            phoenix_kit_shop_categories,
            phoenix_kit_shop_products,
            phoenix_kit_shop_shipping_methods,
            phoenix_kit_shop_cart_items,
            phoenix_kit_payment_options,
            phoenix_kit_shop_config,
            phoenix_kit_shop_import_configs,
            phoenix_kit_post_dislikes,
            phoenix_kit_comment_likes,
            phoenix_kit_comment_dislikes,
            phoenix_kit_comments,
            phoenix_kit_comments_likes,
            phoenix_kit_comments_dislikes,
        }.{inserted_at, updated_at}: timestamptz;
        set_type {
            phoenix_kit_users_tokens,
            phoenix_kit_audit_logs,
            phoenix_kit_ticket_status_history,
            phoenix_kit_user_follows,
            phoenix_kit_user_blocks,
            phoenix_kit_user_follows_history,
            phoenix_kit_user_connections_history,
            phoenix_kit_user_blocks_history,
            phoenix_kit_role_permissions,
        }.inserted_at: timestamptz;
        set_type {phoenix_kit_email_templates, phoenix_kit_ai_prompts}.{
            last_used_at, inserted_at, updated_at,
        }: timestamptz;
        set_type {phoenix_kit_entities, phoenix_kit_entity_data}.{date_created, date_updated}: timestamptz;
        set_type {phoenix_kit_file_locations, phoenix_kit_payment_provider_configs}.{
            last_verified_at, inserted_at, updated_at,
        }: timestamptz;
        set_type {phoenix_kit_ai_accounts, phoenix_kit_ai_endpoints}.{
            last_validated_at, inserted_at, updated_at,
        }: timestamptz;
        set_type phoenix_kit.migrated_at: timestamptz;
        set_type phoenix_kit_users.{confirmed_at, inserted_at, updated_at}: timestamptz;
        set_type phoenix_kit_user_role_assignments.{assigned_at, inserted_at}: timestamptz;
        set_type phoenix_kit_settings.{date_added, date_updated}: timestamptz;
        set_type phoenix_kit_referral_codes.{date_created, expiration_date}: timestamptz;
        set_type phoenix_kit_referral_code_usage.date_used: timestamptz;
        set_type phoenix_kit_email_logs.{
            sent_at, delivered_at, inserted_at, updated_at, bounced_at, complained_at, opened_at,
            clicked_at, queued_at, rejected_at, failed_at, delayed_at,
        }: timestamptz;
        set_type phoenix_kit_email_events.{occurred_at, inserted_at, updated_at}: timestamptz;
        set_type phoenix_kit_email_blocklist.{expires_at, inserted_at, updated_at}: timestamptz;
        set_type phoenix_kit_user_oauth_providers.{token_expires_at, inserted_at, updated_at}: timestamptz;
        set_type phoenix_kit_email_orphaned_events.{received_at, matched_at, inserted_at, updated_at}: timestamptz;
        set_type phoenix_kit_posts.{scheduled_at, published_at, inserted_at, updated_at}: timestamptz;
        set_type phoenix_kit_post_views.{viewed_at, inserted_at, updated_at}: timestamptz;
        set_type phoenix_kit_orders.{
            confirmed_at, paid_at, cancelled_at, inserted_at, updated_at, checkout_expires_at,
        }: timestamptz;
        set_type phoenix_kit_invoices.{
            receipt_generated_at, sent_at, paid_at, voided_at, inserted_at, updated_at,
        }: timestamptz;
        set_type phoenix_kit_subscriptions.{
            current_period_start, current_period_end, cancelled_at, trial_start, trial_end,
            grace_period_end, last_renewal_attempt_at, inserted_at, updated_at,
        }: timestamptz;
        set_type phoenix_kit_webhook_events.{processed_at, inserted_at, updated_at}: timestamptz;
        set_type phoenix_kit_tickets.{resolved_at, closed_at, inserted_at, updated_at}: timestamptz;
        set_type phoenix_kit_user_connections.{requested_at, responded_at, inserted_at, updated_at}: timestamptz;
        set_type phoenix_kit_sync_connections.{
            expires_at, approved_at, suspended_at, revoked_at, last_connected_at, last_transfer_at,
            inserted_at, updated_at,
        }: timestamptz;
        set_type phoenix_kit_sync_transfers.{
            approved_at, denied_at, approval_expires_at, started_at, completed_at, inserted_at,
        }: timestamptz;
        set_type phoenix_kit_scheduled_jobs.{scheduled_at, executed_at, inserted_at, updated_at}: timestamptz;
        set_type phoenix_kit_shop_carts.{expires_at, converted_at, inserted_at, updated_at}: timestamptz;
        set_type phoenix_kit_shop_import_logs.{started_at, completed_at, inserted_at, updated_at}: timestamptz;

        on_down "SET LOCAL TimeZone = 'UTC'";
    }
}
