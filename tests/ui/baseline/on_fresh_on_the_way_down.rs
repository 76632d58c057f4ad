pkmig::migration! {
    V01 "settings" {
        create_table settings { id: bigserial primary_key, key: text not_null unique, value: text }
        seed settings (key, value) on_conflict(key) do_nothing { ("a", "1"), ("b", "2") }
    }
}

pkmig::migration! {
    V02 "a mistake" {
        drop_column settings.value;
        down {
            add_column settings.value: text;
            backfill settings.value = "key" on_fresh(skip);
        }
    }
}

pkmig::chain! {
    pub static SETTINGS: "settings" tracked_by settings {
        baseline;
        V01, V02,
    }
}

fn main() {}
