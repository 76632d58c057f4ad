pkmig::migration! {
    V01 "notes" {
        create_table a_table_whose_name_has_some_fifty_bytes_and_two_more {
            id: bigserial primary_key,
            body: text,
        }
    }
}

pkmig::migration! {
    V02 "the mistake" {
        create_index on a_table_whose_name_has_some_fifty_bytes_and_two_more ("substring(body, 1)");
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by a_table_whose_name_has_some_fifty_bytes_and_two_more { V01, V02 }
}

fn main() {}
