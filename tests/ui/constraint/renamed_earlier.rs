pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
    }
}

pkmig::migration! {
    V02 "another name" {
        rename_constraint notes notes_pkey => notes_key;
    }
}

pkmig::migration! {
    V03 "no key" {
        drop_constraint notes notes_pkey;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02, V03 }
}

fn main() {}
