//! V3: settings that an administrator changes at run time, one row for each key.

pkmig::migration! {
    V03 "settings" {
        create_table phoenix_kit_settings {
            id: bigserial primary_key,
            key: varchar(255) not_null,
            value: varchar(255) not_null,
            date_added: timestamp not_null default(now()),
            date_updated: timestamp not_null default(now()),

            unique_index phoenix_kit_settings_key_uidx (key),
        }

        seed phoenix_kit_settings (key, value, date_added, date_updated) on_conflict(key) do_nothing {
            ("time_zone", "0", now(), now()),
            ("date_format", "Y-m-d", now(), now()),
            ("time_format", "H:i", now(), now()),
        }
    }
}
