pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_sequence numbers;
    }
}

pkmig::migration! {
    V02 "a note has a number" {
        add_column notes.number: bigint default(sql("nextval('@.numbers')"));
    }
}

pkmig::migration! {
    V03 "no numbers" {
        drop_sequence numbers;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02, V03 }
}

fn main() {}
