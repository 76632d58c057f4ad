pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
        }
        create_view recent as "SELECT id FROM @.notes";
    }
}

pkmig::migration! {
    V02 "nothing is recent" {
        drop_view recent;
    }
}

pkmig::migration! {
    V03 "the mistake" {
        create_view latest as "SELECT max(id) AS id FROM @.recent";
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02, V03 }
}

fn main() {}
