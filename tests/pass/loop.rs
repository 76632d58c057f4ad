pkmig::migration! {
    V01 "notes" {
        create_table notebooks { id: bigserial primary_key, name: text index }
        create_table notes { id: bigserial primary_key, notebook_id: bigint, body: text unique_index }
    }
}

pkmig::migration! {
    V02 "the same for both" {
        for t in {notebooks, notes} {
            add_column t.uuid: uuid not_null default(gen_random_uuid()) unique_index;
            add_column t.origin: text;
            for u in {notebooks, notes} {
                execute "SELECT '@.t'::regclass" idempotent down_noop("it only looks");
                comment_on column u.id "@.t is no SQL here";
            }
            backfill t.origin = "(SELECT max(o.origin) FROM @.t AS o)" batch(10);
            add_check t origin_check ("origin <> ''");
        }
        create_index on {notebooks, notes}.{origin, uuid};
        create_unique_index on {notebooks, notes} (origin, uuid) if_not_exists;
        drop_constraint {notebooks, notes} origin_check;
    }
}

pkmig::chain! {
    pub(super) static NOTES: "notes" tracked_by notes { V01, V02 }
}
