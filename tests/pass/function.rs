pkmig::migration! {
    V01 "functions of every kind" {
        create_table notes { id: bigserial primary_key, body: text }
        create_function size_of(t: text, more: integer default("1")) returns integer language sql immutable strict {
            "SELECT length(t) + more"
        }
        create_function touched() returns trigger language plpgsql volatile security_definer set search_path = "" {
            r"
            BEGIN
                NEW.body := trim(NEW.body);
                RETURN NEW;
            END
            "
        }
        create_function bodies() returns setof text language sql stable { "SELECT body FROM @.notes" }
        create_function notes_of(word: text) returns table ("The id": bigint, body: text) language sql stable strict
            security_definer set search_path = "@, pg_temp" set work_mem = "64MB" set app.word = "x" {
            "SELECT id, body FROM @.notes WHERE body LIKE word"
        }
        create_function nothing() returns void language plpgsql { "BEGIN PERFORM @.size_of('x'); END" }
    }
}

pkmig::migration! {
    V02 "all that can be done to a function" {
        create_or_replace_function size_of(t: text, more: integer default("2")) returns integer language sql {
            "SELECT length(t) * more"
        }
        add_check notes notes_size ("@.size_of(body, 1) < 100");
        drop_function touched();
        drop_function missing(text) if_exists;
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}
