//! V13: the foreign keys that waited for their tables.
//!
//! The original left them for later, in comments, and never made them. All rows are looked at here and now: an install
//! in which one points at nothing stays at V12 as a whole, and the error names the key and the row. To make the keys
//! `not_valid` and validate them afterwards would gain nothing within one version, which holds its locks to its end.
//!
//! Five columns still point at nothing, because no version creates `shift_report` (`schedule.shift_report_id`,
//! `schedule_revision_detail.shift_report_id`), `locations` (`inv_movements.from_location_id` and `to_location_id`)
//! and `order_line_items_properties` (`shipment_line_items.line_item_id`).

pkmig::migration! {
    V13 "the foreign keys that waited for their tables" {
        // People.
        add_foreign_key crm_personal_contacts fk_crm_personal_contacts_lead_id (lead_id) references crm_leads (id);
        add_foreign_key crm_personal_contacts fk_crm_personal_contacts_original_lead_id (original_lead_id)
            references crm_leads (id);
        add_foreign_key mkt_promotion_redemptions fk_mkt_promotion_redemptions_customer_id (customer_id)
            references crm_customers (id);
        add_foreign_key sms_meta_conversation fk_sms_meta_conversation_customer_id_crm (customer_id_crm)
            references crm_customers (id);
        add_foreign_key logs_human fk_logs_human_actor_user_id (actor_user_id) references auth.users (id);

        // Orders.
        add_foreign_key crm_leads fk_crm_leads_order_id (order_id) references orders (id);
        add_foreign_key crm_potential fk_crm_potential_converted_to_order_id (converted_to_order_id)
            references orders (id);
        add_foreign_key crm_reengage_personal_keys fk_crm_reengage_personal_keys_converted_order_id (converted_order_id)
            references orders (id);
        add_foreign_key mkt_promotion_redemptions fk_mkt_promotion_redemptions_order_id (order_id)
            references orders (id);
        add_foreign_key logistic_items fk_logistic_items_order_id (order_id) references orders (id);
        add_foreign_key shipment_orders fk_shipment_orders_order_id (order_id) references orders (id);
        add_foreign_key inv_movements fk_inv_movements_order_id (order_id) references orders (id);
        // An integer that points at a bigint.
        add_foreign_key inv_movements fk_inv_movements_order_line_item_id (order_line_item_id)
            references order_items (id);

        // Products and campaigns. A line outlives the product that it sold.
        add_foreign_key order_items fk_order_items_product_id (product_id)
            references product (id) on_delete set_null;
        add_foreign_key crm_potential fk_crm_potential_campaign_id (campaign_id) references mkt_campaigns (id);

        // 0 stood for no promotion.
        drop_default product.promotion_id;
        backfill product.promotion_id = "NULL" where("promotion_id = 0");
        on_down "UPDATE @.product SET promotion_id = 0 WHERE promotion_id IS NULL";
        add_foreign_key product fk_product_promotion_id (promotion_id) references promotion (id);

        // A revision outlives the shift that it changed.
        add_foreign_key schedule_revision_detail fk_schedule_revision_detail_schedule_id (schedule_id)
            references schedule (id) on_delete set_null;
    }
}
