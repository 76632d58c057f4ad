pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text check("body <> ''"),
        }
    }
}

pkmig::migration! {
    V02 "no body" {
        drop_column notes.body;
    }
}

pkmig::migration! {
    V03 "no check" {
        drop_constraint notes notes_body_check;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02, V03 }
}

fn main() {}
