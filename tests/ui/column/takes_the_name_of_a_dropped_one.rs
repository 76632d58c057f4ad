pkmig::migration! {
    V01 "notes" {
        create_table notebooks { id: bigserial primary_key, name: text }
        create_table notes { id: bigserial primary_key, notebook_id: bigint, body: text }
    }
}

pkmig::migration! {
    V02 "the mistake" {
        add_column notes.text: text;
        drop_column notes.body;
        rename_column notes.text => body;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
