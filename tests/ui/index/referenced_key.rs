pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            slug: text not_null,
            unique_index notes_slug_idx (slug),
        }
        create_table tags {
            id: bigserial primary_key,
            note: text references(notes.slug),
        }
    }
}

pkmig::migration! {
    V02 "a word changes" {
        drop_index notes_slug_idx;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
