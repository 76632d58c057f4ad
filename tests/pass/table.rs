pkmig::migration! {
    V01 "tables of every kind" {
        create_table users {
            id: bigserial primary_key,
            "type": text not_null default("person"),
            order: smallint,
        }
        create_table sessions unlogged {
            user_id: bigint not_null,
            number: integer not_null,
            token: bytea not_null unique,
            state: text,

            primary_key sessions_key (user_id, number),
            unique (user_id, state),
            check sessions_number_positive ("number > 0"),
            check ("length(state) < 20"),
            foreign_key sessions_user (user_id) references users (id) on_delete cascade on_update restrict,
            index (state desc nulls_last),
            unique_index sessions_lower_idx ("lower(state)") where("state IS NOT NULL"),
            comment "who is signed in",
        }
        create_table tags { id: uuid primary_key default(gen_random_uuid()) }
        create_table "Old things" { id: integer primary_key }
    }
}

pkmig::migration! {
    V02 "other names" {
        create_table users if_not_exists { id: bigserial primary_key }
        rename_table tags => labels;
        rename_table nothing => anything if_exists;
        drop_table {sessions, "Old things"};
        drop_table nothing if_exists cascade;
    }
}

pkmig::chain! {
    pub static USERS: "users" tracked_by users { V01, V02 }
}
