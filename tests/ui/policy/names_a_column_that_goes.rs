pkmig::migration! {
    V01 "notes and their readers" {
        create_table notes { id: bigserial primary_key, owner: text, row_level_security }
        create_table readers { note_id: bigint, name: text }
        create_policy own on notes using("owner = current_user");
    }
}

pkmig::migration! {
    V02 "the mistake" {
        drop_column notes.owner;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
