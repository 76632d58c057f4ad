pkmig::migration! {
    V01 "notes" {
        create_table notes { id: bigserial primary_key, body: text }
        create_table tags { name: text }
        create_function f(id: uuid, names: text[]) returns text language sql { "SELECT id::text" }
    }
}

pkmig::migration! {
    V02 "all that can be granted" {
        grant select on table notes to reader;
        grant select, insert, update, delete, truncate, references, trigger on table tags to (reader, "The Writer");
        grant (insert, update) on table {notes, tags} to public;
        grant all on table notes to "The Writer";
        revoke execute on function f(uuid, text[]) from public;
        grant execute on function f(uuid, text[]) to reader;
        grant usage, create on schema to reader;
        revoke create on schema from reader;
        revoke all on table tags from "The Writer";
        drop_table tags;
        drop_function f(uuid, text[]);
    }
}

pkmig::chain! {
    pub(super) static NOTES: "notes" tracked_by notes {
        requires role {reader, "The Writer"};
        V01, V02
    }
}
