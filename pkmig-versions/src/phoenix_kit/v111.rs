//! V111: the pages of PDFs in a catalogue can be searched.
//!
//! A file is read once, however often it was uploaded, and a page that many files share is stored
//! once. Trigrams find what was typed anywhere in a page.

pkmig::migration! {
    V111 "a library of PDFs" {
        create_extension pg_trgm;

        create_table phoenix_kit_cat_pdfs {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            file_uuid: uuid not_null references(phoenix_kit_files.uuid, on_delete: restrict),
            original_filename: varchar(500) not_null,
            byte_size: bigint,
            status: varchar(20) not_null default("active"),
            trashed_at: timestamp(0),
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_cat_pdfs_file_uuid_index (file_uuid),
            index phoenix_kit_cat_pdfs_status_index (status),
        }

        create_table phoenix_kit_cat_pdf_extractions {
            file_uuid: uuid primary_key references(phoenix_kit_files.uuid, on_delete: cascade),
            extraction_status: varchar(20) not_null default("pending"),
            page_count: integer,
            extracted_at: timestamp(0),
            error_message: text,
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            index phoenix_kit_cat_pdf_extractions_extraction_status_index (extraction_status),
        }

        create_table phoenix_kit_cat_pdf_page_contents {
            content_hash: varchar(64) primary_key,
            text: text not_null,
            inserted_at: timestamp(0) not_null,

            index phoenix_kit_cat_pdf_page_contents_text_trgm_index (text gin_trgm_ops) using gin,
        }

        create_table phoenix_kit_cat_pdf_pages {
            file_uuid: uuid not_null references(phoenix_kit_files.uuid, on_delete: cascade),
            page_number: integer not_null,
            content_hash: varchar(64) not_null
                references(phoenix_kit_cat_pdf_page_contents.content_hash, on_delete: restrict),
            inserted_at: timestamp(0) not_null,

            primary_key (file_uuid, page_number),

            index phoenix_kit_cat_pdf_pages_content_hash_index (content_hash),
        }
    }
}
