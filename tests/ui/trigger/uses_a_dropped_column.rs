pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_function touch() returns trigger language plpgsql { "BEGIN RETURN NEW; END" }
        create_trigger touched on notes before update of body for_each row execute touch();
    }
}

pkmig::migration! {
    V02 "the mistake" {
        drop_column notes.body;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
