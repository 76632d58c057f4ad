pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            stars: text default("many"),
        }
    }
}

pkmig::migration! {
    V02 "stars are counted" {
        set_type notes.stars: integer using("length(stars)") down_using("stars::text");
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
