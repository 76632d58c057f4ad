pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_index notes_body_idx on notes (body);
    }
}

pkmig::migration! {
    V02 "a word changes" {
        create_index notes_body_idx on notes (id);
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
