pkmig::migration! {
    V01 "notes" {
        create_table notebooks { id: bigserial primary_key, name: text }
        create_table notes { id: bigserial primary_key, notebook_id: bigint, body: text }
    }
}

pkmig::migration! {
    V02 "the mistake" {
        execute "UPDATE @.notes SET body = ''" when(column notes.text) down_noop("it only fills");
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
