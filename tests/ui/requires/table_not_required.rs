pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            owner: uuid not_null references(auth.users.id, on_delete: cascade),
        }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01 }
}

fn main() {}
