//! V118: annotations that point at something and name it, or are a text.
//!
//! An earlier version has no such kinds: the way down removes what is of them, and all titles.

pkmig::migration! {
    V118 "callouts and texts" {
        drop_constraint phoenix_kit_annotations phoenix_kit_annotations_kind_check;
        on_down delete_rows phoenix_kit_annotations where("kind IN ('callout', 'text')");
        add_check phoenix_kit_annotations phoenix_kit_annotations_kind_check
            ("kind IN ('rectangle', 'circle', 'polygon', 'freehand', 'callout', 'text')");

        add_column phoenix_kit_annotations.title: varchar(200);
    }
}
