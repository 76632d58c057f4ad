//! V87: catalogues of products.
//!
//! Items stand in the categories of a catalogue and come from a manufacturer, whose goods one or
//! more suppliers sell. One index has the name that PostgreSQL left of a longer one.

pkmig::migration! {
    V87 "catalogues" {
        create_table phoenix_kit_cat_manufacturers {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar(255) not_null,
            description: text,
            website: varchar(500),
            contact_info: varchar(500),
            logo_url: varchar(500),
            notes: text,
            status: varchar(20) default("active"),
            data: jsonb default("{}"),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_cat_manufacturers_status_index (status),
        }

        create_table phoenix_kit_cat_suppliers {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar(255) not_null,
            description: text,
            website: varchar(500),
            contact_info: varchar(500),
            notes: text,
            status: varchar(20) default("active"),
            data: jsonb default("{}"),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_cat_suppliers_status_index (status),
        }

        create_table phoenix_kit_cat_manufacturer_suppliers {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            manufacturer_uuid: uuid not_null references(phoenix_kit_cat_manufacturers.uuid, on_delete: cascade),
            supplier_uuid: uuid not_null references(phoenix_kit_cat_suppliers.uuid, on_delete: cascade),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            unique_index phoenix_kit_cat_manufacturer_suppliers_manufacturer_uuid_suppli
                (manufacturer_uuid, supplier_uuid),
        }

        create_table phoenix_kit_cat_catalogues {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar(255) not_null,
            description: text,
            status: varchar(20) default("active"),
            data: jsonb default("{}"),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_cat_catalogues_status_index (status),
        }

        create_table phoenix_kit_cat_categories {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar(255) not_null,
            description: text,
            position: integer default(0),
            status: varchar(20) default("active"),
            catalogue_uuid: uuid not_null references(phoenix_kit_cat_catalogues.uuid, on_delete: cascade),
            data: jsonb default("{}"),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_cat_categories_status_index (status),
            index phoenix_kit_cat_categories_catalogue_uuid_index (catalogue_uuid),
            index phoenix_kit_cat_categories_catalogue_uuid_position_index (catalogue_uuid, position),
        }

        create_table phoenix_kit_cat_items {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar(255) not_null,
            description: text,
            sku: varchar(100),
            price: numeric(12, 2),
            unit: varchar(20) default("piece"),
            status: varchar(20) default("active"),
            category_uuid: uuid references(phoenix_kit_cat_categories.uuid, on_delete: set_null),
            manufacturer_uuid: uuid references(phoenix_kit_cat_manufacturers.uuid, on_delete: set_null),
            data: jsonb default("{}"),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_cat_items_status_index (status),
            index phoenix_kit_cat_items_category_uuid_index (category_uuid),
            index phoenix_kit_cat_items_manufacturer_uuid_index (manufacturer_uuid),
            unique_index phoenix_kit_cat_items_sku_index (sku) where("sku IS NOT NULL"),
        }
    }
}
