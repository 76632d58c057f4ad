pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_view recent as "SELECT id, body FROM @.notes";
    }
}

pkmig::migration! {
    V02 "the mistake" {
        create_index on recent (id);
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
