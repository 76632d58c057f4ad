//! V5: products, stock, and the materials that products are made of.
//!
//! A sku is unique both within its tenant and among all of them, as in the original.

pkmig::migration! {
    V05 "products" {
        create_table product {
            id: bigserial primary_key comment("the number that orders refer to"),
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_product_tenant_id) comment("who sells it"),
            sku: varchar(100) not_null comment("the number on the label"),
            name: varchar(500) not_null,
            product_type: varchar(50) not_null default("standard")
                comment("decides which further tables describe it"),
            retail_price: numeric(12, 2) not_null default(0),
            sale_price: numeric(12, 2) not_null default(0),
            description: text default(""),
            is_pre_order: boolean not_null default(false),
            promotion_id: integer default(0),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            created_by_id: bigint references(sys_users.id, on_delete: set_null, name: fk_product_created_by_id),
            status: varchar(50) not_null default("draft") comment("how far it is on its way into the shop"),
            published_at: timestamptz,

            unique uq_product_sku (sku),
            unique uq_product_tenant_sku (tenant_id, sku),
            check chk_product_type (
                "product_type IN ('standard', 'customize', 'variant', 'set', 'jewelry', 'diamond', 'gemstone')"
            ),
            check chk_product_status ("status IN ('draft', 'publish', 'updated', 'do_not_import')"),
            check chk_product_retail_price ("retail_price >= 0"),
            check chk_product_sale_price ("sale_price >= 0"),
            index idx_product_tenant (tenant_id),
            index idx_product_sku (sku),
            index idx_product_name (name),
            index idx_product_type (product_type),
            index idx_product_status (status),
            index idx_product_published_at (published_at) where("published_at IS NOT NULL"),
            index idx_product_tenant_status (tenant_id, status),
            trigger trg_product_updated_at before update for_each row execute update_updated_at_column(),
            comment "what a tenant sells",
        }

        create_table category {
            id: bigserial primary_key comment("the number that products refer to"),
            tenant_id: bigint not_null references(sys_tenants.id, on_delete: cascade, name: fk_category_tenant_id),
            name: varchar(200) not_null,
            parent_id: bigint
                references(category.id, on_delete: set_null, name: fk_category_parent_id)
                comment("the category above"),

            unique uq_category_tenant_name (tenant_id, name),
            index idx_category_tenant (tenant_id),
            index idx_category_parent (parent_id),
            comment "where products are found in the shop",
        }

        create_table product_category {
            id: bigserial primary_key,
            product_id: bigint not_null
                references(product.id, on_delete: cascade, name: fk_product_category_product_id),
            category_id: bigint not_null
                references(category.id, on_delete: cascade, name: fk_product_category_category_id),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_product_category (product_id, category_id),
            index idx_product_category_product (product_id),
            index idx_product_category_category (category_id),
            comment "which product is found where",
        }

        create_table product_tag {
            id: bigserial primary_key,
            product_id: bigint not_null references(product.id, on_delete: cascade, name: fk_product_tag_product_id),
            tag_name: varchar(200) not_null,
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_product_tag (product_id, tag_name),
            index idx_product_tag_product (product_id),
            index idx_product_tag_tag_name (tag_name),
            comment "words that products carry",
        }

        create_table stock {
            id: bigserial primary_key,
            product_sku: varchar(100) not_null comment("what is counted"),
            quantity_vn: integer not_null default(0) comment("on the shelf in Vietnam"),
            quantity_us: integer not_null default(0) comment("on the shelf in the United States"),
            outbound_vn: integer not_null default(0),
            outbound_us: integer not_null default(0),
            inbound_vn: integer not_null default(0),
            inbound_us: integer not_null default(0),
            name_product: varchar(500) not_null,
            updated_by_id: bigint references(sys_users.id, on_delete: set_null, name: fk_stock_updated_by_id),
            time_group_sku: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_stock_product_sku (product_sku),
            check chk_stock_quantity_vn ("quantity_vn >= 0"),
            check chk_stock_quantity_us ("quantity_us >= 0"),
            check chk_stock_outbound_vn ("outbound_vn >= 0"),
            check chk_stock_outbound_us ("outbound_us >= 0"),
            check chk_stock_inbound_vn ("inbound_vn >= 0"),
            check chk_stock_inbound_us ("inbound_us >= 0"),
            index idx_stock_product_sku (product_sku),
            index idx_stock_time_group_sku (time_group_sku),
            trigger trg_stock_updated_at before update for_each row execute update_updated_at_column(),
            comment "how many of a product lie where",
        }

        create_table product_attribute {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_product_attribute_tenant_id),
            name: varchar(300) not_null comment("the name on screens"),
            "type": varchar(100) not_null comment("what its values look like"),
            value: varchar(300) default(""),
            description: varchar(1000) default(""),

            unique uq_product_attribute_tenant_name (tenant_id, name),
            index idx_product_attribute_tenant (tenant_id),
            index idx_product_attribute_name (name),
            comment "properties that products can have",
        }

        create_table product_attribute_value {
            id: bigserial primary_key,
            product_id: bigint not_null
                references(product.id, on_delete: cascade, name: fk_product_attribute_value_product_id),
            attribute_id: bigint not_null
                references(product_attribute.id, on_delete: cascade, name: fk_product_attribute_value_attribute_id),
            value: varchar(500) not_null,
            is_variant_value: boolean not_null default(false) comment("tells the variants of a product apart"),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_product_attribute_value (product_id, attribute_id),
            index idx_product_attribute_value_product (product_id),
            index idx_product_attribute_value_attribute (attribute_id),
            index idx_product_attribute_value_variant (is_variant_value) where("is_variant_value = true"),
            trigger trg_product_attribute_value_updated_at before update for_each row
                execute update_updated_at_column(),
            comment "properties that products do have",
        }

        create_table product_set_item {
            id: bigserial primary_key,
            set_product_id: bigint not_null
                references(product.id, on_delete: cascade, name: fk_product_set_item_set_product_id)
                comment("the set"),
            item_product_id: bigint not_null
                references(product.id, on_delete: cascade, name: fk_product_set_item_item_product_id)
                comment("what is in it"),
            quantity: integer not_null default(1),
            sort_order: integer not_null default(0),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_product_set_item (set_product_id, item_product_id),
            check chk_product_set_item_quantity ("quantity > 0"),
            index idx_product_set_item_set (set_product_id),
            index idx_product_set_item_item (item_product_id),
            comment "what a set consists of",
        }

        create_table product_variant {
            id: bigserial primary_key,
            parent_product_id: bigint not_null
                references(product.id, on_delete: cascade, name: fk_product_variant_parent_product_id)
                comment("the product in general"),
            variant_product_id: bigint not_null
                references(product.id, on_delete: cascade, name: fk_product_variant_variant_product_id)
                comment("the very one that is sold"),
            variant_attribute: varchar(100) not_null,
            variant_value: varchar(100) not_null,
            sort_order: integer not_null default(0),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_product_variant_parent_attribute_value (parent_product_id, variant_attribute, variant_value),
            unique uq_product_variant_variant_product (variant_product_id),
            index idx_product_variant_parent (parent_product_id),
            index idx_product_variant_variant (variant_product_id),
            index idx_product_variant_attribute (variant_attribute, variant_value),
            comment "sizes and colours of a product",
        }

        create_table product_image {
            id: bigserial primary_key,
            product_id: bigint not_null references(product.id, on_delete: cascade, name: fk_product_image_product_id),
            thumbnail: varchar(1000) default(""),
            gallery: text default(""),
            updated_by_id: bigint references(sys_users.id, on_delete: set_null, name: fk_product_image_updated_by_id),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_product_image_product (product_id),
            index idx_product_image_product (product_id),
            trigger trg_product_image_updated_at before update for_each row execute update_updated_at_column(),
            comment "pictures of a product",
        }

        create_table product_customize {
            id: bigserial primary_key,
            product_id: bigint not_null
                references(product.id, on_delete: cascade, name: fk_product_customize_product_id),
            customization: jsonb not_null comment("the choices"),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_by_id: bigint
                references(sys_users.id, on_delete: set_null, name: fk_product_customize_updated_by_id),

            unique uq_product_customize_product (product_id),
            index idx_product_customize_product (product_id),
            index idx_product_customize_json (customization) using gin,
            trigger trg_product_customize_updated_at before update for_each row execute update_updated_at_column(),
            comment "what a customer may choose about a product",
        }

        create_table diamond {
            id: bigserial primary_key,
            product_id: bigint not_null
                references(product.id, on_delete: cascade, name: fk_diamond_product_id)
                comment("the product that it is; one row each"),
            item_id: varchar(100),
            shape: varchar(100) default(""),
            cut_grade: varchar(50) default(""),
            carat: numeric(5, 3) default(0),
            color: varchar(50) default(""),
            clarity: varchar(50) default(""),
            grading_lab: varchar(100) default(""),
            certificate_number: varchar(100),
            certificate_path: varchar(1000) default(""),
            image_path: varchar(1000) default(""),
            total_price: numeric(12, 2) default(0),
            measurement_length: numeric(6, 2) default(0),
            measurement_width: numeric(6, 2) default(0),
            measurement_height: numeric(6, 2) default(0),
            country: varchar(100) default(""),
            state_region: varchar(100) default(""),
            guaranteed_availability: boolean not_null default(false),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_diamond_product (product_id),
            check chk_diamond_carat ("carat > 0"),
            unique_index uq_diamond_item_id (item_id) where("item_id IS NOT NULL"),
            unique_index uq_diamond_certificate_number (certificate_number) where("certificate_number IS NOT NULL"),
            index idx_diamond_product_id (product_id),
            index idx_diamond_item_id (item_id) where("item_id IS NOT NULL"),
            index idx_diamond_certificate_number (certificate_number) where("certificate_number IS NOT NULL"),
            index idx_diamond_carat (carat),
            index idx_diamond_color (color),
            index idx_diamond_clarity (clarity),
            index idx_diamond_shape (shape),
            index idx_diamond_cut_grade (cut_grade),
            index idx_diamond_grading_lab (grading_lab),
            trigger trg_diamond_updated_at before update for_each row execute update_updated_at_column(),
            comment "grading of a diamond",
        }

        create_table gemstone {
            id: bigserial primary_key,
            product_id: bigint not_null
                references(product.id, on_delete: cascade, name: fk_gemstone_product_id)
                comment("the product that it is; one row each"),
            item_id: varchar(100),
            shape: varchar(100) default(""),
            cut_grade: varchar(50) default(""),
            carat: numeric(5, 3) default(0),
            color: varchar(50) default(""),
            clarity: varchar(50) default(""),
            grading_lab: varchar(100) default(""),
            certificate_number: varchar(100),
            certificate_path: varchar(1000) default(""),
            image_path: varchar(1000) default(""),
            total_price: numeric(12, 2) default(0),
            measurement_length: numeric(6, 2) default(0),
            measurement_width: numeric(6, 2) default(0),
            measurement_height: numeric(6, 2) default(0),
            country: varchar(100) default(""),
            state_region: varchar(100) default(""),
            guaranteed_availability: boolean not_null default(false),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_gemstone_product (product_id),
            check chk_gemstone_carat ("carat > 0"),
            unique_index uq_gemstone_item_id (item_id) where("item_id IS NOT NULL"),
            unique_index uq_gemstone_certificate_number (certificate_number) where("certificate_number IS NOT NULL"),
            index idx_gemstone_product_id (product_id),
            index idx_gemstone_item_id (item_id) where("item_id IS NOT NULL"),
            index idx_gemstone_certificate_number (certificate_number) where("certificate_number IS NOT NULL"),
            index idx_gemstone_carat (carat),
            index idx_gemstone_color (color),
            index idx_gemstone_clarity (clarity),
            index idx_gemstone_shape (shape),
            index idx_gemstone_cut_grade (cut_grade),
            index idx_gemstone_grading_lab (grading_lab),
            trigger trg_gemstone_updated_at before update for_each row execute update_updated_at_column(),
            comment "grading of a coloured stone",
        }

        create_table material {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_material_tenant_id) comment("who keeps it"),
            sku: varchar(100) not_null comment("the number on the box"),
            name: varchar(500) not_null,
            category: varchar(100) not_null,
            unit: varchar(100) not_null,
            price: numeric(12, 2) not_null default(0),
            cost: numeric(12, 2) not_null default(0),
            weight: numeric(10, 3),
            bead: numeric(10, 3),
            stock_vn: numeric(10, 2) not_null default(0),
            stock_us: numeric(10, 2) not_null default(0),
            total_bead_vn: integer,
            total_bead_us: integer,
            metal: varchar(100),
            stone: varchar(100),
            size: varchar(100),
            collection: varchar(500) default(""),
            thumbnail: varchar(500) default(""),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_by_id: bigint references(sys_users.id, on_delete: set_null, name: fk_material_updated_by_id),

            unique uq_material_tenant_sku (tenant_id, sku),
            check chk_material_stock_vn ("stock_vn >= 0"),
            check chk_material_stock_us ("stock_us >= 0"),
            check chk_material_price ("price >= 0"),
            check chk_material_cost ("cost >= 0"),
            index idx_material_tenant (tenant_id),
            index idx_material_sku (sku),
            index idx_material_category (category),
            index idx_material_name (name),
            trigger trg_material_updated_at before update for_each row execute update_updated_at_column(),
            comment "what products are made of",
        }

        create_table material_attribute {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_material_attribute_tenant_id),
            name: varchar(200) not_null comment("the name on screens"),
            "type": varchar(100) not_null comment("what its values look like"),
            value: varchar(300) default(""),

            unique uq_material_attribute_tenant_name_type_value (tenant_id, name, "type", value),
            index idx_material_attribute_tenant (tenant_id),
            index idx_material_attribute_name (name),
            index idx_material_attribute_type ("type"),
            index idx_material_attribute_type_value ("type", value),
            comment "properties that materials can have",
        }

        create_table material_product {
            id: bigserial primary_key,
            material_id: bigint not_null
                references(material.id, on_delete: cascade, name: fk_material_product_material_id),
            product_id: bigint not_null
                references(product.id, on_delete: cascade, name: fk_material_product_product_id),
            quantity: numeric(10, 3) not_null comment("of the material in one product"),
            unit: varchar(100) not_null,
            inbound: integer not_null default(0),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_material_product (material_id, product_id),
            check chk_material_product_quantity ("quantity > 0"),
            index idx_material_product_material (material_id),
            index idx_material_product_product (product_id),
            index idx_material_product_material_product (material_id, product_id),
            comment "the bill of materials",
        }

        create_table promotion {
            id: bigserial primary_key,
            tenant_id: bigint not_null references(sys_tenants.id, on_delete: cascade, name: fk_promotion_tenant_id),
            project_id: integer comment("a number of the old shop"),
            project_name: varchar(100) default(""),
            name: varchar(100) default(""),
            is_active: boolean not_null default(false),
            promo_type: integer not_null default(0),
            amount: integer,
            description: varchar(1000) default(""),
            text_bar: text default(""),
            sync: boolean not_null default(false),
            reset: boolean not_null default(false),
            category: varchar(1000) default("") comment("in which categories, separated by commas"),
            not_category: varchar(1000) default(""),
            product: varchar(1000) default("") comment("for which products, separated by commas"),
            not_product: varchar(1000) default(""),
            attribute: varchar(1000) default("") comment("for which properties, separated by commas"),
            not_attribute: varchar(1000) default(""),
            start_date: timestamptz,
            end_date: timestamptz,
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_promotion_dates ("end_date IS NULL OR start_date IS NULL OR end_date >= start_date"),
            index idx_promotion_tenant (tenant_id),
            index idx_promotion_project_id (project_id),
            index idx_promotion_is_active (is_active),
            index idx_promotion_dates (start_date, end_date),
            index idx_promotion_type (promo_type),
            trigger trg_promotion_updated_at before update for_each row execute update_updated_at_column(),
            comment "discounts of the old shop; the new ones are in mkt_promotions",
        }
    }
}
