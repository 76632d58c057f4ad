pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_view recent as "SELECT id, body FROM @.notes";
        create_view latest as "SELECT max(id) AS id FROM @.recent";
    }
}

pkmig::migration! {
    V02 "the mistake" {
        drop_view recent;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
