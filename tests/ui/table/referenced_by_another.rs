pkmig::migration! {
    V01 "notes and tags" {
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
    V02 "no more notes" {
        drop_table notes;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by tags { V01, V02 }
}

fn main() {}
