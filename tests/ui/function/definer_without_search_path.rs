pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_function owner_of(note: bigint) returns text language sql security_definer set work_mem = "1MB" {
            "SELECT body FROM @.notes WHERE id = note"
        }
        create_function size_of(note: bigint) returns integer language sql security_definer {
            "SELECT length(body) FROM @.notes WHERE id = note"
        }
    }
}

pkmig::migration! {
    V02 "one of them is healed" {
        create_or_replace_function size_of(note: bigint) returns integer language sql
            security_definer set search_path = "@, pg_temp" {
            "SELECT length(body) FROM @.notes WHERE id = note"
        }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
