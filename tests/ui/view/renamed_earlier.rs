pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
        }
        create_view recent as "SELECT id FROM @.notes";
    }
}

pkmig::migration! {
    V02 "the mistake" {
        rename_view recent => latest;
        comment_on view recent "of last week";
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
