pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            comment "what one writes",
            comment "what one reads",
        }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01 }
}

fn main() {}
