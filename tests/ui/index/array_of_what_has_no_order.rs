pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            pages: xml[],
        }
    }
}

pkmig::migration! {
    V02 "the mistake" {
        create_index on notes (pages) using gin;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
