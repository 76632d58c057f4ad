//! V120: the category of a template is a row instead of a word, and has types below it.
//!
//! Words that differ in case alone become one category; a document takes the one of its template.
//! The way down brings back the words of the templates, in lower case. Those of the presets have
//! no place in the new order and are lost.

pkmig::migration! {
    V120 "categories and types of documents" {
        create_table phoenix_kit_doc_categories {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar(255) not_null,
            description: text,
            position: integer not_null default(0),
            status: varchar(255) not_null default("active"),
            data: jsonb not_null default("{}"),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_doc_categories_position_index (position),
            index phoenix_kit_doc_categories_status_index (status),
        }

        create_table phoenix_kit_doc_types {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar(255) not_null,
            description: text,
            position: integer not_null default(0),
            status: varchar(255) not_null default("active"),
            data: jsonb not_null default("{}"),
            category_uuid: uuid not_null references(phoenix_kit_doc_categories.uuid, on_delete: cascade),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_doc_types_status_index (status),
            index phoenix_kit_doc_types_category_uuid_position_index (category_uuid, position),
        }

        add_column phoenix_kit_doc_templates.category_uuid: uuid
            references(phoenix_kit_doc_categories.uuid, on_delete: set_null);
        add_column phoenix_kit_doc_templates.type_uuid: uuid
            references(phoenix_kit_doc_types.uuid, on_delete: set_null);
        add_column phoenix_kit_doc_documents.category_uuid: uuid
            references(phoenix_kit_doc_categories.uuid, on_delete: set_null);
        add_column phoenix_kit_doc_documents.type_uuid: uuid
            references(phoenix_kit_doc_types.uuid, on_delete: set_null);
        create_index phoenix_kit_doc_templates_category_uuid_index on phoenix_kit_doc_templates (category_uuid);
        create_index phoenix_kit_doc_templates_type_uuid_index on phoenix_kit_doc_templates (type_uuid);
        create_index phoenix_kit_doc_documents_category_uuid_index on phoenix_kit_doc_documents (category_uuid);
        create_index phoenix_kit_doc_documents_type_uuid_index on phoenix_kit_doc_documents (type_uuid);

        // The uuids are drawn once, for the rows and for what points at them.
        execute r"
            WITH word AS MATERIALIZED (
                SELECT lower(category) AS folded, min(category) AS written, @.uuid_generate_v7() AS uuid,
                    row_number() OVER (ORDER BY lower(category)) - 1 AS position
                FROM @.phoenix_kit_doc_templates
                WHERE category <> '' AND category_uuid IS NULL
                GROUP BY lower(category)
            ), made AS (
                INSERT INTO @.phoenix_kit_doc_categories (uuid, name, position, inserted_at, updated_at)
                SELECT uuid, left(CASE folded
                    WHEN 'financial' THEN 'Financial'
                    WHEN 'technical' THEN 'Technical'
                    ELSE upper(left(written, 1)) || substr(written, 2)
                END, 255), position, now(), now()
                FROM word
            )
            UPDATE @.phoenix_kit_doc_templates AS template
            SET category_uuid = word.uuid
            FROM word
            WHERE lower(template.category) = word.folded AND template.category_uuid IS NULL;

            UPDATE @.phoenix_kit_doc_documents AS document
            SET category_uuid = template.category_uuid
            FROM @.phoenix_kit_doc_templates AS template
            WHERE template.uuid = document.template_uuid AND template.category_uuid IS NOT NULL
        "
        when(column phoenix_kit_doc_templates.category)
        on_fresh(skip)
        lossy_down r"
            UPDATE @.phoenix_kit_doc_templates AS template
            SET category = lower(category.name)
            FROM @.phoenix_kit_doc_categories AS category
            WHERE category.uuid = template.category_uuid
        ";

        // The index over the templates' words goes with them.
        drop_index phoenix_kit_doc_template_presets_scope_index;
        drop_column {phoenix_kit_doc_templates, phoenix_kit_doc_template_presets}.category;
        create_index phoenix_kit_doc_template_presets_scope_index
            on phoenix_kit_doc_template_presets (scope_type, scope_id);
    }
}
