//! V94: templates and documents may live in Google Drive.
//!
//! A copy of where a file stands spares asking for it. A file is known once among the templates
//! and once among the documents.

pkmig::migration! {
    V94 "documents in Google Drive" {
        add_column phoenix_kit_doc_templates.google_doc_id: varchar(255);
        add_column phoenix_kit_doc_templates.path: varchar(500);
        add_column phoenix_kit_doc_templates.folder_id: varchar(255);
        add_column phoenix_kit_doc_documents.google_doc_id: varchar(255);
        add_column phoenix_kit_doc_documents.status: varchar(20) default("published");
        add_column phoenix_kit_doc_documents.path: varchar(500);
        add_column phoenix_kit_doc_documents.folder_id: varchar(255);
        add_column phoenix_kit_doc_headers_footers.google_doc_id: varchar(255);

        create_unique_index phoenix_kit_doc_templates_google_doc_id_unique_idx
            on phoenix_kit_doc_templates (google_doc_id) where("google_doc_id IS NOT NULL");
        create_unique_index phoenix_kit_doc_documents_google_doc_id_unique_idx
            on phoenix_kit_doc_documents (google_doc_id) where("google_doc_id IS NOT NULL");
        create_index phoenix_kit_doc_documents_status_index on phoenix_kit_doc_documents (status);
    }
}
