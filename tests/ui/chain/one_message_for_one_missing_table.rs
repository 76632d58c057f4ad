pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
    }
}

pkmig::migration! {
    V02 "names" {
        add_column tags.name: text;
        create_index on tags (name);
    }
}

pkmig::migration! {
    V03 "no names" {
        drop_column tags.name;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02, V03 }
}

fn main() {}
