pkmig::migration! {
    V01 "columns of every kind" {
        create_extension {citext, vector, postgis};
        create_enum mood { "happy", "sad" }
        create_function new_id() returns uuid language sql { "SELECT gen_random_uuid()" }
        create_table users {
            id: bigint identity(always) primary_key,
            number: integer identity(by_default) unique,
            mail: citext not_null collate("C") check("mail LIKE '%@%'") comment("where letters go"),
            mail_size: integer generated("length(mail)"),
            parent_id: bigint references(users.id, on_delete: set_null, on_update: cascade, name: users_parent),
            uuid: uuid not_null default(@.new_id()),
            mood: mood not_null default("happy"),
            moods: mood[] default("{}"),
            tags: text[] default(sql("ARRAY['a']::text[]")),
            weight: double precision default(-0.5),
            price: numeric(12, 2) default(0),
            balance: numeric default(1_000),
            place: geometry(Point, 4326),
            meaning: vector(1536),
            seen_at: timestamp(0) default(now()),
            born_on: date default("2000-01-01"),
            settings: jsonb not_null default("{}"),
            name: character varying(50) default(null),
            is_active: boolean not_null default(true),
            address: inet,
        }
        create_table groups { id: serial primary_key, a: bigint, b: bigint }
    }
}

pkmig::migration! {
    V02 "all that can be done to a column" {
        add_column users.title: text if_not_exists;
        add_column groups.{owner_id, editor_id}: bigint references(users.id);
        add_column {users, groups}.note: text not_null default("");
        rename_column users.name => nick;
        rename_column users.nothing => anything if_exists;
        set_type users.number: bigint;
        set_type users.nick: jsonb using("to_jsonb(nick)") down_using("nick #>> '{}'");
        set_not_null users.is_active;
        set_not_null users.nothing if_exists;
        drop_not_null users.{settings, is_active};
        drop_not_null {users, groups}.nothing if_exists;
        set_default users.balance = 2;
        set_default users.seen_at = sql("now() - interval '1 day' * extract(epoch FROM now())");
        drop_default users.price;
        drop_column users.address;
        drop_column users.nothing if_exists;
        drop_column users.mail cascade;
        drop_column groups.{a, b};
    }
}

pkmig::chain! {
    pub static USERS: "users" tracked_by users { V01, V02 }
}
