pkmig::migration! {
    V01 "notes" {
        create_table notes { id: bigserial primary_key }
    }
}

pkmig::migration! {
    V02 "the mistake" {
        comment_on table notes null;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
