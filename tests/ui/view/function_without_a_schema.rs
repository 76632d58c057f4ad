pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_function short(t: text) returns text language sql { "SELECT left(t, 9)" }
    }
}

pkmig::migration! {
    V02 "the mistake" {
        create_view recent as "SELECT id, short(body) AS body FROM @.notes";
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
