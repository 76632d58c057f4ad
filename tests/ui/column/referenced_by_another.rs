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
    V02 "a word changes" {
        drop_column notes.id;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
