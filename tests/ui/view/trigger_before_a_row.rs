pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_view recent as "SELECT id, body FROM @.notes";
        create_function add_note() returns trigger language plpgsql { "BEGIN RETURN NEW; END" }
    }
}

pkmig::migration! {
    V02 "the mistake" {
        create_trigger added on recent before insert for_each row execute add_note();
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
