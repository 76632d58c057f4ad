pkmig::migration! {
    V01 "notes" {
        create_function touch() returns trigger language plpgsql { "BEGIN RETURN NEW; END" }
        create_table notes {
            id: bigserial primary_key,
            trigger touched before update for_each row execute touch(),
        }
    }
}

pkmig::migration! {
    V02 "nothing is touched" {
        drop_trigger touched on notes;
    }
}

pkmig::migration! {
    V03 "the mistake" {
        comment_on trigger notes touched "sets the time";
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02, V03 }
}

fn main() {}
