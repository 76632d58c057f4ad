pkmig::migration! {
    V01 "notes" {
        create_table notes { id: bigserial primary_key }
    }
    V02 "a body" {
        add_column notes.body: text;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01 }
}

fn main() {}
