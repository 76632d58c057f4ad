pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_enum mood { "happy", "sad" }
        create_function cheer(who: mood) returns text language sql { "SELECT '!'" }
    }
}

pkmig::migration! {
    V02 "a word changes" {
        drop_enum mood;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
