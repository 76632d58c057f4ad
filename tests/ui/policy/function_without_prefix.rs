pkmig::migration! {
    V01 "notes and their readers" {
        create_table notes { id: bigserial primary_key, owner: text, row_level_security }
        create_table readers { note_id: bigint, name: text }
        create_function me() returns text language sql { "SELECT 'me'" }
    }
}

pkmig::migration! {
    V02 "the mistake" {
        create_policy own on notes using("owner = me()");
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
