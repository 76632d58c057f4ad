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
    V02 "no body" {
        drop_column notes.body;
    }
}

pkmig::migration! {
    V03 "no index" {
        drop_index notes_body_idx;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02, V03 }
}

fn main() {}
