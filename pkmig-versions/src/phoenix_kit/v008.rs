//! V8: users have names. Whoever is there already gets one made of the local part of the e-mail address:
//! ASCII letters, digits and underscores, a letter first, at least three characters and at most thirty.
//! Where several come to the same name, the later ones get a number behind it. The index stands before the
//! names are given, because each of them is looked up first.

pkmig::migration! {
    V08 "usernames" {
        add_column phoenix_kit_users.username: varchar(255);
        create_unique_index phoenix_kit_users_username_uidx
            on phoenix_kit_users (username) where("username IS NOT NULL");

        execute r#"
            DO $$
            DECLARE
                person record;
                attempt bigint;
                candidate text;
            BEGIN
                -- Collation "C" lowers ASCII alone and alike everywhere; U+0130 and U+212A are the only other
                -- letters whose lower case has an ASCII letter in it.
                -- `namesakes` earlier users have taken the base and its first numbers: no need to try these.
                FOR person IN
                    SELECT u.id, base, row_number() OVER (PARTITION BY base ORDER BY u.id) - 1 AS namesakes
                    FROM @.phoenix_kit_users AS u
                    CROSS JOIN LATERAL (SELECT split_part(u.email::text, '@', 1) AS local_part) AS address
                    CROSS JOIN LATERAL (
                        SELECT lower(regexp_replace(regexp_replace(local_part, '\u0130', 'i', 'g'), '\u212a', 'k', 'g')
                            COLLATE "C") AS lowered
                    ) AS lowering
                    CROSS JOIN LATERAL (
                        SELECT left(regexp_replace(replace(lowered, '.', '_'), '[^a-z0-9_]', '', 'g'), 30) AS word
                    ) AS cleaning
                    CROSS JOIN LATERAL (
                        SELECT CASE WHEN word ~ '^[a-z]' THEN word ELSE 'user_' || left(word, 25) END AS stem
                    ) AS prefixing
                    CROSS JOIN LATERAL (
                        SELECT CASE WHEN length(stem) < 3 THEN stem || '_1' ELSE stem END AS base
                    ) AS lengthening
                    WHERE u.username IS NULL
                    ORDER BY u.id
                LOOP
                    attempt := person.namesakes;
                    LOOP
                        candidate := person.base || CASE WHEN attempt = 0 THEN '' ELSE '_' || attempt END;
                        EXIT WHEN NOT EXISTS (SELECT 1 FROM @.phoenix_kit_users WHERE username = candidate);
                        attempt := attempt + 1;
                    END LOOP;
                    UPDATE @.phoenix_kit_users SET username = candidate WHERE id = person.id;
                END LOOP;
            END
            $$
        "# idempotent on_fresh(skip) down_noop("the names go with their column");
    }
}
