//! V52: a slug is unique again: the one in the language that comes first in the alphabet.
//!
//! An index cannot ask the settings which language is the default one. Where two products, or two
//! categories, have come to share a slug since V47, the later one is told apart by a suffix.

pkmig::migration! {
    V52 "unique slugs" {
        create_function extract_primary_slug(slug_jsonb: jsonb) returns text language plpgsql immutable strict {
            r"
            DECLARE
                first_language text := min(language) FROM jsonb_object_keys(slug_jsonb) AS language;
            BEGIN
                RETURN slug_jsonb ->> first_language;
            END
            "
        }

        backfill phoenix_kit_shop_products.slug
            = r"phoenix_kit_shop_products.slug || jsonb_build_object(
                (SELECT min(language) FROM jsonb_object_keys(phoenix_kit_shop_products.slug) AS language),
                taken.slug || '-' || left(md5(uuid::text), 8)
            )"
            from(r"(
                SELECT min(id) AS id, @.extract_primary_slug(slug) AS slug
                FROM @.phoenix_kit_shop_products
                GROUP BY 2
            ) AS taken")
            where(r"@.extract_primary_slug(phoenix_kit_shop_products.slug) = taken.slug
                AND phoenix_kit_shop_products.id > taken.id");
        create_unique_index idx_shop_products_slug_primary
            on phoenix_kit_shop_products ("@.extract_primary_slug(slug)")
            where("@.extract_primary_slug(slug) IS NOT NULL");

        backfill phoenix_kit_shop_categories.slug
            = r"phoenix_kit_shop_categories.slug || jsonb_build_object(
                (SELECT min(language) FROM jsonb_object_keys(phoenix_kit_shop_categories.slug) AS language),
                taken.slug || '-' || left(md5(uuid::text), 8)
            )"
            from(r"(
                SELECT min(id) AS id, @.extract_primary_slug(slug) AS slug
                FROM @.phoenix_kit_shop_categories
                GROUP BY 2
            ) AS taken")
            where(r"@.extract_primary_slug(phoenix_kit_shop_categories.slug) = taken.slug
                AND phoenix_kit_shop_categories.id > taken.id");
        create_unique_index idx_shop_categories_slug_primary
            on phoenix_kit_shop_categories ("@.extract_primary_slug(slug)")
            where("@.extract_primary_slug(slug) IS NOT NULL");
    }
}
