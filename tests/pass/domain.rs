pkmig::migration! {
    V01 "domains" {
        create_table notes { id: bigserial primary_key }
        create_enum mood { "sad", "happy" }
        create_function is_even(n: integer) returns boolean language sql immutable { "SELECT n % 2 = 0" }
        create_domain email: varchar(200) not_null default("none@example.org")
            check email_has_an_at ("VALUE LIKE '%@%'") check ("length(VALUE) > 3");
        create_domain even: integer check("@.is_even(value)");
        create_domain moody: mood default("happy");
        create_domain "Some words": text[];
        create_domain unused: uuid;
        create_table people {
            id: bigserial primary_key,
            email: email unique,
            seats: even default(2),
            mood: moody,
            words: "Some words" default("{a}"),
            others: email[],
            index people_email (email),
        }
        create_function mail(to: email) returns email language sql { "SELECT $1" }
        seed people (email, seats) on_conflict(email) do_nothing { ("a@example.org", 4) }
    }
}

pkmig::migration! {
    V02 "all that can be done to a domain" {
        add_column notes.author: email;
        backfill notes.author = "'b@example.org'::@.email" where("author <> 'b@example.org'");
        set_type people.seats: integer using("seats::integer") down_using("seats::@.even");
        drop_domain even;
        drop_domain {unused};
    }
}

pkmig::chain! {
    pub static NOTES: "notes" tracked_by notes { V01, V02 }
}
