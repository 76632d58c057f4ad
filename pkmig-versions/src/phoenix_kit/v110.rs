//! V110: a template says in which language it is written.

pkmig::migration! {
    V110 "the language of a template" {
        add_column phoenix_kit_doc_templates.language: varchar(10);
    }
}
