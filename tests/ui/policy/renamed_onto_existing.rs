pkmig::migration! {
    V01 "notes and their readers" {
        create_table notes { id: bigserial primary_key, owner: text, row_level_security }
        create_table readers { note_id: bigint, name: text }
        create_policy one on notes using("true");
        create_policy two on notes using("true");
    }
}

pkmig::migration! {
    V02 "the mistake" {
        rename_policy notes one => two;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
