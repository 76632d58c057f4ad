pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
    }
}

pkmig::migration! {
    V02 "notes are letters" {
        rename_table nots => letters;
    }
}

pkmig::migration! {
    V03 "a letter has a title" {
        add_column letters.title: text;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02, V03 }
}

fn main() {}
