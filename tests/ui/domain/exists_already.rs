pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
        }
        create_domain email: text check("VALUE LIKE '%@%'");
    }
}

pkmig::migration! {
    V02 "the mistake" {
        create_domain email: varchar(200);
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
