//! V93: the settings of one integration are found by the beginning of their keys.

pkmig::migration! {
    V93 "settings by prefix" {
        create_index phoenix_kit_settings_key_prefix_idx on phoenix_kit_settings (key text_pattern_ops);
    }
}
