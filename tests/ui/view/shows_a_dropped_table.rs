pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_table tags { id: bigint }
        create_view known as "SELECT id FROM @.tags";
    }
}

pkmig::migration! {
    V02 "the mistake" {
        drop_table tags;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
