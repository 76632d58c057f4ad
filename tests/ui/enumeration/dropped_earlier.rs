pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_enum mood { "happy", "sad" }
    }
}

pkmig::migration! {
    V02 "no moods" {
        drop_enum mood;
    }
}

pkmig::migration! {
    V03 "a note has a mood" {
        add_column notes.mood: mood;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02, V03 }
}

fn main() {}
