//! V99: a file goes to the trash first, and is removed some time later.

pkmig::migration! {
    V99 "files in the trash" {
        add_column phoenix_kit_files.trashed_at: timestamptz;
        create_index phoenix_kit_files_trashed_at_index on phoenix_kit_files (trashed_at)
            where("trashed_at IS NOT NULL");
    }
}
