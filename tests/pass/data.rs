pkmig::migration! {
    V01 "settings" {
        create_function new_id() returns uuid language sql { "SELECT gen_random_uuid()" }
        create_table settings {
            key: text primary_key,
            value: text,
            uuid: uuid,
            size: integer not_null default(0),
            is_public: boolean,
            changed_at: timestamp(0),
        }
        seed settings (key, value, uuid, size, is_public, changed_at) on_conflict(key) do_nothing {
            ("theme", "dark", @.new_id(), -1, true, now()),
            ("language", null, sql("gen_random_uuid()"), 2, false, null),
        }
    }
}

pkmig::migration! {
    V02 "all that can be done to rows" {
        seed settings (key, value) on_conflict(key) do_update(value) {
            ("theme", "light"),
        }
        seed settings (key, value) unless_exists(value) {
            ("colour", "blue"),
        }
        add_column settings.note: text;
        backfill settings.note = "value || extract(epoch FROM changed_at)" where("note IS NULL") batch(10_000);
        backfill settings.value = "o.value" from("@.settings AS o") where("settings.value IS NULL AND o.key = settings.note");
        backfill settings.size = "(SELECT count(n) FROM generate_series(1, 2) AS n)" where("size = 0 AND xmin IS NOT NULL");
        delete_rows settings where("key = 'theme'") down "INSERT INTO @.settings (key) VALUES ('theme')";
        delete_rows settings where("key IN (SELECT o.key FROM @.settings AS o)") down_noop("nothing is lost");
        delete_rows settings where("ctid IS NULL") lossy_down "SELECT 1";
    }
}

pkmig::migration! {
    V03 "no way back" {
        delete_rows settings where("true") irreversible("nobody wants them back");
    }
}

pkmig::chain! {
    pub static SETTINGS: "settings" tracked_by settings { V01, V02, V03 }
}
