pkmig::migration! {
    V01 "notes" {
        create_table notes { id: bigserial primary_key }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes {
        requires roles authenticated;
        V01,
    }
}

fn main() {}
