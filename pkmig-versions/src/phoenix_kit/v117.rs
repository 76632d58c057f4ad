//! V117: a document is put together from sections, and a set of sections can be kept as a preset.

pkmig::migration! {
    V117 "sections and presets" {
        add_column phoenix_kit_doc_templates.category: varchar;
        create_index phoenix_kit_doc_templates_category_index on phoenix_kit_doc_templates (category);

        create_table phoenix_kit_doc_document_sections {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            document_uuid: uuid not_null references(phoenix_kit_doc_documents.uuid, on_delete: cascade),
            template_uuid: uuid references(phoenix_kit_doc_templates.uuid, on_delete: set_null),
            position: integer not_null,
            variable_values: jsonb not_null default("{}"),
            image_params: jsonb not_null default("{}"),
            created_by_uuid: uuid not_null,
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_doc_document_sections_document_uuid_index (document_uuid),
            unique_index phoenix_kit_doc_document_sections_doc_position_index (document_uuid, position),
        }

        create_table phoenix_kit_doc_template_presets {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar not_null,
            description: text,
            category: varchar,
            scope_type: varchar,
            scope_id: varchar,
            sections: jsonb not_null default("[]"),
            created_by_uuid: uuid not_null,
            inserted_at: timestamp(0) not_null default(now()),
            updated_at: timestamp(0) not_null default(now()),

            index phoenix_kit_doc_template_presets_scope_index (scope_type, scope_id, category),
        }
    }
}
