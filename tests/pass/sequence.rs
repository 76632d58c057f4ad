pkmig::migration! {
    V01 "numbers" {
        create_table notes { id: bigserial primary_key, number: integer }
        create_sequence numbers as integer start -10 increment -1 owned_by notes.number;
        create_sequence others;
    }
}

pkmig::migration! {
    V02 "all that can be done with a sequence" {
        set_default notes.number = sql("nextval('@.numbers')");
        drop_sequence others;
        drop_sequence nothing if_exists;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}
