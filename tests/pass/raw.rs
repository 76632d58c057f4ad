pkmig::migration! {
    V01 "notes" {
        create_table notes { id: bigserial primary_key, body: text, at: timestamptz }
    }
}

pkmig::migration! {
    V02 "raw SQL of every kind" {
        execute "UPDATE @.notes SET body = ''" idempotent down_noop("it only fills");
        execute "ALTER TABLE @.notes SET (fillfactor = 70)" unless("SELECT 1 FROM @.notes WHERE id = 1")
            down "ALTER TABLE @.notes RESET (fillfactor)";
        execute r#"
            DO $$
            BEGIN
                UPDATE @.notes SET body = "body" || extract(epoch FROM at);
            END
            $$
        "# when("SELECT 1 FROM @.notes") lossy_down "UPDATE @.notes SET body = ''";
        on_down "UPDATE @.notes SET body = NULL";
    }
}

pkmig::migration! {
    V03 "no way back" {
        execute "SELECT 1" idempotent irreversible("an example");
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02, V03 }
}
