//! V12: parcels, batches, and what moves in and out of the warehouse.
//!
//! Tenants and people are `integer` here though their tables count in `bigint`, as in the original.

pkmig::migration! {
    V12 "logistics" {
        create_table logistic_vendors {
            id: serial primary_key,
            tenant_id: integer not_null default(1)
                references(sys_tenants.id, on_delete: cascade, name: fk_logistic_vendors_tenant_id),
            code: varchar(50) not_null comment("the short name"),
            name: varchar(255) not_null,
            contact_info: jsonb comment("whom to ask for what"),
            address: text,
            city: varchar(255),
            state: varchar(255),
            country: varchar(255),
            postal_code: varchar(50),
            phone: varchar(50),
            email: varchar(255),
            website: varchar(255),
            is_active: boolean not_null default(true),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_logistic_vendors_code (code),
            index idx_vendors_code (code),
            index idx_vendors_active (is_active),
            index idx_vendors_tenant (tenant_id),
            index idx_vendors_contact_info (contact_info) using gin where("contact_info IS NOT NULL"),
            trigger trg_logistic_vendors_updated_at before update for_each row execute update_updated_at_column(),
            comment "companies that carry goods",
        }

        create_table logistic_inbounds {
            id: serial primary_key,
            tenant_id: integer not_null default(1)
                references(sys_tenants.id, on_delete: cascade, name: fk_logistic_inbounds_tenant_id),
            code: varchar(255) not_null comment("the number on the papers"),
            outbound_code: varchar(255) comment("the shipment it continues"),
            hub_id: integer,
            location_id: integer,
            vendor_id: integer
                references(logistic_vendors.id, on_delete: set_null, name: fk_logistic_inbounds_vendor_id),
            status: integer comment("how far it is, as a code"),
            tracking_number: varchar(255),
            ship_date: date,
            estimated_arrival_date: date,
            arrived_date: date,
            images: text[],
            notes: text,
            updated_by: integer references(sys_users.id, on_delete: set_null, name: fk_logistic_inbounds_updated_by),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_logistic_inbounds_code (code),
            index idx_inbound_shipments_code (code),
            index idx_inbound_shipments_status (status),
            index idx_inbound_shipments_vendor (vendor_id),
            index idx_inbound_shipments_tenant (tenant_id),
            index idx_inbound_shipments_dates (ship_date, estimated_arrival_date, arrived_date),
            trigger trg_logistic_inbounds_updated_at before update for_each row execute update_updated_at_column(),
            comment "shipments to the warehouse",
        }

        create_table logistic_outbounds {
            id: serial primary_key,
            tenant_id: integer not_null default(1)
                references(sys_tenants.id, on_delete: cascade, name: fk_logistic_outbounds_tenant_id),
            code: varchar(255) not_null comment("the number on the papers"),
            status: integer comment("how far it is, as a code"),
            ship_date: date,
            delivery_date: date,
            estimated_arrival_date: date,
            tracking_number: varchar(255),
            image: varchar(255),
            batch_notes: text,
            notes: text,
            updated_by: integer references(sys_users.id, on_delete: set_null, name: fk_logistic_outbounds_updated_by),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_logistic_outbounds_code (code),
            index idx_outbound_shipments_code (code),
            index idx_outbound_shipments_status (status),
            index idx_outbound_shipments_tenant (tenant_id),
            index idx_outbound_shipments_dates (ship_date, estimated_arrival_date, delivery_date),
            trigger trg_logistic_outbounds_updated_at before update for_each row execute update_updated_at_column(),
            comment "shipments from the warehouse",
        }

        create_table logistic_items {
            id: uuid primary_key default(gen_random_uuid()),
            tenant_id: integer not_null default(1)
                references(sys_tenants.id, on_delete: cascade, name: fk_logistic_items_tenant_id),
            direction: text not_null comment("into the warehouse or out of it"),
            order_id: bigint,
            movement_id: uuid,
            po_id: bigint,
            inbound_id: integer
                references(logistic_inbounds.id, on_delete: set_null, name: fk_logistic_items_inbound_id),
            outbound_id: integer
                references(logistic_outbounds.id, on_delete: set_null, name: fk_logistic_items_outbound_id),
            product_id: text not_null comment("what it is, as the warehouse names it"),
            sku: text,
            quantity: integer not_null,
            code: text,
            item_type: text,
            notes: text,
            processed_at: timestamptz,
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_logistic_items_direction ("direction IN ('in', 'out')"),
            check chk_logistic_items_quantity ("quantity > 0"),
            check chk_logistic_items_direction_refs (
                "direction = 'in' AND outbound_id IS NULL OR direction = 'out' AND inbound_id IS NULL"
            ),
            index idx_log_items_tenant (tenant_id),
            index idx_log_items_order (order_id),
            index idx_log_items_product (product_id),
            index idx_log_items_direction (direction),
            index idx_log_items_inbound (inbound_id),
            index idx_log_items_outbound (outbound_id),
            trigger trg_logistic_items_updated_at before update for_each row execute update_updated_at_column(),
            comment "what shipments hold",
        }

        create_table shipment_statuses {
            id: serial primary_key,
            code: varchar(50) not_null comment("the name in code"),
            name: varchar(200) not_null,
            description: text,
            is_active: boolean not_null default(true),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_shipment_statuses_code (code),
            index idx_shipment_statuses_code (code),
            index idx_shipment_statuses_active (is_active) where("is_active = true"),
            comment "how far a parcel can be",
        }

        create_table fulfilment_batches {
            id: serial primary_key,
            tenant_id: integer not_null default(1)
                references(sys_tenants.id, on_delete: cascade, name: fk_fulfilment_batches_tenant_id),
            name: varchar(200),
            status: integer comment("how far the batch is, as a code"),
            ship_date: date,
            created_by: integer references(sys_users.id, on_delete: set_null, name: fk_fulfilment_batches_created_by),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            index idx_fulfilment_batches_tenant (tenant_id),
            index idx_fulfilment_batches_status (status),
            index idx_fulfilment_batches_ship_date (ship_date),
            comment "parcels that leave together",
        }

        create_table fulfilment_batches_meta {
            batch_id: integer primary_key
                references(fulfilment_batches.id, on_delete: cascade, name: fk_fulfilment_batches_meta_batch_id)
                comment("the batch; one row each"),
            current_status: integer,
            shipments_count: integer not_null default(0),
            orders_count: integer not_null default(0),
            items_count: integer not_null default(0),
            total_estimated_cost: numeric(12, 2),
            total_actual_cost: numeric(12, 2),
            shipped_at: date,
            delivered_at: date,
            last_error: text,
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            index idx_fulfilment_batches_meta_status (current_status),
            trigger trg_fulfilment_batches_meta_updated_at before update for_each row
                execute update_updated_at_column(),
            comment "sums over a batch",
        }

        create_table fulfilment_shipments {
            id: serial primary_key,
            tenant_id: integer not_null default(1)
                references(sys_tenants.id, on_delete: cascade, name: fk_fulfilment_shipments_tenant_id),
            shipment_number: varchar(200) not_null comment("the number that customers are told"),
            ship_from_location: varchar(200),
            ship_to_name: varchar(200),
            ship_to_phone: varchar(50),
            ship_to_email: varchar(200),
            ship_to_address: text,
            ship_to_city: varchar(200),
            ship_to_state: varchar(200),
            ship_to_country: varchar(200),
            ship_to_post_code: varchar(50),
            address_residential: boolean not_null default(false),
            carrier: varchar(100),
            service: varchar(100),
            package_weight: numeric(10, 2),
            package_length: numeric(10, 2),
            package_width: numeric(10, 2),
            package_height: numeric(10, 2),
            package_code: varchar(50),
            tracking_number: varchar(200),
            tracking_url: text,
            status: varchar(50) comment("how far it is, as the carrier says"),
            label_download_url: text,
            label_expires_at: timestamptz,
            label_format: varchar(20) not_null default("pdf"),
            estimated_shipping_cost: numeric(12, 2),
            actual_shipping_cost: numeric(12, 2),
            insurance_amount: numeric(12, 2),
            confirmation_amount: numeric(12, 2),
            total_cost: numeric(12, 2),
            require_insurance: boolean not_null default(false),
            require_signature: boolean not_null default(false),
            saturday_delivery: boolean not_null default(false),
            contains_alcohol: boolean not_null default(false),
            ship_date: date,
            estimated_delivery_date: date,
            actual_delivery_date: date,
            label_printed: boolean not_null default(false),
            label_voided: boolean not_null default(false),
            label_voided_at: timestamptz,
            batch_id: integer
                references(fulfilment_batches.id, on_delete: set_null, name: fk_fulfilment_shipments_batch_id),
            note: text,
            created_by: integer
                references(sys_users.id, on_delete: set_null, name: fk_fulfilment_shipments_created_by),
            updated_by: integer
                references(sys_users.id, on_delete: set_null, name: fk_fulfilment_shipments_updated_by),
            date_created: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            status_id: integer
                references(shipment_statuses.id, on_delete: set_null, name: fk_fulfilment_shipments_status_id)
                comment("how far it is, as we say"),

            unique uq_fulfilment_shipments_shipment_number (shipment_number),
            index idx_fulfilment_shipments_shipment_number (shipment_number),
            index idx_fulfilment_shipments_tenant (tenant_id),
            index idx_fulfilment_shipments_status_id (status_id),
            index idx_fulfilment_shipments_batch_id (batch_id),
            index idx_fulfilment_shipments_tracking_number (tracking_number),
            index idx_fulfilment_shipments_dates (ship_date, estimated_delivery_date, actual_delivery_date),
            trigger trg_fulfilment_shipments_updated_at before update for_each row execute update_updated_at_column(),
            comment "parcels to customers",
        }

        create_table shipment_line_items {
            id: uuid primary_key default(gen_random_uuid()),
            line_item_id: integer not_null,
            shipment_id: integer not_null
                references(fulfilment_shipments.id, on_delete: cascade, name: fk_shipment_line_items_shipment_id),
            quantity: integer not_null comment("how many of the line's pieces"),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_shipment_line_items_quantity ("quantity > 0"),
            index idx_shipment_line_items_line_item (line_item_id),
            index idx_shipment_line_items_shipment (shipment_id),
            index idx_shipment_line_items_shipment_line_item (shipment_id, line_item_id),
            trigger trg_shipment_line_items_updated_at before update for_each row execute update_updated_at_column(),
            comment "what a parcel holds",
        }

        create_table shipment_orders {
            shipment_id: integer not_null
                references(fulfilment_shipments.id, on_delete: cascade, name: fk_shipment_orders_shipment_id),
            order_id: bigint not_null,
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            primary_key pk_shipment_orders (shipment_id, order_id),
            index idx_shipment_orders_shipment (shipment_id),
            index idx_shipment_orders_order (order_id),
            comment "which orders a parcel serves",
        }

        create_table inv_movements {
            id: bigserial primary_key,
            tenant_id: integer not_null default(1)
                references(sys_tenants.id, on_delete: cascade, name: fk_inv_movements_tenant_id),
            movement_type: varchar(50) comment("why it changed"),
            movement_date: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            reference_number: varchar(200),
            product_id: varchar(200),
            sku: varchar(200),
            from_location_id: integer,
            to_location_id: integer,
            batch_number: varchar(200),
            quantity_change: integer not_null comment("how many came; negative if they went"),
            quantity_before: integer,
            quantity_after: integer,
            unit_cost: numeric(12, 2),
            order_id: bigint,
            order_line_item_id: integer,
            shipment_id: integer
                references(fulfilment_shipments.id, on_delete: set_null, name: fk_inv_movements_shipment_id),
            inbound_shipment_id: integer
                references(logistic_inbounds.id, on_delete: set_null, name: fk_inv_movements_inbound_shipment_id),
            outbound_shipment_id: integer
                references(logistic_outbounds.id, on_delete: set_null, name: fk_inv_movements_outbound_shipment_id),
            adjustment_reason: varchar(200),
            source_document_type: varchar(100),
            performed_by: integer references(sys_users.id, on_delete: set_null, name: fk_inv_movements_performed_by),
            notes: text,
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_inv_movements_qty_change_nonzero ("quantity_change <> 0"),
            check chk_inv_movements_qty_math (r"
                quantity_before IS NULL AND quantity_after IS NULL
                OR quantity_before IS NOT NULL AND quantity_after IS NOT NULL
                    AND quantity_after = quantity_before + quantity_change
            "),
            index idx_inv_movements_product (product_id),
            index idx_inv_movements_sku (sku),
            index idx_inv_movements_from_location (from_location_id),
            index idx_inv_movements_to_location (to_location_id),
            index idx_inv_movements_movement_date (movement_date),
            index idx_inv_movements_tenant (tenant_id),
            index idx_inv_movements_order_id (order_id),
            index idx_inv_movements_shipment_ids (shipment_id, inbound_shipment_id, outbound_shipment_id),
            index idx_inv_movements_movement_type (movement_type),
            index idx_inv_movements_tenant_date (tenant_id, movement_date desc),
            comment "every change of the stock",
        }
    }
}
