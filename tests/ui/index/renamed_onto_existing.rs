pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_index a on notes (body);
        create_index b on notes (id);
    }
}

pkmig::migration! {
    V02 "a word changes" {
        rename_index a => b;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
