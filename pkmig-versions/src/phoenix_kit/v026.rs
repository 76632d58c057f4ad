//! V26: two users may each store the same file, one user may not store it twice.
//!
//! What was the checksum is now the checksum of the file alone, shared by whoever uploads it; a
//! second one, over owner and content, is the unique one. The hash is PostgreSQL's own sha256, which
//! needs no search_path; pgcrypto is created because databases of this version have it.

pkmig::migration! {
    V26 "checksums per user" {
        create_extension pgcrypto;

        drop_index phoenix_kit_files_checksum_index;
        rename_column phoenix_kit_files.checksum => file_checksum;

        add_column phoenix_kit_files.user_file_checksum: varchar(255);
        backfill phoenix_kit_files.user_file_checksum
            = "encode(sha256(convert_to(user_id::text || file_checksum, 'UTF8')), 'hex')"
            where("user_file_checksum IS NULL");
        set_not_null phoenix_kit_files.user_file_checksum;

        create_unique_index "@_phoenix_kit_files_user_file_checksum_index" on phoenix_kit_files (user_file_checksum);
    }
}
