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
        backfill settings.note = "o.note" from("@.others AS o") where("note IS NULL");
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by settings { V01, V02 }
}

fn main() {}
