pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            stars: integer not_null default(""),
            body: text not_null default(""),
        }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01 }
}

fn main() {}
