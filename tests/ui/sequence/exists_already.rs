pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_sequence numbers;
    }
}

pkmig::migration! {
    V02 "a word changes" {
        create_sequence numbers start 10;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
