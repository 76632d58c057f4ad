pkmig::migration! {
    V01 "notes" {
        create_table notes { id: bigserial primary_key, room: bigint, during: tstzrange }
        create_function f(id: uuid) returns text language sql { "SELECT id::text" }
    }
}

pkmig::migration! {
    V02 "the mistake" {
        grant select on table notes to reader;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
