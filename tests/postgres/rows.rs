//! Rows that steps fill, rename and clear, and rows that a down is refused for.

use pkmig::Error;
use pkmig::schema::Version;
use sqlx::PgConnection;

use crate::support::{ODD, ask, database, quoted, run, stamp, walk};

mod notes {
    pkmig::migration! {
        V01 "tables" {
            create_table track { id: integer }
            create_table notebooks { id: bigserial primary_key, name: varchar(20) index }
            create_table notes { id: bigserial primary_key, notebook_id: bigint, body: text, mood: text }
            create_table pages { note_id: bigint }
            create_table settings { key: varchar(20) primary_key, value: text }
            create_table permissions { role: integer, module: text, unique (role, module) }
        }
    }
    pkmig::migration! {
        V02 "filled, renamed and cleared" {
            add_column notes.notebook: text index backfill(notebooks.name on(id = notebook_id));
            add_column notes.slug: text not_null backfill("'note-' || id") unique_index;
            set_not_null notes.mood backfill("'calm'");
            rename_value settings.key { "a" => "b", "it's" => "d" } on_conflict do_nothing;
            rename_value permissions.module { "x" => "y" } on_conflict do_delete;
            add_foreign_key notes (notebook_id) references notebooks (id) orphans(set_null);
            add_foreign_key pages (note_id) references notes (id) on_delete cascade orphans(delete);
        }
    }
    pkmig::migration! {
        V03 "for both" {
            for table in {notebooks, notes} {
                add_column table.origin: text;
                backfill table.origin = "'@.table'";
            }
            create_index on {notebooks, notes}.origin;
            add_check notes notes_mood_check ("mood IN ('calm', 'busy')");
        }
    }
    pkmig::migration! {
        V04 "more moods" {
            drop_constraint notes notes_mood_check;
            on_down delete_rows notes where("mood = 'new'");
            add_check notes notes_mood_check ("mood IN ('calm', 'busy', 'new')");
            drop_not_null notes.slug;
            on_down backfill notes.slug = notebooks.name on(id = notebook_id) where("slug IS NULL");
        }
    }
    pkmig::migration! {
        V05 "moods are feelings" {
            rename_column notes.mood => feeling;
        }
    }
    pkmig::migration! {
        V06 "feelings are told" {
            execute "UPDATE @.notes SET body = feeling" when(column notes.feeling) down_noop("it is told");
            drop_column notes.feeling;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "rows" tracked_by track { V01, V02, V03, V04, V05, V06 }
    }
}

const ROWS: &str = "INSERT INTO notebooks (name) VALUES ('one'), ('two');
    INSERT INTO notes (notebook_id, mood) VALUES (1, NULL), (2, 'busy'), (9, 'calm'), (NULL, 'calm');
    INSERT INTO pages VALUES (1), (9), (NULL);
    INSERT INTO settings VALUES ('a', '1'), ('b', '2'), ('it''s', '3');
    INSERT INTO permissions VALUES (1, 'x'), (1, 'y'), (2, 'x'), (NULL, 'x')";
const NOTES: &str =
    "SELECT concat_ws(' ', id, coalesce(notebook_id::text, '-'), mood, slug, notebook) FROM notes ORDER BY id";
const SETTINGS: &str = "SELECT string_agg(key || value, ' ' ORDER BY value) FROM settings";
const PERMISSIONS: &str = "SELECT string_agg(concat(role, module), ' ' ORDER BY role) FROM permissions";

async fn values(connection: &mut PgConnection) -> [String; 3] {
    [ask(connection, NOTES).await, ask(connection, SETTINGS).await, ask(connection, PERMISSIONS).await]
}

#[tokio::test]
async fn values_are_filled_renamed_and_cleared_once() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    for prefix in ["acme", ODD] {
        let migrator = notes::CHAIN.migrator().baseline(false).prefix(prefix).allow_data_loss(true);
        migrator.up_to(1, &mut *connection).await.unwrap();
        run(connection, &format!("SET search_path = {}", quoted(prefix))).await;
        run(connection, ROWS).await;
        let filled =
            ["1 1 calm note-1 one\n2 2 busy note-2 two\n3 - calm note-3\n4 - calm note-4", "a1 b2 d3", "1y 2y y"];
        for _ in 0..2 {
            migrator.up_to(2, &mut *connection).await.unwrap();
            assert_eq!(values(connection).await, filled);
            assert_eq!(ask(connection, "SELECT note_id::text FROM pages ORDER BY 1").await, "1\n-");
            stamp(connection, prefix, 1).await;
        }
        stamp(connection, prefix, 2).await;
        migrator.down_to(1, &mut *connection).await.unwrap();
        // `b` was there before: `a` is taken on the way back, too.
        assert_eq!(ask(connection, SETTINGS).await, "a1 b2 it's3");
        assert_eq!(ask(connection, PERMISSIONS).await, "1x 2x x");
    }
}

