pkmig::migration! {
    V01 "notes" {
        create_table notes {
            id: bigserial primary_key,
            body: text,
        }
        create_materialized_view kept as "SELECT id FROM @.notes" with_no_data;
    }
}

pkmig::migration! {
    V02 "the mistake" {
        create_materialized_view counted as "SELECT count(*) AS n FROM @.kept";
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}

fn main() {}
