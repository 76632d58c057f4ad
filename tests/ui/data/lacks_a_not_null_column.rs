pkmig::migration! {
    V01 "settings" {
        create_table settings {
            key: text primary_key,
            value: text not_null,
            note: varchar(5),
        }
    }
}

pkmig::migration! {
    V02 "the mistake" {
        seed settings (key) on_conflict(key) do_nothing {
            ("theme"),
        }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by settings { V01, V02 }
}

fn main() {}
