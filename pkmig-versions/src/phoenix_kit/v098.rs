//! V98: a size may be made in more formats than one, such as WebP beside JPEG.

pkmig::migration! {
    V98 "alternative formats" {
        add_column phoenix_kit_storage_dimensions.alternative_formats: text[] not_null default("{}");
    }
}