#[tokio::test]
async fn rows_that_a_down_deletes_need_leave() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = notes::CHAIN.migrator().baseline(false);
    migrator.up_to(5, &mut *connection).await.unwrap();
    run(connection, "INSERT INTO notes (feeling, slug) VALUES ('calm', 'x'), ('new', 'y')").await;
    let Error::DataLoss { version, holding, .. } = migrator.down_to(3, &mut *connection).await.unwrap_err() else {
        panic!("rows are deleted without a word");
    };
    assert_eq!((version, holding), (Version(4), vec!["rows of table `notes` (1 row)".to_owned()]));
    assert_eq!(migrator.version(&mut *connection).await.unwrap(), Version(5));
    run(connection, "UPDATE notes SET feeling = 'busy' WHERE feeling = 'new'").await;
    migrator.down_to(3, &mut *connection).await.unwrap();
    assert_eq!(ask(connection, "SELECT mood FROM notes ORDER BY id").await, "calm\nbusy");

    migrator.up_to(5, &mut *connection).await.unwrap();
    run(connection, "UPDATE notes SET feeling = 'new' WHERE slug = 'x'").await;
    migrator.clone().allow_data_loss(true).down_to(3, &mut *connection).await.unwrap();
    assert_eq!(ask(connection, "SELECT slug FROM notes").await, "y");
}

#[tokio::test]
async fn rows_that_a_rename_deletes_on_the_way_down_need_leave() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = notes::CHAIN.migrator().baseline(false);
    migrator.up_to(2, &mut *connection).await.unwrap();
    run(connection, "INSERT INTO permissions VALUES (1, 'x'), (1, 'y'), (2, 'y')").await;
    let Error::DataLoss { holding, .. } = migrator.down_to(1, &mut *connection).await.unwrap_err() else {
        panic!("rows are deleted without a word");
    };
    assert_eq!(holding, ["rows of table `permissions` (1 row)"]);
    run(connection, "DELETE FROM permissions WHERE module = 'x'").await;
    migrator.down_to(1, &mut *connection).await.unwrap();
    assert_eq!(ask(connection, PERMISSIONS).await, "1x 2x");
}

#[tokio::test]
async fn a_column_that_nothing_fills_is_refused_before_the_first_statement() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = notes::CHAIN.migrator().baseline(false).allow_data_loss(true);
    migrator.up(&mut *connection).await.unwrap();
    run(connection, "INSERT INTO notes (slug) VALUES ('x')").await;
    let error = migrator.down_to(1, &mut *connection).await.unwrap_err();
    let expected = "the down of V6 brings back column `notes.feeling`, which is not_null without a default, but table \
                    `notes` has rows";
    assert_eq!(error.report().lines().next(), Some(expected));
    assert_eq!(migrator.version(&mut *connection).await.unwrap(), Version(6));
    run(connection, "DELETE FROM notes").await;
    migrator.down_to(1, &mut *connection).await.unwrap();
}

#[tokio::test]
async fn raw_sql_waits_for_no_column_that_is_gone() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = notes::CHAIN.migrator().baseline(false);
    migrator.up_to(5, &mut *connection).await.unwrap();
    run(connection, "INSERT INTO notes (feeling, slug) VALUES ('calm', 'x')").await;
    for _ in 0..2 {
        migrator.up(&mut *connection).await.unwrap();
        assert_eq!(ask(connection, "SELECT body FROM notes").await, "calm");
        stamp(connection, "public", 5).await;
    }
}

#[tokio::test]
async fn every_version_changes_the_catalog_as_it_says() {
    let expected = "CREATE TABLE notebooks (id bigserial PRIMARY KEY, name varchar(20), origin text);
        CREATE INDEX ON notebooks (name); CREATE INDEX ON notebooks (origin);
        CREATE TABLE notes (id bigserial PRIMARY KEY, notebook_id bigint REFERENCES notebooks, body text, notebook text,
            slug text, origin text);
        CREATE INDEX ON notes (notebook); CREATE INDEX ON notes (origin); CREATE UNIQUE INDEX ON notes (slug);
        CREATE TABLE pages (note_id bigint REFERENCES notes ON DELETE CASCADE);
        CREATE TABLE settings (key varchar(20) PRIMARY KEY, value text);
        CREATE TABLE permissions (role integer, module text, UNIQUE (role, module))";
    walk(&notes::CHAIN, expected).await;
}
