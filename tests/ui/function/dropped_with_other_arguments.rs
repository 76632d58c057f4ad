pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_function new_id() returns uuid language sql volatile { "SELECT gen_random_uuid()" }
    }
}

pkmig::migration! {
    V02 "a word changes" {
        drop_function new_id(text);
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
