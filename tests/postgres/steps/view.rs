//! Views and materialized views: create, replace, refresh, drop, what goes with their tables, and what is there already.

use crate::support::{ask, catalog, database, failed, run, same, walk};

mod views {
    pkmig::migration! {
        V01 "tables to look at" {
            create_table track { id: integer }
            create_table notes { id: bigint primary_key, body: text, words: integer, "Shown as": text }
            create_table tags { note_id: bigint references(notes.id), name: text }
            create_function short(t: text) returns text language sql immutable { "SELECT left(t, 3)" }
            create_function add_note() returns trigger language plpgsql {
                "BEGIN INSERT INTO @.notes (id, body) VALUES (NEW.id, NEW.shown); RETURN NEW; END"
            }
        }
    }
    pkmig::migration! {
        V02 "views of every kind" {
            create_view shown as r#"
                WITH counted AS (SELECT note_id, count(*) AS tags FROM @.tags GROUP BY note_id)
                SELECT n.id, @.short(body) AS shown, "Shown as", counted.tags
                FROM @.notes n LEFT JOIN counted ON counted.note_id = n.id
                WHERE n.words > 0 AND EXISTS (SELECT 1 FROM @.tags WHERE tags.note_id = n.id) -- those with tags
            "#;
            create_view upper as "SELECT shown.id, shown FROM @.shown UNION SELECT 1, 'one'";
            create_trigger new_note on upper instead_of insert for_each row execute add_note();
            create_materialized_view kept as "SELECT notes.id, words FROM @.notes";
            create_unique_index kept_id on kept (id);
            create_index on kept ("words + 1");
            create_materialized_view empty as "SELECT id FROM @.notes" with_no_data;
            refresh_materialized_view empty;
            refresh_materialized_view kept concurrently;
            comment_on view shown "with tags";
            comment_on view kept "of yesterday";
        }
    }
    pkmig::migration! {
        V03 "renames are followed" {
            create_or_replace_view upper as "SELECT id, shown FROM @.shown";
            rename_column notes.body => "The text";
            rename_column notes.words => size;
            rename_table notes => letters;
            create_view late as "SELECT letters.id, size FROM @.letters";
            rename_column letters.size => words;
            drop_materialized_view empty;
            drop_index kept_id;
        }
    }
    pkmig::migration! {
        V04 "what goes along" {
            create_or_replace_view late as r#"SELECT letters.id, words AS size, letters."The text" AS more FROM @.letters"#;
            drop_view upper;
            drop_column letters."Shown as" cascade;
            drop_view missing if_exists;
            drop_materialized_view kept;
            drop_table tags;
        }
    }
    pkmig::migration! {
        V05 "dropped and made again" {
            drop_view late;
            set_type letters.words: bigint;
            create_view late as "SELECT letters.id, words AS size FROM @.letters";
            create_view latest as "SELECT max(size) AS size FROM @.late";
        }
    }
    pkmig::migration! {
        V06 "a table and all that shows it" {
            create_table others { id: bigint, letter: bigint }
            create_view of_others as "SELECT o.id FROM @.others AS o";
            create_view of_these as "SELECT id FROM @.of_others";
            drop_view late cascade;
        }
    }
    pkmig::migration! {
        V07 "with cascade" {
            drop_table others cascade;
        }
    }
    pkmig::migration! {
        V08 "views to be renamed" {
            create_table shelves { id: bigint primary_key, words: text, row_level_security }
            create_view shelved as "SELECT shelves.id, words FROM @.shelves";
            create_view above as "SELECT shelved.id FROM @.shelved";
            create_materialized_view counted as "SELECT count(*) AS shelves FROM @.shelved";
            create_unique_index on counted (shelves);
            create_policy seen on shelves using("id IN (SELECT s.id FROM @.shelved s)");
            create_trigger new_shelf on shelved instead_of insert for_each row execute add_note();
            comment_on view shelved "as they stand";
        }
    }
    pkmig::migration! {
        V09 "renamed, with all that they have" {
            rename_view shelved => "As they stand";
            rename_view counted => tally;
            rename_view above => over;
            rename_view neither => nor if_exists;
            create_index tally_twice on tally ("shelves * 2");
            create_or_replace_view over as r#"SELECT "As they stand".id, words FROM @."As they stand""#;
            drop_trigger new_shelf on "As they stand";
        }
    }
    pkmig::migration! {
        V10 "made, changed and renamed at once" {
            create_view first as "SELECT over.id FROM @.over";
            comment_on view first "to be the second";
            create_trigger new_shelf on first instead_of insert for_each row execute add_note();
            rename_view first => second;
            create_materialized_view was as "SELECT second.id FROM @.second";
            create_index was_id on was (id);
            refresh_materialized_view was;
            rename_view was => is_now;
            create_or_replace_view second as "SELECT over.id, words FROM @.over";
            rename_view over => below;
            create_view over as "SELECT below.id FROM @.below";
        }
    }
    pkmig::migration! {
        V11 "another one takes the name" {
            drop_view over;
            rename_view second => over;
            drop_materialized_view is_now;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "views" tracked_by track { V01, V02, V03, V04, V05, V06, V07, V08, V09, V10, V11 }
    }
}

#[tokio::test]
async fn views_are_made_replaced_dropped_and_come_back() {
    walk(
        &views::CHAIN,
        r#"
        CREATE FUNCTION short(t text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT left(t, 3)';
        CREATE FUNCTION add_note() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN INSERT INTO "notes" (id, body) VALUES (NEW.id, NEW.shown); RETURN NEW; END';
        CREATE TABLE letters (id bigint CONSTRAINT notes_pkey PRIMARY KEY, "The text" text, words bigint);
        CREATE TABLE shelves (id bigint PRIMARY KEY, words text);
        ALTER TABLE shelves ENABLE ROW LEVEL SECURITY;
        CREATE VIEW "As they stand" AS SELECT id, words FROM shelves;
        COMMENT ON VIEW "As they stand" IS 'as they stand';
        CREATE VIEW below AS SELECT id, words FROM "As they stand";
        CREATE VIEW over AS SELECT id, words FROM below;
        COMMENT ON VIEW over IS 'to be the second';
        CREATE TRIGGER new_shelf INSTEAD OF INSERT ON over FOR EACH ROW EXECUTE FUNCTION add_note();
        CREATE MATERIALIZED VIEW tally AS SELECT count(*) AS shelves FROM "As they stand";
        CREATE UNIQUE INDEX counted_shelves_idx ON tally (shelves);
        CREATE INDEX tally_twice ON tally ((shelves * 2));
        CREATE POLICY seen ON shelves USING (id IN (SELECT s.id FROM "As they stand" s))
        "#,
    )
    .await;
}

#[tokio::test]
async fn a_view_shows_and_a_materialized_one_keeps() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    views::CHAIN.migrator().baseline(false).prefix("acme").up_to(2, &mut *connection).await.unwrap();
    run(connection, "INSERT INTO acme.upper (id, shown) VALUES (7, 'by the view')").await;
    run(connection, "UPDATE acme.notes SET words = 2; INSERT INTO acme.tags VALUES (7, 'a')").await;
    assert_eq!(ask(connection, "SELECT shown FROM acme.upper WHERE id = 7").await, "by ");
    assert_eq!(ask(connection, "SELECT id::text FROM acme.kept").await, "");
    run(connection, "REFRESH MATERIALIZED VIEW acme.kept").await;
    assert_eq!(ask(connection, "SELECT id::text FROM acme.kept").await, "7");
}

mod guarded {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
            create_table notes { id: bigint, words: integer }
        }
    }
    pkmig::migration! {
        V02 "views" {
            create_view late as "SELECT notes.id, words AS size FROM @.notes WHERE words > 1";
            create_materialized_view kept as "SELECT id FROM @.notes";
            create_index kept_id on kept (id);
        }
    }
    pkmig::chain! {
        pub static CHAIN: "guarded" tracked_by track { V01, V02 }
    }
}

