pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
    }
}

pkmig::migration! {
    V02 "the mistake" {
        create_function f() returns integer language sql set work_mem = "1MB" set work_mem = "2MB" { "SELECT 1" }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
