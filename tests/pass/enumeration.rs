pkmig::migration! {
    V01 "moods" {
        create_table notes { id: bigserial primary_key }
        create_enum mood { "sad", "happy", }
        create_enum kind { "plain" }
    }
}

pkmig::migration! {
    V02 "all that can be done to an enum" {
        add_enum_value mood "angry";
        add_enum_value mood "wild" before "angry";
        add_enum_value mood "calm" after "happy";
        drop_enum kind;
        irreversible("PostgreSQL takes no value out of an enum");
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}
