pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            owner: uuid not_null,
            foreign_key (owner) references auth.users (uuid),
        }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes {
        requires table auth.users (id: uuid);
        V01,
    }
}

fn main() {}
