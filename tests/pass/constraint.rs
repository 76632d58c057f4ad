pkmig::migration! {
    V01 "two tables" {
        create_table notes { id: bigint not_null, slug: text, size: integer }
        create_table tags { note_id: bigint, slug: text }
        create_extension btree_gist;
        create_table visits {
            room: bigint,
            starts_at: timestamptz,
            with: text,
            exclude using gist (room with "=", "tstzrange(starts_at, NULL)" with "&&") where("room > 0"),
            exclude using using hash (with with "="),
        }
    }
}

pkmig::migration! {
    V02 "all that can be done to a constraint" {
        add_primary_key notes (id);
        add_unique notes notes_slug (slug);
        add_unique {notes, tags} (slug) if_not_exists;
        add_check notes notes_size ("size > 0 AND slug IS NOT NULL") not_valid;
        add_check notes ("size < 100") if_not_exists;
        validate_constraint notes notes_size;
        add_foreign_key tags (note_id) references notes (id) on_delete set_default on_update no_action not_valid;
        add_foreign_key tags tags_slug (slug) references notes (slug) if_not_exists;
        rename_constraint notes notes_size => notes_size_positive;
        drop_constraint notes {notes_size_positive, notes_size_check};
        drop_constraint notes nothing if_exists;
        drop_constraint notes notes_pkey cascade;
        add_exclude visits using btree ("lower(room::text)" text_pattern_ops with "=") if_not_exists;
        add_exclude {notes, tags} using gist (slug gist_text_ops with "<>");
        drop_constraint visits {using, visits_room_tstzrange_excl};
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}
