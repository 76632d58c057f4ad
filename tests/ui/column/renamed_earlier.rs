pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
    }
}

pkmig::migration! {
    V02 "the body is called text" {
        rename_column notes.body => text;
    }
}

pkmig::migration! {
    V03 "the body may be missing" {
        drop_not_null notes.body;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02, V03 }
}

fn main() {}
