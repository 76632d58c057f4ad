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
    V02 "a word changes" {
        add_enum_value moods "angry";
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
