//! V132: a folder may be described.

pkmig::migration! {
    V132 "descriptions of folders" {
        add_column phoenix_kit_media_folders.description: text;
    }
}