/// Makes something by hand where V2 wants its views, and runs V2.
async fn host_has(sql: &str) -> Result<(), String> {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = guarded::CHAIN.migrator().baseline(false).prefix("acme");
    migrator.up_to(1, &mut *connection).await.unwrap();
    run(connection, sql).await;
    let before = catalog(connection, "acme").await;
    let up = migrator.up(&mut *connection).await;
    if up.is_ok() {
        return Ok(());
    }
    same(&catalog(connection, "acme").await, &before, "after a refusal");
    let failed = failed(up);
    assert_eq!(failed.sqlstate, "PKM03", "{failed:?}");
    // Columns of the only table are printed with its name up to PostgreSQL 15.
    Err(failed.message.replace("notes.", ""))
}

#[tokio::test]
async fn a_view_that_is_there_as_declared_is_taken() {
    let late = "CREATE VIEW acme.late AS SELECT id, (words) AS size FROM acme.notes WHERE (words > 1)";
    assert_eq!(host_has(late).await, Ok(()));
    let kept =
        "CREATE MATERIALIZED VIEW acme.kept AS SELECT id FROM acme.notes; CREATE INDEX kept_id ON acme.kept (id)";
    assert_eq!(host_has(kept).await, Ok(()));
}

#[tokio::test]
async fn a_view_that_is_there_and_other_stops_the_version() {
    let stopped = |name: &str, what: &str| Err(format!("view \"acme\".\"{name}\" is not as declared: {what}"));
    let declared = "view SELECT id, words AS size FROM acme.notes WHERE (words > 1);";
    let found = |found: &str| stopped("late", &format!("expected {declared}, found {found}"));
    let other = host_has("CREATE VIEW acme.late AS SELECT id, words AS size FROM acme.notes").await;
    assert_eq!(other, found("view SELECT id, words AS size FROM acme.notes;"));
    let select = "SELECT id, words AS size FROM acme.notes WHERE words > 1";
    let kind = host_has(&format!("CREATE MATERIALIZED VIEW acme.late AS {select}")).await;
    assert_eq!(kind, found(&declared.replacen("view", "materialized view", 1)));
    let option = host_has(&format!("CREATE VIEW acme.late WITH (security_barrier) AS {select}")).await;
    assert_eq!(option, found(&declared.replacen("view", "view with (security_barrier=true)", 1)));
    assert_eq!(host_has("CREATE TABLE acme.late (id bigint, size integer)").await, found("none"));
    let index =
        "CREATE MATERIALIZED VIEW acme.kept AS SELECT id FROM acme.notes; CREATE INDEX kept_id ON acme.kept (id DESC)";
    let differs = "index \"acme\".\"kept_id\" is not as declared: expected btree (id), found btree (id DESC)";
    assert_eq!(host_has(index).await, Err(differs.to_owned()));
}
