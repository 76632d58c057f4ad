pkmig::migration! {
    V01 "notes" {
        create_table notes {
            the_very_long_name_of_a_column_that_nobody_writes_like_this: bigserial primary_key,
        }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01 }
}

fn main() {}
