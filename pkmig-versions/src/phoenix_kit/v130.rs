//! V130: an annotation may be the stroke of a highlighter.
//!
//! Strokes are removed on the way down, because an earlier version has no such kind.

pkmig::migration! {
    V130 "markers" {
        drop_constraint phoenix_kit_annotations phoenix_kit_annotations_kind_check;
        on_down delete_rows phoenix_kit_annotations where("kind = 'marker'");
        add_check phoenix_kit_annotations phoenix_kit_annotations_kind_check
            (r"kind IN (
                'rectangle', 'circle', 'polygon', 'freehand', 'callout', 'text', 'dimension', 'line', 'marker'
            )");
    }
}
