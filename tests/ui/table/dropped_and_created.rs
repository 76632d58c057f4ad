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
    V02 "a word changes" {
        drop_table tags;
        create_table tags { id: uuid primary_key }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
