pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_function new_id() returns uuid language sql volatile { "SELECT gen_random_uuid()" }
    }
}

pkmig::migration! {
    V02 "no ids" {
        drop_function new_id();
    }
}

pkmig::migration! {
    V03 "one id" {
        execute "SELECT @.new_id()" idempotent down_noop("it only asks");
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02, V03 }
}

fn main() {}
