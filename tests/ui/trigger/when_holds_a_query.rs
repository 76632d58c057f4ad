pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_function touch() returns trigger language plpgsql { "BEGIN RETURN NEW; END" }
    }
}

pkmig::migration! {
    V02 "the mistake" {
        create_trigger touched on notes before update for_each row when("EXISTS (SELECT FROM @.notes)") execute touch();
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
