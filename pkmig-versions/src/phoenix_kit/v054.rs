//! V54: a category is shown by one of its products, no longer by an address of an image.
//!
//! The first active product with an image is chosen, unless the category has an image of its own. The
//! addresses are lost. An import says whether it fetches the images that its file names.

pkmig::migration! {
    V54 "featured products" {
        add_column phoenix_kit_shop_categories.featured_product_id: bigint
            references(phoenix_kit_shop_products.id, on_delete: set_null);
        create_index idx_shop_categories_featured_product on phoenix_kit_shop_categories (featured_product_id);
        backfill phoenix_kit_shop_categories.featured_product_id
            = "shown.product_id"
            from(r"(
                SELECT category_id, min(id) AS product_id
                FROM @.phoenix_kit_shop_products
                WHERE status = 'active' AND featured_image_id IS NOT NULL
                GROUP BY category_id
            ) AS shown")
            where(r"phoenix_kit_shop_categories.id = shown.category_id
                AND image_id IS NULL
                AND featured_product_id IS NULL");
        drop_column phoenix_kit_shop_categories.image_url;

        add_column phoenix_kit_shop_import_configs.download_images: boolean default(false);
    }
}
