pkmig::migration! {
    V01 "notes" {
        create_extension pg_trgm;
        create_table notes { id: bigserial primary_key, body: text, words: tsvector, slug: text, data: jsonb, size: integer }
    }
}

pkmig::migration! {
    V02 "all that can be done to an index" {
        create_index on notes (body);
        create_index notes_words on notes (words) using gin;
        create_index notes_like on notes (body gin_trgm_ops) using gin concurrently;
        create_index notes_path on notes (data jsonb_path_ops) using gin if_not_exists;
        create_index on notes (slug asc nulls_first, "lower(body)" text_pattern_ops desc) include (size);
        create_unique_index notes_slug on notes (slug) where("slug IS NOT NULL") nulls_not_distinct;
        create_index "@_notes_x" on notes (size);
        rename_index notes_slug => notes_slug_unique;
        rename_index nothing => anything if_exists;
        rename_index notes_pkey => notes_key;
        drop_index {notes_words, notes_like};
        drop_index nothing if_exists;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}
