pkmig::migration! {
    V01 "a trigger before the row is written" {
        create_table notes { id: bigint primary_key, body: text, size: integer generated("length(body)") }
        create_function touch() returns trigger language plpgsql { "BEGIN RETURN NEW; END" }
        create_trigger long_notes on notes before update for_each row when("OLD.size > 5 AND NEW.size > 5") execute touch();
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01 }
}

fn main() {}
