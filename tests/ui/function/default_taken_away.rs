pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_function f(a: text default("''")) returns text language sql { "SELECT a" }
    }
}

pkmig::migration! {
    V02 "the mistake" {
        create_or_replace_function f(a: text) returns text language sql { "SELECT a" }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
