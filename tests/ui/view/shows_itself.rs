pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_view recent as "SELECT id FROM @.notes";
        create_view latest as "SELECT id FROM @.recent";
    }
}

pkmig::migration! {
    V02 "the mistake" {
        create_or_replace_view recent as "SELECT id FROM @.latest";
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
