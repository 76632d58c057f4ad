pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
        }
        create_domain email: text check("VALUE LIKE '%@%'");
        create_function is_even(n: integer) returns boolean language sql { "SELECT n % 2 = 0" }
        create_domain even: integer check("@.is_even(VALUE)");
    }
}

pkmig::migration! {
    V02 "the mistake" {
        drop_function is_even(integer);
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
