pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_table tags {
            id: bigserial primary_key,
            note_id: bigint references(notes.id),
        }
    }
}

pkmig::migration! {
    V02 "another key" {
        set_type tags.note_id: uuid using("NULL::uuid") down_using("NULL::bigint");
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
