pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
    }
}

pkmig::migration! {
    V02 "the mistake" {
        create_view recent as "SELECT id FROM @.note";
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
