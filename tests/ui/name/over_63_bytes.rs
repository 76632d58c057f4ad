pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_table a_table_whose_name_is_so_long_that_postgresql_would_cut_it_short {
            id: bigserial primary_key,
        }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01 }
}

fn main() {}
