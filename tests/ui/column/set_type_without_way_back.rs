pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            stars: integer,
        }
    }
}

pkmig::migration! {
    V02 "many kinds of stars" {
        set_type notes.stars: jsonb using("to_jsonb(stars)");
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
