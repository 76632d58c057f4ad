//! V119: folders go to the trash like files, and annotations can measure.
//!
//! Measures are removed on the way down, because an earlier version has no such kind.

pkmig::migration! {
    V119 "folders in the trash" {
        drop_constraint phoenix_kit_annotations phoenix_kit_annotations_kind_check;
        on_down delete_rows phoenix_kit_annotations where("kind = 'dimension'");
        add_check phoenix_kit_annotations phoenix_kit_annotations_kind_check
            ("kind IN ('rectangle', 'circle', 'polygon', 'freehand', 'callout', 'text', 'dimension')");

        add_column phoenix_kit_media_folders.trashed_at: timestamptz;
        create_index phoenix_kit_media_folders_trashed_at_index on phoenix_kit_media_folders (trashed_at)
            where("trashed_at IS NOT NULL");
    }
}
