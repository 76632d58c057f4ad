pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
    }
}

pkmig::migration! {
    V02 "letters" {
        rename_column notes.body => text;
        rename_table notes => letters;
    }
}

pkmig::migration! {
    V03 "a letter has no body" {
        drop_column letters.body;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by letters { V01, V02, V03 }
}

fn main() {}
