pkmig::migration! {
    V01 "notes" {
        create_table notes { id: bigserial primary_key }
        create_table pages {
            id: bigint identity(always) primary_key references(notes.id, on_delete: set_null),
        }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01 }
}

fn main() {}
