pkmig::migration! {
    V01 "notes" {
        create_table notebooks { id: bigserial primary_key, name: text }
        create_table notes { id: bigserial primary_key, notebook_id: bigint, body: text }
    }
}

pkmig::migration! {
    V02 "the mistake" {
        for table in notes {
            create_index on table.body;
        }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
