//! V47: each text of a product or a category holds all its languages, as a map from language to text.
//!
//! What stood in the column is in the default language, unless a translation into that very language
//! says otherwise; what is no map translates nothing. On the way down a column takes the default
//! language back, and must it hold a text, the first one there is; all else is a translation again,
//! also what is too long for its column.

pkmig::migration! {
    V47 "localized shop texts" {
        create_function localized_text(base: text, translations: jsonb, field: text)
            returns jsonb language plpgsql stable
        {
            r"
            BEGIN
                RETURN coalesce(
                    (
                        SELECT jsonb_object_agg(said.language, said.text ORDER BY said.place)
                        FROM (
                            SELECT 1 AS place, coalesce(
                                (SELECT value FROM @.phoenix_kit_settings WHERE key = 'default_language'), 'en'
                            ) AS language, nullif(base, '') AS text
                            UNION ALL
                            SELECT 2, key, value ->> field
                            FROM jsonb_each(CASE jsonb_typeof(translations) WHEN 'object' THEN translations END)
                        ) AS said
                        WHERE said.text IS NOT NULL
                    ),
                    '{}'
                );
            END
            "
        }

        drop_constraint phoenix_kit_shop_products phoenix_kit_shop_products_slug_unique;
        drop_constraint phoenix_kit_shop_categories phoenix_kit_shop_categories_slug_unique;
        drop_index {idx_shop_products_slug, idx_shop_categories_slug};

        set_type phoenix_kit_shop_products.title: jsonb
            using("@.localized_text(title, translations, 'title')");
        set_type phoenix_kit_shop_products.seo_title: jsonb
            using("@.localized_text(seo_title, translations, 'seo_title')");
        set_type phoenix_kit_shop_products.body_html: jsonb
            using("@.localized_text(body_html, translations, 'body_html')");
        set_type phoenix_kit_shop_products.seo_description: jsonb
            using("@.localized_text(seo_description, translations, 'seo_description')");
        set_type phoenix_kit_shop_categories.name: jsonb using("@.localized_text(name, translations, 'name')");
        set_type {phoenix_kit_shop_products, phoenix_kit_shop_categories}.slug: jsonb
            using("@.localized_text(slug, translations, 'slug')");
        set_type {phoenix_kit_shop_products, phoenix_kit_shop_categories}.description: jsonb
            using("@.localized_text(description, translations, 'description')");
        set_default phoenix_kit_shop_products.{title, slug, description, body_html, seo_title, seo_description} = "{}";
        set_default phoenix_kit_shop_categories.{name, slug, description} = "{}";
        drop_not_null phoenix_kit_shop_products.{title, slug};
        drop_not_null phoenix_kit_shop_categories.{name, slug};

        drop_column {phoenix_kit_shop_products, phoenix_kit_shop_categories}.translations;
        create_index phoenix_kit_shop_products_slug_gin_idx on phoenix_kit_shop_products (slug) using gin;
        create_index phoenix_kit_shop_categories_slug_gin_idx on phoenix_kit_shop_categories (slug) using gin;
        drop_function localized_text(text, jsonb, text);

        down {
            create_function text_of(texts: jsonb, needed: boolean) returns text language plpgsql stable {
                r"
                BEGIN
                    RETURN coalesce(
                        texts ->> coalesce(
                            (SELECT value FROM @.phoenix_kit_settings WHERE key = 'default_language'), 'en'
                        ),
                        (
                            SELECT value FROM jsonb_each_text(texts)
                            WHERE needed AND value IS NOT NULL ORDER BY key LIMIT 1
                        )
                    );
                END
                "
            }
            // From maps by field to maps by language, without what the columns themselves will hold.
            create_function translations_of(fields: jsonb) returns jsonb language plpgsql stable {
                r"
                BEGIN
                    RETURN coalesce(
                        (
                            SELECT jsonb_object_agg(language, translation)
                            FROM (
                                SELECT said.key AS language, jsonb_object_agg(field.key, said.value) AS translation
                                FROM jsonb_each(jsonb_strip_nulls(fields)) AS field,
                                    jsonb_each_text(field.value) AS said
                                WHERE said.value = '' OR said.value IS DISTINCT FROM @.text_of(field.value, false)
                                    OR length(said.value) > 255 AND field.key IN ('title', 'name', 'slug', 'seo_title')
                                    OR said.key <> coalesce(
                                        (SELECT value FROM @.phoenix_kit_settings WHERE key = 'default_language'), 'en'
                                    )
                                GROUP BY said.key
                            ) AS by_language
                        ),
                        '{}'
                    );
                END
                "
            }

            add_column phoenix_kit_shop_products.translations: jsonb default("{}");
            add_column phoenix_kit_shop_categories.translations: jsonb default("{}");
            backfill phoenix_kit_shop_products.translations
                = r"@.translations_of(jsonb_build_object(
                    'title', title, 'slug', slug, 'description', description,
                    'body_html', body_html, 'seo_title', seo_title, 'seo_description', seo_description
                ))"
                where("pg_typeof(title) = 'jsonb'::regtype");
            backfill phoenix_kit_shop_categories.translations
                = "@.translations_of(jsonb_build_object('name', name, 'slug', slug, 'description', description))"
                where("pg_typeof(name) = 'jsonb'::regtype");

            drop_index {phoenix_kit_shop_products_slug_gin_idx, phoenix_kit_shop_categories_slug_gin_idx};
            drop_default phoenix_kit_shop_products.{title, slug, description, body_html, seo_title, seo_description};
            drop_default phoenix_kit_shop_categories.{name, slug, description};
            set_type phoenix_kit_shop_products.title: varchar(255)
                using("coalesce(left(@.text_of(title, true), 255), '')");
            set_type phoenix_kit_shop_products.seo_title: varchar(255) using("left(@.text_of(seo_title, false), 255)");
            set_type phoenix_kit_shop_products.body_html: text using("@.text_of(body_html, false)");
            set_type phoenix_kit_shop_products.seo_description: text using("@.text_of(seo_description, false)");
            set_type phoenix_kit_shop_categories.name: varchar(255)
                using("coalesce(left(@.text_of(name, true), 255), '')");
            set_type {phoenix_kit_shop_products, phoenix_kit_shop_categories}.slug: varchar(255)
                using("coalesce(left(@.text_of(slug, true), 255), uuid::text)");
            set_type {phoenix_kit_shop_products, phoenix_kit_shop_categories}.description: text
                using("@.text_of(description, false)");
            set_not_null phoenix_kit_shop_products.{title, slug};
            set_not_null phoenix_kit_shop_categories.{name, slug};

            // Since V47 two may have come to share a slug.
            backfill phoenix_kit_shop_products.slug
                = "left(taken.slug, 246) || '-' || left(md5(uuid::text), 8)"
                from("(SELECT slug, min(id) AS id FROM @.phoenix_kit_shop_products GROUP BY slug) AS taken")
                where("phoenix_kit_shop_products.slug = taken.slug AND phoenix_kit_shop_products.id > taken.id");
            backfill phoenix_kit_shop_categories.slug
                = "left(taken.slug, 246) || '-' || left(md5(uuid::text), 8)"
                from("(SELECT slug, min(id) AS id FROM @.phoenix_kit_shop_categories GROUP BY slug) AS taken")
                where("phoenix_kit_shop_categories.slug = taken.slug AND phoenix_kit_shop_categories.id > taken.id");
            add_unique phoenix_kit_shop_products phoenix_kit_shop_products_slug_unique (slug);
            add_unique phoenix_kit_shop_categories phoenix_kit_shop_categories_slug_unique (slug);
            create_index idx_shop_products_slug on phoenix_kit_shop_products (slug);
            create_index idx_shop_categories_slug on phoenix_kit_shop_categories (slug);
            create_index idx_shop_products_translations on phoenix_kit_shop_products (translations) using gin;
            create_index idx_shop_categories_translations on phoenix_kit_shop_categories (translations) using gin;
            drop_function translations_of(jsonb);
            drop_function text_of(jsonb, boolean);
        }
    }
}
