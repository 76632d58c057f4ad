//! V102: catalogues give discounts, and an item may be priced by other catalogues.
//!
//! The items of a smart catalogue have a rule for each catalogue they look at: a value and a unit,
//! taken from the item where the rule has none.

pkmig::migration! {
    V102 "discounts and smart catalogues" {
        add_column phoenix_kit_cat_catalogues.discount_percentage: numeric(7, 2) not_null default(0);
        add_column phoenix_kit_cat_catalogues.kind: varchar(20) not_null default("standard");
        add_column phoenix_kit_cat_items.discount_percentage: numeric(7, 2);
        add_column phoenix_kit_cat_items.default_value: numeric(12, 4);
        add_column phoenix_kit_cat_items.default_unit: varchar(20);

        create_table phoenix_kit_cat_item_catalogue_rules {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            item_uuid: uuid not_null references(phoenix_kit_cat_items.uuid, on_delete: cascade),
            referenced_catalogue_uuid: uuid not_null
                references(phoenix_kit_cat_catalogues.uuid,
                    on_delete: cascade, name: phoenix_kit_cat_item_catalogue_r_referenced_catalogue_uuid_fkey),
            value: numeric(12, 4),
            unit: varchar(20),
            position: integer not_null default(0),
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            check phoenix_kit_cat_item_catalogue_rules_value_check ("value IS NULL OR value >= 0"),

            index phoenix_kit_cat_item_catalogue_rules_item_index (item_uuid),
            index phoenix_kit_cat_item_catalogue_rules_referenced_index (referenced_catalogue_uuid),
            unique_index phoenix_kit_cat_item_catalogue_rules_pair_index (item_uuid, referenced_catalogue_uuid),
        }

        add_check phoenix_kit_cat_catalogues phoenix_kit_cat_catalogues_kind_check ("kind IN ('standard', 'smart')");
        add_check phoenix_kit_cat_catalogues phoenix_kit_cat_catalogues_discount_pct_check
            ("discount_percentage >= 0 AND discount_percentage <= 100");
        add_check phoenix_kit_cat_items phoenix_kit_cat_items_discount_pct_check
            ("discount_percentage IS NULL OR (discount_percentage >= 0 AND discount_percentage <= 100)");
        add_check phoenix_kit_cat_items phoenix_kit_cat_items_default_value_check
            ("default_value IS NULL OR default_value >= 0");

        create_index phoenix_kit_cat_catalogues_kind_smart_index on phoenix_kit_cat_catalogues (uuid)
            where("kind = 'smart'");
    }
}
