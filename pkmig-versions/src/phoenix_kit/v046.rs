//! V46: products have options that change their price, translations, and images from the storage.
//!
//! Products come in from CSV files as an import's configuration says, and every import is recorded.

pkmig::migration! {
    V46 "options, translations and imports of the shop" {
        create_table phoenix_kit_shop_config {
            id: bigserial primary_key,
            uuid: uuid default(gen_random_uuid()),
            key: varchar(255) not_null,
            value: jsonb default("{}"),
            inserted_at: timestamp not_null default(now()),
            updated_at: timestamp not_null default(now()),

            unique_index idx_shop_config_uuid (uuid),
            unique_index idx_shop_config_key (key),
        }

        add_column phoenix_kit_shop_categories.option_schema: jsonb default("[]");
        add_column phoenix_kit_shop_categories.image_id: uuid;
        add_column phoenix_kit_shop_categories.status: varchar(20) default("active");
        add_column phoenix_kit_shop_categories.translations: jsonb default("{}");
        create_index idx_shop_categories_status on phoenix_kit_shop_categories (status);
        create_index idx_shop_categories_translations on phoenix_kit_shop_categories (translations) using gin;

        add_column phoenix_kit_shop_products.made_to_order: boolean default(false);
        add_column phoenix_kit_shop_products.featured_image_id: uuid;
        add_column phoenix_kit_shop_products.image_ids: uuid[] default("{}");
        add_column phoenix_kit_shop_products.translations: jsonb default("{}");
        create_index idx_shop_products_translations on phoenix_kit_shop_products (translations) using gin;

        add_column phoenix_kit_shop_cart_items.selected_specs: jsonb default("{}");
        create_index idx_shop_cart_items_selected_specs on phoenix_kit_shop_cart_items (selected_specs) using gin;

        create_table phoenix_kit_shop_import_logs {
            id: bigserial primary_key,
            uuid: uuid default(gen_random_uuid()),
            filename: varchar(255) not_null,
            file_path: varchar(1024),
            status: varchar(50) default("pending"),
            total_rows: integer default(0),
            processed_rows: integer default(0),
            imported_count: integer default(0),
            updated_count: integer default(0),
            skipped_count: integer default(0),
            error_count: integer default(0),
            options: jsonb default("{}"),
            error_details: jsonb default("[]"),
            started_at: timestamp,
            completed_at: timestamp,
            user_id: bigint references(phoenix_kit_users.id, on_delete: set_null),
            inserted_at: timestamp not_null default(now()),
            updated_at: timestamp not_null default(now()),

            index idx_shop_import_logs_status (status),
            index idx_shop_import_logs_user_id (user_id),
            index idx_shop_import_logs_inserted_at (inserted_at desc),
            unique_index idx_shop_import_logs_uuid (uuid),
        }

        create_table phoenix_kit_shop_import_configs {
            id: bigserial primary_key,
            uuid: uuid default(gen_random_uuid()),
            name: varchar(255) not_null,
            include_keywords: text[] default("{}"),
            exclude_keywords: text[] default("{}"),
            exclude_phrases: text[] default("{}"),
            skip_filter: boolean default(false),
            category_rules: jsonb default("[]"),
            default_category_slug: varchar(255),
            required_columns: text[] default(sql("ARRAY['Handle'::text, 'Title'::text, 'Variant Price'::text]")),
            is_default: boolean default(false),
            active: boolean default(true),
            inserted_at: timestamp not_null default(now()),
            updated_at: timestamp not_null default(now()),

            index idx_shop_import_configs_is_default (is_default) where("is_default = true"),
            unique_index idx_shop_import_configs_uuid (uuid),
            unique_index idx_shop_import_configs_name (name),
        }
    }
}
