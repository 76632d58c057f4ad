pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_table tags { name: text not_null }
    }
}

pkmig::migration! {
    V02 "labels" {
        rename_column tags.name => word;
        rename_table tags => labels;
    }
}

pkmig::migration! {
    V03 "a label has no name" {
        drop_column labels.name;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02, V03 }
}

fn main() {}
