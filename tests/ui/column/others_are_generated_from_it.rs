pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
    }
}

pkmig::migration! {
    V02 "how long a note is" {
        add_column notes.size: integer generated("length(body)");
    }
}

pkmig::migration! {
    V03 "no body" {
        drop_column notes.body;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02, V03 }
}

fn main() {}
