pkmig::migration! {
    V01 "notes and their readers" {
        create_function me() returns text language sql stable { "SELECT current_setting('app.me', true)" }
        create_table notes {
            id: bigint primary_key,
            owner: text,
            policy: text,
            row_level_security forced,
            policy "owners see their notes" using("owner = @.me()"),
            policy quick restrictive for update to (anon, authenticated) using("id > 0") with_check("notes.id < 9"),
        }
        create_table readers { note_id: bigint, name: text }
    }
}

pkmig::migration! {
    V02 "all that can be done to a policy" {
        enable_row_level_security {notes, readers};
        create_policy "read" on notes for select to authenticated using(r"
            EXISTS (SELECT FROM @.readers r WHERE note_id = notes.id AND r.name = @.me())
                OR owner IN (WITH own AS (SELECT lower(name) AS n FROM @.readers) SELECT own.n FROM own)
        ");
        create_policy write on {notes, readers} for insert to public with_check("current_user <> 'guest'");
        replace_policy quick on notes using("auth.uid() IS NOT NULL AND ctid IS NOT NULL");
        rename_policy notes quick => slow;
        drop_policy {slow, "read"} on notes;
        drop_policy none on {notes, readers} if_exists;
        disable_row_level_security readers;
        no_force_row_level_security notes;
        force_row_level_security readers;
        rename_column readers.name => "Reader";
        drop_table readers;
    }
}

pkmig::chain! {
    pub(super) static NOTES: "notes" tracked_by notes {
        requires role {anon, authenticated};
        requires function auth.uid();
        V01, V02
    }
}
