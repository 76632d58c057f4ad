pkmig::migration! {
    V01 "views of every kind" {
        create_table notes { id: bigserial primary_key, body: text, "Shown as": text }
        create_table tags { note_id: bigint, name: text }
        create_function short(t: text) returns text language sql immutable { "SELECT left(t, 9)" }
        create_function add_note() returns trigger language plpgsql { "BEGIN RETURN NEW; END" }
        create_view recent as r#"
            WITH counted AS (SELECT note_id, count(*) AS tags FROM @.tags GROUP BY note_id)
            SELECT n.id, @.short(body) AS body, "Shown as", counted.tags, now() AS at, lower(body) AS lowered
            FROM @.notes n JOIN counted ON counted.note_id = n.id, generate_series(1, 2) AS numbers (x)
            WHERE EXISTS (SELECT 1 FROM @.tags WHERE tags.note_id = n.id AND n.body <> name) AND numbers.x = 1
            ORDER BY lowered
        "#;
        create_view latest as "SELECT max(id) AS id, left(recent.body, 1) AS first FROM @.recent GROUP BY first UNION SELECT 1, 'a'";
        create_materialized_view kept as "SELECT id, size FROM (SELECT id, length(body) AS size FROM @.notes) AS sized" with_no_data;
        create_unique_index kept_id on kept (id);
        refresh_materialized_view kept;
    }
}

pkmig::migration! {
    V02 "all that can be done to a view" {
        create_or_replace_view latest as "SELECT max(id) AS id, '' AS first, 1 AS more FROM @.recent";
        create_trigger added on latest instead_of insert or delete for_each row execute add_note();
        create_trigger told on latest after insert execute add_note();
        drop_trigger told on latest;
        comment_on view latest "one line";
        comment_on trigger latest added "into notes";
        rename_column notes.body => text;
        rename_table notes => letters;
        refresh_materialized_view kept concurrently;
        rename_index kept_id => kept_key;
        drop_index kept_key;
        rename_view recent => newest;
        create_view shown as "SELECT newest.id FROM @.newest";
        rename_view kept => stored;
        rename_view nothing => anything if_exists;
        drop_materialized_view stored;
        drop_view newest cascade;
        drop_view {latest, missing} if_exists;
    }
}

pkmig::chain! {
    pub(super) static NOTES: "notes" tracked_by tags { V01, V02 }
}
