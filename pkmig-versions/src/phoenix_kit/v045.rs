//! V45: a shop.
//!
//! Products lie in categories and, with the price of that moment, in carts; a cart belongs to a user
//! or to a session. What may be sent where, and how it is paid, is set up by the shop's owner.

pkmig::migration! {
    V45 "shop" {
        create_table phoenix_kit_shop_categories {
            id: bigserial primary_key,
            uuid: uuid not_null default(gen_random_uuid()),
            name: varchar(255) not_null,
            slug: varchar(255) not_null,
            description: text,
            image_url: text,
            parent_id: bigint references(phoenix_kit_shop_categories.id, on_delete: set_null),
            position: integer default(0),
            metadata: jsonb default("{}"),
            inserted_at: timestamp not_null default(now()),
            updated_at: timestamp not_null default(now()),

            unique phoenix_kit_shop_categories_slug_unique (slug),

            index idx_shop_categories_slug (slug),
            index idx_shop_categories_parent (parent_id),
            index idx_shop_categories_position (position),
            comment "products by kind, in a tree",
        }

        create_table phoenix_kit_shop_products {
            id: bigserial primary_key,
            uuid: uuid not_null default(gen_random_uuid()),
            title: varchar(255) not_null,
            slug: varchar(255) not_null,
            description: text,
            body_html: text,
            status: varchar(20) default("draft"),
            product_type: varchar(20) default("physical"),
            vendor: varchar(255),
            tags: jsonb default("[]"),
            price: numeric(12, 2) not_null,
            compare_at_price: numeric(12, 2),
            cost_per_item: numeric(12, 2),
            currency: varchar(3) default("USD"),
            taxable: boolean default(true),
            weight_grams: integer default(0),
            requires_shipping: boolean default(true),
            has_variants: boolean default(false),
            option_names: jsonb default("[]"),
            images: jsonb default("[]"),
            featured_image: text,
            seo_title: varchar(255),
            seo_description: text,
            file_id: uuid,
            download_limit: integer,
            download_expiry_days: integer,
            metadata: jsonb default("{}"),
            category_id: bigint references(phoenix_kit_shop_categories.id, on_delete: set_null),
            created_by: bigint references(phoenix_kit_users.id, on_delete: set_null),
            inserted_at: timestamp not_null default(now()),
            updated_at: timestamp not_null default(now()),

            unique phoenix_kit_shop_products_slug_unique (slug),

            index idx_shop_products_slug (slug),
            index idx_shop_products_status (status),
            index idx_shop_products_type (product_type),
            index idx_shop_products_tags (tags) using gin,
            index idx_shop_products_category (category_id),
            index idx_shop_products_created_by (created_by),
            comment "what is sold: things to send and files to download",
        }

        create_table phoenix_kit_shop_shipping_methods {
            id: bigserial primary_key,
            uuid: uuid not_null default(gen_random_uuid()),
            name: varchar(255) not_null,
            slug: varchar(100) not_null,
            description: text,
            price: numeric(12, 2) not_null default(0),
            currency: varchar(3) default("USD"),
            free_above_amount: numeric(12, 2),
            min_weight_grams: integer default(0),
            max_weight_grams: integer,
            min_order_amount: numeric(12, 2),
            max_order_amount: numeric(12, 2),
            countries: jsonb default("[]"),
            excluded_countries: jsonb default("[]"),
            active: boolean default(true),
            position: integer default(0),
            estimated_days_min: integer,
            estimated_days_max: integer,
            tracking_supported: boolean default(false),
            metadata: jsonb default("{}"),
            inserted_at: timestamp not_null default(now()),
            updated_at: timestamp not_null default(now()),

            unique phoenix_kit_shop_shipping_methods_slug_unique (slug),

            index idx_shop_shipping_active (active),
            index idx_shop_shipping_position (position),
            comment "ways to send an order, with their prices and limits",
        }

        create_table phoenix_kit_payment_options {
            id: bigserial primary_key,
            uuid: uuid not_null default(gen_random_uuid()),
            name: varchar(255) not_null,
            code: varchar(50) not_null,
            "type": varchar(20) not_null default("offline"),
            provider: varchar(50),
            description: text,
            instructions: text,
            icon: varchar(100) default("hero-banknotes"),
            active: boolean default(false),
            position: integer default(0),
            requires_billing_profile: boolean default(true),
            settings: jsonb default("{}"),
            inserted_at: timestamp not_null default(now()),
            updated_at: timestamp not_null default(now()),

            unique phoenix_kit_payment_options_code_unique (code),

            index idx_payment_options_active (active),
            index idx_payment_options_position (position),
            comment "ways to pay that a customer may choose from",
        }

        create_table phoenix_kit_shop_carts {
            id: bigserial primary_key,
            uuid: uuid not_null default(gen_random_uuid()),
            user_id: bigint references(phoenix_kit_users.id, on_delete: set_null),
            session_id: varchar(64),
            status: varchar(20) default("active"),
            shipping_method_id: bigint references(phoenix_kit_shop_shipping_methods.id, on_delete: set_null),
            shipping_country: varchar(2),
            subtotal: numeric(12, 2) default(0),
            shipping_amount: numeric(12, 2) default(0),
            tax_amount: numeric(12, 2) default(0),
            discount_amount: numeric(12, 2) default(0),
            total: numeric(12, 2) default(0),
            currency: varchar(3) default("USD"),
            discount_code: varchar(100),
            total_weight_grams: integer default(0),
            items_count: integer default(0),
            metadata: jsonb default("{}"),
            expires_at: timestamp,
            converted_at: timestamp,
            merged_into_cart_id: bigint,
            inserted_at: timestamp not_null default(now()),
            updated_at: timestamp not_null default(now()),
            payment_option_id: bigint references(phoenix_kit_payment_options.id, on_delete: set_null),

            check phoenix_kit_shop_carts_identity ("user_id IS NOT NULL OR session_id IS NOT NULL"),

            index idx_shop_carts_user (user_id) where("user_id IS NOT NULL"),
            index idx_shop_carts_session (session_id) where("session_id IS NOT NULL"),
            index idx_shop_carts_status (status),
            index idx_shop_carts_payment_option (payment_option_id),
            unique_index idx_shop_carts_active_user (user_id) where("user_id IS NOT NULL AND status = 'active'"),
            unique_index idx_shop_carts_active_session (session_id)
                where("session_id IS NOT NULL AND status = 'active' AND user_id IS NULL"),
            comment "what a visitor is about to order",
        }

        create_table phoenix_kit_shop_cart_items {
            id: bigserial primary_key,
            uuid: uuid not_null default(gen_random_uuid()),
            cart_id: bigint not_null references(phoenix_kit_shop_carts.id, on_delete: cascade),
            product_id: bigint references(phoenix_kit_shop_products.id, on_delete: set_null),
            product_title: varchar(255) not_null,
            product_slug: varchar(255),
            product_sku: varchar(100),
            product_image: varchar(500),
            unit_price: numeric(12, 2) not_null,
            compare_at_price: numeric(12, 2),
            currency: varchar(3) default("USD"),
            quantity: integer not_null default(1),
            line_total: numeric(12, 2) not_null,
            weight_grams: integer default(0),
            taxable: boolean default(true),
            variant_id: bigint,
            variant_options: jsonb default("{}"),
            metadata: jsonb default("{}"),
            inserted_at: timestamp not_null default(now()),
            updated_at: timestamp not_null default(now()),

            check phoenix_kit_shop_cart_items_quantity_positive ("quantity > 0"),

            index idx_shop_cart_items_cart (cart_id),
            index idx_shop_cart_items_product (product_id),
            unique_index idx_shop_cart_items_unique (cart_id, product_id) where("variant_id IS NULL"),
            comment "a product in a cart, as it was when put there",
        }

        seed phoenix_kit_settings (key, value, module, date_added, date_updated) on_conflict(key) do_nothing {
            ("shop_enabled", "false", "shop", now(), now()),
            ("shop_currency", "USD", "shop", now(), now()),
            ("shop_tax_enabled", "true", "shop", now(), now()),
            ("shop_tax_rate", "20", "shop", now(), now()),
            ("shop_inventory_tracking", "true", "shop", now(), now()),
        }

        seed phoenix_kit_payment_options
            (name, code, "type", provider, description, instructions, icon, active, position, requires_billing_profile)
            on_conflict(code) do_nothing
        {
            (
                "Cash on Delivery", "cod", "offline", null, "Pay when you receive your order",
                "The courier takes the money at the door and cannot give much change.",
                "hero-banknotes", true, 1, true,
            ),
            (
                "Bank Transfer", "bank_transfer", "offline", null, "Pay via bank transfer",
                "The invoice, sent once the order is confirmed, names the account.",
                "hero-building-library", false, 2, true,
            ),
            (
                "Pay with Card", "stripe", "online", "stripe", "Secure payment with credit or debit card",
                null, "hero-credit-card", false, 3, false,
            ),
            (
                "PayPal", "paypal", "online", "paypal", "Pay securely with your PayPal account",
                null, "hero-credit-card", false, 4, false,
            ),
        }
    }
}
