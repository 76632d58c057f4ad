pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
        }
        create_domain email: text check("VALUE LIKE '%@%'");
        create_table people { email: email }
    }
}

pkmig::migration! {
    V02 "the mistake" {
        drop_domain email;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
