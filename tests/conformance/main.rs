//! `conformance!` on a chain with everything that leaves the one transaction of its version, and on chains that are at
//! fault: each must be found, by the right check, in words that help.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)] // A test fails by panicking.

mod faults;

mod everything {
    pkmig::migration! {
        V01 "tables" {
            create_extension citext;
            create_table track { id: integer }
            create_enum mood { "sad", "it's", "naïve" }
            create_domain grade: integer not_null default(3) check one_to_six ("VALUE BETWEEN 1 AND 6");
            create_function shout(a: text) returns text language plpgsql immutable { "BEGIN RETURN upper(a); END" }
            create_table items {
                id: bigserial primary_key,
                email: citext not_null default("x@y") unique,
                name: text default(@.shout("naïve")) comment("façade"),
                mood: mood default("naïve"),
                grade: grade,
                parent: bigint references(items.id, on_delete: set_null),
                index items_partial ("lower(name)") where("mood <> 'sad'"),
            }
        }
    }
    pkmig::migration! {
        V02 "rows, and batches of them" {
            seed items (email, name, mood) on_conflict(email) do_update(name) { ("A", "Ünder", "it's"), ("b", "it's", null) }
            seed items (email, parent) on_conflict(email) do_nothing { ("c", sql("(SELECT min(id) FROM @.items)")) }
            add_column items.upper: text;
            backfill items.upper = "@.shout(items.name)" where("items.upper IS NULL") batch(1);
        }
    }
    pkmig::migration! {
        V03 "indexes that lock nobody out" {
            create_index items_upper on items (upper) concurrently;
            create_unique_index items_both on items (email, upper) concurrently;
            rename_table items => things;
            add_check things titled ("name <> ''") not_valid;
            validate_constraint things titled;
        }
    }
    pkmig::migration! {
        V04 "another mood" {
            add_enum_value mood "glad" before "sad";
            irreversible("PostgreSQL does not take a value out of an enum");
        }
    }
    pkmig::migration! {
        V05 "another table" {
            create_table others { id: serial primary_key, thing_id: bigint references(things.id) }
            create_view graded as "SELECT t.id, grade FROM @.things t";
        }
    }
    pkmig::migration! {
        V06 "and some gone" {
            drop_column things.upper;
            rename_view graded => "Graded";
            create_domain words: text[];
            add_column others.words: words default("{}");
            create_index on others (thing_id);
            seed others (thing_id) unless_exists(thing_id) down_noop("they may be in use") {
                (sql("(SELECT min(id) FROM @.things)")),
            }
        }
    }
    pkmig::chain! {
        pub static EVERYTHING: "everything" tracked_by track { V01, V02, V03, V04, V05, V06 }
    }

    pkmig::conformance!(EVERYTHING, prefix = "Every \"thing\"");
}
