pkmig::migration! {
    V01 "extensions" {
        create_extension {citext, vector};
        create_extension "uuid-ossp";
        create_table notes {
            id: uuid primary_key default(uuid_generate_v4()),
            mail: citext,
            meaning: vector(3),
            index (meaning vector_l2_ops) using hnsw,
        }
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01 }
}
