//! V86: documents are made from templates.
//!
//! A template names the header and the footer that go with it; a document keeps a copy of what it
//! was made of, so that a later change of the template leaves it as it was.

pkmig::migration! {
    V86 "documents and their templates" {
        create_table phoenix_kit_doc_headers_footers {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar(255) not_null,
            "type": varchar(20) not_null default("header"),
            html: text default(""),
            css: text default(""),
            native: jsonb,
            height: varchar(20) default("25mm"),
            data: jsonb default("{}"),
            created_by_uuid: uuid,
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_doc_headers_footers_type_index ("type"),
        }

        create_table phoenix_kit_doc_templates {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar(255) not_null,
            slug: varchar(255),
            description: text,
            status: varchar(20) default("published"),
            content_html: text default(""),
            content_css: text default(""),
            content_native: jsonb,
            variables: jsonb default("[]"),
            header_uuid: uuid references(phoenix_kit_doc_headers_footers.uuid, on_delete: set_null),
            footer_uuid: uuid references(phoenix_kit_doc_headers_footers.uuid, on_delete: set_null),
            config: jsonb default(r#"{"paper_size": "a4", "orientation": "portrait"}"#),
            data: jsonb default("{}"),
            thumbnail: text,
            created_by_uuid: uuid,
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_doc_templates_status_index (status),
            unique_index phoenix_kit_doc_templates_slug_index (slug),
        }

        create_table phoenix_kit_doc_documents {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            name: varchar(255) not_null,
            template_uuid: uuid references(phoenix_kit_doc_templates.uuid, on_delete: set_null),
            content_html: text default(""),
            content_css: text default(""),
            content_native: jsonb,
            variable_values: jsonb default("{}"),
            header_html: text default(""),
            header_css: text default(""),
            header_height: varchar(20) default("25mm"),
            footer_html: text default(""),
            footer_css: text default(""),
            footer_height: varchar(20) default("20mm"),
            config: jsonb default(r#"{"paper_size": "a4", "orientation": "portrait"}"#),
            data: jsonb default("{}"),
            thumbnail: text,
            created_by_uuid: uuid,
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_doc_documents_template_uuid_index (template_uuid),
        }
    }
}
