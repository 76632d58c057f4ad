pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
    }
}

pkmig::migration! {
    V02 "no body" {
        drop_column notes.body;
    }
}

pkmig::migration! {
    V03 "what the body is" {
        comment_on column notes.body "the text";
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02, V03 }
}

fn main() {}
