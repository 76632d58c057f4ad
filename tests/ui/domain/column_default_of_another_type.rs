pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
        }
        create_domain email: text check("VALUE LIKE '%@%'");
        create_domain amount: integer;
    }
}

pkmig::migration! {
    V02 "the mistake" {
        add_column notes.amount: amount default("many");
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
