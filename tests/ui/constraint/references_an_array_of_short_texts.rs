pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
            labels: varchar(20)[] unique,
        }
    }
}

pkmig::migration! {
    V02 "the mistake" {
        create_table labelled { labels: varchar(20)[] references(notes.labels) }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
