pkmig::migration! {
    V01 "notes" {
        create_table notes { id: bigserial primary_key }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes {
        requires table auth.users (id: uid);
        V01,
    }
}

fn main() {}
