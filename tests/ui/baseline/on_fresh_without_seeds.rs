pkmig::migration! {
    V01 "settings" {
        create_table settings { id: bigserial primary_key, key: text not_null unique, value: text }
        seed settings (key, value) on_conflict(key) do_nothing { ("a", "1"), ("b", "2") }
    }
}

pkmig::migration! {
    V02 "a mistake" {
        execute "SELECT 1" idempotent on_fresh { create_table t {} } down_noop("nothing");
    }
}

pkmig::chain! {
    pub static SETTINGS: "settings" tracked_by settings {
        baseline;
        V01, V02,
    }
}

fn main() {}
