pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V03 }
}

fn main() {}
