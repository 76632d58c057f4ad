pkmig::migration! {
    V01 "notes" {
        create_table notes { id: bigserial primary_key }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes {
        requires accounts::ACCOUNTS at 3;
        V01,
    }
}

fn main() {}
