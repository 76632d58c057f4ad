pkmig::migration! {
    V01 "notes" {
        create_table notes { id: bigserial primary_key, words: bigint }
        backfill notes.words = "(SELECT count(*) FROM notes)";
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01 }
}

fn main() {}
