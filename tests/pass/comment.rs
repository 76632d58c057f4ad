pkmig::migration! {
    V01 "notes" {
        create_table versions { id: serial primary_key }
        create_table notes { id: bigserial primary_key, body: text, index notes_body (body) }
        create_function size_of(t: text) returns integer language sql { "SELECT length(t)" }
    }
}

pkmig::migration! {
    V02 "all that can be commented on" {
        comment_on table notes "what one writes";
        comment_on column notes.{id, body} "a part of it";
        comment_on index notes_body "to find it";
        comment_on constraint notes notes_pkey "what tells it from others";
        comment_on function size_of(text) "how long it is";
        comment_on column notes.id null;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by versions { V01, V02 }
}
