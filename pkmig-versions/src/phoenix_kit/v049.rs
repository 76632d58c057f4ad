//! V49: an import knows which columns of its file are options, and which products came out of it.

pkmig::migration! {
    V49 "options and products of an import" {
        add_column phoenix_kit_shop_import_configs.option_mappings: jsonb default("[]");
        add_column phoenix_kit_shop_import_logs.product_ids: integer[] default("{}");
    }
}
