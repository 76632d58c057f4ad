//! V24: the same content is stored only once.
//!
//! Uploads are recognised by their checksum, which becomes unique. Of files that already share
//! one, the first upload stays.

pkmig::migration! {
    V24 "one file per checksum" {
        delete_rows phoenix_kit_files
            where(r"id IN (
                SELECT ranked.id
                FROM (
                    SELECT id, row_number() OVER (PARTITION BY checksum ORDER BY inserted_at, id) AS copy
                    FROM @.phoenix_kit_files
                ) AS ranked
                WHERE ranked.copy > 1
            )")
            down_noop("a removed duplicate is gone, and its content is that of the file kept");

        create_unique_index phoenix_kit_files_checksum_index on phoenix_kit_files (checksum);
    }
}
