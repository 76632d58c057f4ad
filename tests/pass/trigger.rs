pkmig::migration! {
    V01 "triggers of every kind" {
        create_function touch() returns trigger language plpgsql { "BEGIN RETURN NEW; END" }
        create_function is_long(t: text) returns boolean language sql immutable { "SELECT length(t) > 9" }
        create_table notes {
            id: bigserial primary_key,
            trigger: text,
            "The body": text,

            trigger touched before update of (trigger, "The body") for_each row
                when("NEW.trigger IS DISTINCT FROM OLD.trigger OR @.is_long(NEW.\"The body\")") execute touch(),
            trigger "told to others" after insert or update of id or delete execute touch("a", "b"),
        }
        create_table tags { id: bigserial primary_key }
    }
}

pkmig::migration! {
    V02 "all that can be done to a trigger" {
        create_trigger touched on {tags} before insert for_each row when("NEW IS NOT NULL") execute touch();
        create_trigger emptied on {notes, tags} before truncate for_each statement execute touch();
        create_trigger moved on notes after update for_each row when("NEW.* IS DISTINCT FROM OLD.*") execute touch();
        comment_on trigger notes "told to others" "who and when";
        rename_column notes.trigger => "of";
        drop_trigger emptied on {notes, tags};
        drop_trigger missing on tags if_exists;
    }
}

pkmig::chain! {
    pub(super) static NOTES: "notes" tracked_by notes { V01, V02 }
}
