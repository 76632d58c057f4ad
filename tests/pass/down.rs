pkmig::migration! {
    V01 "notes" {
        create_table notes { id: bigserial primary_key, body: text, index notes_body (body) }
    }
}

pkmig::migration! {
    V02 "a way back of one's own" {
        drop_column notes.body;
        down {
            add_column notes.body: text;
            create_index notes_body on notes (body);
            execute "UPDATE @.notes SET body = ''" idempotent;
            delete_rows notes where("body = 'x'");
            backfill notes.body = "'?'" where("body IS NULL");
        }
    }
}

pkmig::migration! {
    V03 "none at all" {
        drop_column notes.id;
        irreversible("the numbers are gone");
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02, V03 }
}
