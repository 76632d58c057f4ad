pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            trigger touched before update for_each row execute touch(),
        }
        create_function touch() returns trigger language plpgsql { "BEGIN RETURN NEW; END" }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01 }
}

fn main() {}
