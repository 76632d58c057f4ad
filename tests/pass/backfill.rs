pkmig::migration! {
    V01 "notes" {
        create_table notebooks { id: bigserial primary_key, name: varchar(20) }
        create_table notes { id: bigserial primary_key, notebook_id: bigint, body: text, mood: text unique }
    }
}

pkmig::migration! {
    V02 "filled" {
        add_column notes.notebook: text not_null index backfill(notebooks.name on(id = notebook_id));
        add_column notes.words: text backfill("n.name" from("@.notebooks AS n") where("n.id = notes.notebook_id"));
        backfill notes.{words, body} = "notebooks"."name" on("id" = notebook_id) where("body = ''") batch(100);
        set_not_null notes.{words, body} backfill("'-'");
        rename_value notes.mood { "calm" => "quiet", "busy" => "loud", } on_conflict do_delete;
        add_foreign_key notes (notebook_id) references notebooks (id) orphans(set_null) not_valid;
    }
}

pkmig::migration! {
    V03 "emptied" {
        drop_not_null notes.body;
        on_down backfill notes.body = "'-'";
        on_down backfill notes.words = notebooks.name on(id = notebook_id);
        on_down delete_rows notes where("mood = 'new'");
        execute "UPDATE @.notes SET mood = words" when(column notes.words) lossy_down "UPDATE @.notes SET words = mood";
        drop_column notes.words;
        on_down r"SELECT 1";
    }
}

pkmig::chain! {
    pub(super) static NOTES: "notes" tracked_by notes { V01, V02, V03 }
}
