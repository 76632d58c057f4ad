pkmig::migration! {
    V01 "notes" {
        create_table settings {
            key: text primary_key,
            value: text not_null,
            note: varchar(5),
        }
    }
}

pkmig::migration! {
    V02 "a word changes" {
        seed settings (key, value) on_conflict(key) do_nothing {
            ("theme", @.settings()),
        }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by settings { V01, V02 }
}

fn main() {}
