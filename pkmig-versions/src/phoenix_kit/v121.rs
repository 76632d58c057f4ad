//! V121: an annotation may be a line.
//!
//! Lines are removed on the way down, because an earlier version has no such kind.

pkmig::migration! {
    V121 "lines" {
        drop_constraint phoenix_kit_annotations phoenix_kit_annotations_kind_check;
        on_down delete_rows phoenix_kit_annotations where("kind = 'line'");
        add_check phoenix_kit_annotations phoenix_kit_annotations_kind_check
            ("kind IN ('rectangle', 'circle', 'polygon', 'freehand', 'callout', 'text', 'dimension', 'line')");
    }
}
