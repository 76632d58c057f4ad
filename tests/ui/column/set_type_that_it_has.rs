pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            page: integer,
        }
    }
}

pkmig::migration! {
    V02 "the mistake" {
        set_type notes.page: int using("page * 100") down_using("page / 100");
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
