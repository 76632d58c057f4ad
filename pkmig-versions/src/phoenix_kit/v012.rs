//! V12: a setting may be a document instead of a string, so the string may be missing.
//! On the way back a setting without a string gets an empty one, because the document goes with its column.

pkmig::migration! {
    V12 "settings in json" {
        add_column phoenix_kit_settings.value_json: jsonb
            comment("the setting as a document; where it is there, value is not looked at");
        drop_not_null phoenix_kit_settings.value;
        comment_on column phoenix_kit_settings.value "the setting as a string; null where value_json holds it";

        down {
            backfill phoenix_kit_settings.value = "''" where("value IS NULL");
            set_not_null phoenix_kit_settings.value;
            comment_on column phoenix_kit_settings.value "";
            drop_column phoenix_kit_settings.value_json;
        }
    }
}
