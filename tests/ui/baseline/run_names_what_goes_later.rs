pkmig::migration! {
    V01 "settings" {
        create_table settings { id: bigserial primary_key, key: text not_null unique, value: text }
        seed settings (key, value) on_conflict(key) do_nothing { ("a", "1"), ("b", "2") }
    }
}

pkmig::migration! {
    V02 "a mistake" {
        delete_rows settings where("value = '1'") on_fresh(run) down_noop("nobody reads it");
        drop_column settings.value;
    }
}

pkmig::chain! {
    pub static SETTINGS: "settings" tracked_by settings {
        baseline;
        V01, V02,
    }
}

fn main() {}
