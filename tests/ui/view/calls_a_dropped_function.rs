pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_function short(t: text) returns text language sql { "SELECT left(t, 9)" }
        create_view brief as "SELECT id, @.short(body) AS body FROM @.notes";
    }
}

pkmig::migration! {
    V02 "the mistake" {
        drop_function short(text);
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
