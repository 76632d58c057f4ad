//! V4: orders, what they consist of, and how they are paid.

pkmig::migration! {
    V04 "orders" {
        create_table orders {
            id: bigint identity(by_default) primary_key
                comment("the number that everything about the order refers to"),
            status: varchar not_null comment("how far the order is"),
            date_created: timestamptz not_null default(now()),
            total: numeric comment("what the customer owes for all of it"),
            id_customer: bigint references(crm_customers.id, name: fk_orders_id_customer) comment("who ordered"),
            shipping_address_id: bigint
                references(crm_personal_addresses.id, name: fk_orders_shipping_address_id) comment("where it goes"),
            billing_address_id: bigint
                references(crm_personal_addresses.id, name: fk_orders_billing_address_id)
                comment("where the invoice goes"),
            external_order_id: text,
            source_platform: varchar,
            tenant_id: bigint not_null references(sys_tenants.id, name: fk_orders_tenant_id) comment("who sells"),
            customer_notes: text,
            created_by: bigint references(sys_users.id, name: fk_orders_created_by),
            updated_by: bigint references(sys_users.id, name: fk_orders_updated_by),
            updated_at: timestamptz not_null default(now()),
            deleted_at: timestamptz,

            check chk_orders_total ("total >= 0"),
            unique_index uq_orders_external_order (external_order_id, source_platform, tenant_id)
                where("external_order_id IS NOT NULL"),
            index idx_orders_tenant_id (tenant_id),
            index idx_orders_status (status),
            index idx_orders_customer (id_customer),
            index idx_orders_date_created (date_created),
            index idx_orders_external_order_id (external_order_id),
            index idx_orders_tenant_status_date (tenant_id, status, date_created),
            index idx_orders_deleted_at (deleted_at) where("deleted_at IS NULL"),
            trigger trg_orders_updated_at before update for_each row execute update_updated_at_column(),
            comment "orders of customers",
        }

        create_table order_items {
            id: bigint identity(by_default) primary_key,
            order_id: bigint not_null
                references(orders.id, on_delete: cascade, name: fk_order_items_order_id)
                comment("the order it is a line of"),
            product_id: bigint comment("what was ordered"),
            line_item_id: varchar,
            status: integer,
            quantity: integer not_null default(1) comment("how many"),
            unit_price: numeric not_null comment("for one"),
            total_price: numeric not_null generated("quantity * unit_price") comment("quantity times unit price"),
            created_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),
            created_by: bigint references(sys_users.id, name: fk_order_items_created_by),
            updated_by: bigint references(sys_users.id, name: fk_order_items_updated_by),

            check chk_order_items_quantity ("quantity > 0"),
            check chk_order_items_unit_price ("unit_price >= 0"),
            index idx_order_items_order_id (order_id),
            index idx_order_items_product_id (product_id),
            index idx_order_items_order_status (order_id, status),
            trigger trg_order_items_updated_at before update for_each row execute update_updated_at_column(),
            comment "lines of an order",
        }

        create_table order_items_after_sales {
            id: bigint identity(by_default) primary_key,
            order_item_id: bigint not_null
                references(order_items.id, on_delete: cascade, name: fk_order_items_after_sales_order_item_id)
                comment("the line it is about"),
            original_order_item_id: bigint
                references(order_items.id, name: fk_order_items_after_sales_original_order_item_id)
                comment("the line that was exchanged"),
            case_type: varchar,
            status: integer,
            rma_code: varchar unique comment("the number on the returned parcel"),
            amount: numeric,
            tracking_number: varchar,
            status_tracking: varchar,
            reason: text,
            details: text,
            received_date: date,
            inquiry_date: date,
            created_by: bigint references(sys_users.id, name: fk_order_items_after_sales_created_by),
            updated_by: bigint references(sys_users.id, name: fk_order_items_after_sales_updated_by),
            created_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),
            deleted_at: timestamptz,

            check chk_order_items_after_sales_amount ("amount >= 0"),
            index idx_item_after_sales_order_item_id (order_item_id),
            index idx_item_after_sales_status (status),
            index idx_item_after_sales_deleted_at (deleted_at) where("deleted_at IS NULL"),
            trigger trg_order_items_after_sales_updated_at before update for_each row
                execute update_updated_at_column(),
            comment "returns, repairs and exchanges of what was sold",
        }

        create_table order_item_pre_orders {
            id: bigint identity(by_default) primary_key,
            order_item_id: bigint not_null
                references(order_items.id, on_delete: cascade, name: fk_order_item_pre_orders_order_item_id)
                comment("the line that waits"),
            status: integer,
            category: varchar,
            vendor: varchar,
            hold_until: date comment("nothing is shipped before"),
            processing_date: date,
            reason: text,
            notes: text,
            created_by: bigint references(sys_users.id, name: fk_order_item_pre_orders_created_by),
            updated_by: bigint references(sys_users.id, name: fk_order_item_pre_orders_updated_by),
            updated_at: timestamptz not_null default(now()),
            created_at: timestamptz not_null default(now()),
            deleted_at: timestamptz,

            index idx_item_pre_orders_order_item_id (order_item_id),
            index idx_item_pre_orders_hold_until (hold_until),
            index idx_item_pre_orders_deleted_at (deleted_at) where("deleted_at IS NULL"),
            trigger trg_order_item_pre_orders_updated_at before update for_each row
                execute update_updated_at_column(),
            comment "lines that wait until the goods arrive",
        }

        create_table order_item_customization {
            id: bigint identity(by_default) primary_key,
            order_item_id: bigint not_null unique
                references(order_items.id, on_delete: cascade, name: fk_order_item_customization_order_item_id)
                comment("the line; at most one each"),
            actual_amount: numeric comment("what the work came to"),
            balance_due: numeric comment("what is left to pay"),
            payment_status: integer,
            design_3d_image: varchar,
            design_status: integer,
            design_time: timestamptz,
            material_status: integer,
            material_time: timestamptz,
            completion_status: integer,
            completion_time: timestamptz,
            ship_date: date,
            check_status: varchar,
            third_party_brand: varchar,
            created_by: bigint references(sys_users.id, name: fk_order_item_customization_created_by),
            updated_by: bigint references(sys_users.id, name: fk_order_item_customization_updated_by),
            created_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),
            deleted_at: timestamptz,

            check chk_order_item_customization_actual_amount ("actual_amount >= 0"),
            check chk_order_item_customization_balance_due ("balance_due >= 0"),
            index idx_item_customization_statuses (payment_status, design_status, material_status, completion_status),
            index idx_item_customization_deleted_at (deleted_at) where("deleted_at IS NULL"),
            trigger trg_order_item_customization_updated_at before update for_each row
                execute update_updated_at_column(),
            comment "lines that are made to measure",
        }

        create_table orders_meta {
            id: bigint identity(by_default) primary_key,
            order_id: bigint not_null unique
                references(orders.id, on_delete: cascade, name: fk_orders_meta_order_id)
                comment("the order; one row each"),
            metadata: jsonb default("{}") comment("theirs to fill"),
            created_by: bigint references(sys_users.id, name: fk_orders_meta_created_by),
            updated_by: bigint references(sys_users.id, name: fk_orders_meta_updated_by),
            created_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            index idx_orders_meta_metadata_gin (metadata) using gin,
            trigger trg_orders_meta_updated_at before update for_each row execute update_updated_at_column(),
            comment "what plugins keep about an order",
        }

        create_table order_meta_crm {
            id: bigint primary_key
                references(orders.id, on_delete: cascade, name: fk_order_meta_crm_id)
                comment("the order itself; one row each"),
            source_pancake_id: bigint
                references(channels_platform_pages.id, name: fk_order_meta_crm_source_pancake_id)
                comment("the page through which it came"),
            sales_staff_id: bigint
                references(sys_users.id, name: fk_order_meta_crm_sales_staff_id) comment("who sold"),
            referrer_staff_id: bigint
                references(sys_users.id, name: fk_order_meta_crm_referrer_staff_id)
                comment("who brought the customer"),
            support_by: varchar,
            social_review: text,
            customer_feedback: text,
            follow_up_status: varchar,
            approval_status: varchar,
            created_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            index idx_order_meta_crm_source_pancake_id (source_pancake_id),
            index idx_order_meta_crm_sales_staff_id (sales_staff_id),
            index idx_order_meta_crm_referrer_staff_id (referrer_staff_id),
            index idx_order_meta_crm_follow_up_status (follow_up_status),
            index idx_order_meta_crm_approval_status (approval_status),
            trigger trg_order_meta_crm_updated_at before update for_each row execute update_updated_at_column(),
            comment "what the sales staff keep about an order",
        }

        create_table order_images {
            id: bigint identity(by_default) primary_key,
            order_id: bigint not_null
                references(orders.id, on_delete: cascade, name: fk_order_images_order_id) comment("the order"),
            image_url: varchar not_null comment("where the picture is"),
            image_type: varchar comment("what it shows"),
            description: text,
            sort_order: integer default(0),
            created_by: bigint references(sys_users.id, name: fk_order_images_created_by),
            created_at: timestamptz not_null default(now()),
            deleted_at: timestamptz,

            index idx_order_images_order_id (order_id),
            index idx_order_images_image_type (image_type),
            comment "pictures that belong to an order",
        }

        create_table order_payments {
            id: bigint identity(by_default) primary_key,
            order_id: bigint not_null
                references(orders.id, on_delete: cascade, name: fk_order_payments_order_id)
                comment("what is paid for"),
            payment_method: varchar(100) not_null comment("how"),
            amount: numeric(12, 2) not_null comment("how much"),
            status: varchar(50) not_null default("pending") comment("whether the money has come"),
            transaction_id: varchar(300) not_null default(""),
            due_date: timestamptz,
            paid_date: timestamptz,
            is_deposit: boolean not_null default(false) comment("paid in advance, the rest follows"),
            created_by: bigint references(sys_users.id, name: fk_order_payments_created_by),
            updated_by: bigint references(sys_users.id, name: fk_order_payments_updated_by),
            created_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),
            deleted_at: timestamptz,

            check chk_order_payments_amount ("amount > 0"),
            check chk_order_payments_status ("status IN ('pending', 'paid', 'failed', 'refunded')"),
            check chk_order_payments_paid_date ("paid_date IS NULL OR due_date IS NULL OR paid_date >= due_date"),
            unique_index uq_order_payment_transaction_id_nonempty (transaction_id) where("transaction_id <> ''"),
            index idx_order_payment_order_id (order_id),
            index idx_order_payment_status (status),
            index idx_order_payment_transaction_id (transaction_id),
            index idx_order_payment_paid_date (paid_date),
            index idx_order_payment_order_status (order_id, status),
            index idx_order_payment_order_paid_date (order_id, paid_date desc),
            trigger trg_order_payments_set_updated_at before update for_each row execute update_updated_at_column(),
            comment "payments, due and made",
        }
    }
}
