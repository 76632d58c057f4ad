//! V25: a dimension may be a box to fit into, or an exact size to cut to.
//!
//! Until now every dimension kept the proportions of the image; that stays the default.

pkmig::migration! {
    V25 "dimensions keep their aspect ratio or not" {
        add_column phoenix_kit_storage_dimensions.maintain_aspect_ratio: boolean not_null default(true);
    }
}
