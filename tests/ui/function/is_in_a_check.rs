pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_function clean(t: text) returns boolean language sql immutable { "SELECT t <> ''" }
    }
}

pkmig::migration! {
    V02 "notes are clean" {
        add_check notes notes_clean ("@.clean(body)");
    }
}

pkmig::migration! {
    V03 "no more" {
        drop_function clean(text);
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02, V03 }
}

fn main() {}
