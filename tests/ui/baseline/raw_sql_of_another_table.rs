pkmig::migration! {
    V01 "notes" {
        create_table track { id: integer }
        create_table notes { id: bigserial primary_key, body: text }
        execute "UPDATE @.notes SET body = ''" idempotent on_fresh(run) down_noop("it was empty");
    }
}

pkmig::migration! {
    V02 "the mistake" {
        rename_table notes => letters;
        create_table notes { id: bigserial primary_key }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by track { baseline; V01, V02 }
}

fn main() {}
