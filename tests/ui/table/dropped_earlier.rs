pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_table tags { id: bigserial primary_key }
    }
}

pkmig::migration! {
    V02 "tags are gone" {
        drop_table tags;
    }
}

pkmig::migration! {
    V03 "a tag has a name" {
        add_column tags.name: text;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02, V03 }
}

fn main() {}
