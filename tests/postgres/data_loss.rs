//! What a down would lose is found, whoever holds it and however it goes: and nothing goes without leave.

use std::time::{Duration, Instant};

use pkmig::schema::Version;
use pkmig::{Error, Migrator};
use sqlx::{Connection, PgConnection};

use crate::refusals::{drop_role, role};
use crate::support::{ODD, ask, database, quoted, run};

mod notes {
    pkmig::migration! {
        V01 "tables" {
            create_table track { id: integer }
            create_table notebooks { id: bigserial primary_key, name: text not_null unique, color: text, sort: integer default(0) }
            create_table notes {
                id: bigserial primary_key,
                notebook_id: bigint references(notebooks.id, on_delete: cascade),
                body: text,
            }
            create_table comments { id: bigserial primary_key, note_id: bigint references(notes.id, on_delete: cascade) }
            create_table settings { key: text primary_key, value: text }
        }
    }
    pkmig::migration! {
        V02 "rows" {
            seed notebooks (name, color) on_conflict(name) do_nothing { ("Inbox", "red"), ("Archive", null) }
            seed settings (key, value) on_conflict(key) do_nothing { ("a", "1"), ("b", "2") }
        }
    }
    pkmig::migration! {
        V03 "columns" {
            add_column notes.tags: text[] not_null default(sql("ARRAY[]::text[]"));
            add_column notes.rank: integer not_null default(3);
            add_column notes.meta: jsonb not_null default("{}");
            add_column notes.title: varchar(20);
        }
    }
    pkmig::migration! {
        V04 "more tables" {
            create_table tags { id: integer primary_key, name: text }
            seed tags (id, name) on_conflict(id) do_nothing { (1, "new"), (2, "old") }
        }
    }
    pkmig::migration! {
        V05 "filled" {
            add_column settings.note: text;
            backfill settings.note = "key || value";
            backfill settings.value = "'x'" where("key = 'b'");
        }
    }
    pkmig::migration! {
        V06 "states" {
            add_column notes.state: text;
            on_down delete_rows notes where("state = 'new'");
        }
    }
    pkmig::chain! {
        pub static CHAIN: "loss" tracked_by track { V01, V02, V03, V04, V05, V06 }
    }
}

fn migrator() -> Migrator {
    notes::CHAIN.migrator().baseline(false)
}

/// What a run was refused for before it began, and the first version that it would have lost something in.
fn lost<T: std::fmt::Debug>(result: Result<T, Error>) -> (u32, Vec<String>) {
    match result {
        Err(Error::DataLoss { version, holding, reverted: None }) => (version.0, holding),
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// What a version was rolled back for, and which versions were left before it.
fn lost_under_lock<T: std::fmt::Debug>(result: Result<T, Error>) -> (u32, Vec<String>, Vec<Version>) {
    match result {
        Err(Error::DataLoss { version, holding, reverted: Some(reverted) }) => (version.0, holding, reverted),
        other => panic!("expected a version that is rolled back, got {other:?}"),
    }
}

/// Another session with statements that are not committed yet.
async fn writer(connection: &mut PgConnection, sql: &str) {
    run(connection, &format!("BEGIN; {sql}")).await;
}

async fn may_create(owner: &mut PgConnection, role: &str) {
    let database = ask(owner, "SELECT current_database()").await;
    run(owner, &format!("GRANT CREATE ON DATABASE {} TO {}", quoted(&database), quoted(role))).await;
}

/// Waits until a session waits for a lock on a table.
async fn waits(connection: &mut PgConnection) {
    let question = "SELECT count(*)::text FROM pg_locks WHERE NOT granted AND relation IS NOT NULL \
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let start = Instant::now();
    while ask(connection, question).await == "0" {
        assert!(start.elapsed() < Duration::from_secs(30), "nobody waits");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_fresh_install_goes_down_without_leave() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    for (prefix, baseline) in [("acme", false), ("fresh", false), (ODD, false)] {
        let migrator = notes::CHAIN.migrator().baseline(baseline).prefix(prefix);
        migrator.up(&mut *connection).await.unwrap();
        migrator.down_to(0, &mut *connection).await.unwrap_or_else(|error| panic!("{prefix}: {error}"));
        migrator.up(&mut *connection).await.unwrap();
        for version in (0..6).rev() {
            let down = migrator.down_to(version, &mut *connection).await;
            let stays = down.unwrap_or_else(|error| panic!("{prefix}: {error}")).stays;
            assert_eq!(stays, Vec::<String>::new(), "{prefix}");
        }
    }
}

#[tokio::test]
async fn rows_that_are_committed_while_a_drop_waits_are_found() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let (theirs, third) = (&mut database.connect().await.unwrap(), &mut database.connect().await.unwrap());
    let cases = [
        ("INSERT INTO tags VALUES (9, 'theirs')", 3, 4, "table `tags` (3 rows)"),
        ("UPDATE tags SET name = 'theirs' WHERE id = 1", 3, 4, "table `tags` (2 rows)"),
        ("UPDATE notes SET title = 'theirs'", 2, 3, "column `notes.title` (1 row)"),
        ("UPDATE notes SET state = 'new'", 5, 6, "rows of table `notes` (1 row)"),
        (
            "INSERT INTO notes (notebook_id) SELECT id FROM notebooks WHERE name = 'Archive'",
            1,
            2,
            "1 row of `notes` (by ON DELETE CASCADE from `notebooks`)",
        ),
    ];
    for (sql, target, version, what) in cases {
        migrator().up(&mut *connection).await.unwrap();
        run(connection, "DELETE FROM notes; INSERT INTO notes (body) VALUES ('a')").await;
        migrator().down_to(version, &mut *connection).await.unwrap();
        writer(theirs, sql).await;
        let down = tokio::spawn({
            let pool = sqlx::PgPool::connect_lazy(database.url()).unwrap();
            async move { migrator().down_to(target, &pool).await }
        });
        waits(third).await;
        run(theirs, "COMMIT").await;
        let (found, holding, reverted) = lost_under_lock(down.await.unwrap());
        assert_eq!(
            (found, holding.as_slice(), reverted.as_slice()),
            (version, [what.to_owned()].as_slice(), [].as_slice())
        );
        assert_eq!(migrator().version(&mut *connection).await.unwrap().0, version);
        migrator().allow_data_loss(true).down_to(0, &mut *connection).await.unwrap();
    }
}

#[tokio::test]
async fn a_version_that_finds_rows_under_its_lock_says_what_was_done_before_it() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let (theirs, third) = (&mut database.connect().await.unwrap(), &mut database.connect().await.unwrap());
    migrator().up(&mut *connection).await.unwrap();
    writer(theirs, "INSERT INTO tags VALUES (9, 'theirs')").await;
    let down = tokio::spawn({
        let pool = sqlx::PgPool::connect_lazy(database.url()).unwrap();
        async move { migrator().down_to(1, &pool).await }
    });
    waits(third).await;
    run(theirs, "COMMIT").await;
    let error = down.await.unwrap().unwrap_err();
    let expected = "the down of V4 would drop data and was rolled back: table `tags` (3 rows)\n";
    assert!(error.report().starts_with(expected), "{error}");
    assert!(error.report().contains("\nnote: V6 to V5 were done before it and stay\n"), "{error}");
    assert_eq!(migrator().version(&mut *connection).await.unwrap().0, 4);
    assert_eq!(ask(connection, "SELECT count(*)::text FROM tags").await, "3");
}

#[tokio::test]
async fn what_foreign_keys_take_along_is_counted_in_every_schema() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    for prefix in ["public", ODD] {
        let of = |table: &str| format!("{}.{table}", quoted(prefix));
        let migrator = migrator().prefix(prefix);
        migrator.up(&mut *connection).await.unwrap();
        run(
            connection,
            &format!(
                "CREATE SCHEMA host;
                 CREATE TABLE host.orders (id int PRIMARY KEY, note bigint REFERENCES {1} ON DELETE CASCADE, up int REFERENCES host.orders ON DELETE CASCADE);
                 CREATE TABLE host.lines (id int, order_id int REFERENCES host.orders ON DELETE SET NULL);
                 CREATE TABLE host.labels (notebook text DEFAULT 'Archive' REFERENCES {0} (name) ON DELETE SET DEFAULT);
                 INSERT INTO {1} (notebook_id) SELECT id FROM {0}, generate_series(1, 3);
                 INSERT INTO {1} (body) VALUES ('of no notebook');
                 INSERT INTO {2} (note_id) SELECT id FROM {1};
                 INSERT INTO host.orders SELECT id, id FROM {1} WHERE notebook_id IS NOT NULL;
                 INSERT INTO host.orders VALUES (100, NULL, 1), (101, NULL, 100), (102, NULL, NULL);
                 INSERT INTO host.lines VALUES (1, 101), (2, 102);
                 INSERT INTO host.labels VALUES ('Inbox'), (NULL)",
                of("notebooks"),
                of("notes"),
                of("comments")
            ),
        )
        .await;
        let expected = [
            "6 rows of `notes` (by ON DELETE CASCADE from `notebooks`)",
            "6 rows of `comments` (by ON DELETE CASCADE from `notes`)",
            "6 rows of `host.orders` (by ON DELETE CASCADE from `notes`)",
            "2 rows of `host.orders` (by ON DELETE CASCADE from `host.orders`)",
            "1 row of `host.lines`, changed (by ON DELETE SET NULL from `host.orders`)",
            "1 row of `host.labels`, changed (by ON DELETE SET DEFAULT from `notebooks`)",
        ];
        let (version, holding) = lost(migrator.down_to(1, &mut *connection).await);
        let mut sorted: Vec<_> = holding.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        let mut all = expected.to_vec();
        all.sort_unstable();
        assert_eq!((version, sorted), (2, all));
        let planned = migrator.plan(Some(1), &mut *connection).await.unwrap();
        assert_eq!(
            planned.iter().flat_map(|version| &version.holds).collect::<Vec<_>>(),
            holding.iter().collect::<Vec<_>>()
        );
        assert_eq!(migrator.version(&mut *connection).await.unwrap().0, 6);
        run(connection, "DROP TABLE host.labels").await;
        migrator.clone().allow_data_loss(true).down_to(1, &mut *connection).await.unwrap();
        assert_eq!(ask(connection, &format!("SELECT count(*)::text FROM {}", of("notes"))).await, "1");
        run(connection, "DROP SCHEMA host CASCADE").await;
        migrator.allow_data_loss(true).down_to(0, &mut *connection).await.unwrap();
    }
}

#[tokio::test]
async fn a_delete_of_rows_takes_along_no_row_without_leave() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    migrator().up(&mut *connection).await.unwrap();
    run(connection, "INSERT INTO notes (id, state) VALUES (1, 'new'), (2, 'old'); INSERT INTO comments (note_id) VALUES (1), (1), (2)")
        .await;
    let (version, holding) = lost(migrator().down_to(5, &mut *connection).await);
    let expected = [
        "column `notes.state` (2 rows)",
        "rows of table `notes` (1 row)",
        "2 rows of `comments` (by ON DELETE CASCADE from `notes`)",
    ];
    assert_eq!(version, 6);
    assert!(expected.iter().all(|one| holding.iter().any(|held| held == one)) && holding.len() == 3, "{holding:?}");
}

#[tokio::test]
async fn a_seeded_row_that_was_changed_or_is_pointed_at_stays() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    migrator().up_to(1, &mut *connection).await.unwrap();
    // One that was there before is as good as a seeded one, if it is the same.
    run(connection, "INSERT INTO settings VALUES ('a', '1')").await;
    migrator().up(&mut *connection).await.unwrap();
    run(
        connection,
        "CREATE SCHEMA host; CREATE TABLE host.folders (of bigint REFERENCES notebooks);
         INSERT INTO host.folders SELECT id FROM notebooks WHERE name = 'Archive';
         UPDATE notebooks SET color = 'blue' WHERE name = 'Inbox'",
    )
    .await;
    let expected = [
        "1 row of `notebooks` that V2 has seeded, changed since: (Inbox)",
        "1 row of `notebooks` that V2 has seeded, which other rows point at: (Archive)",
    ];
    let planned = migrator().plan(Some(1), &mut *connection).await.unwrap();
    assert_eq!(planned.last().unwrap().stays, expected);
    assert_eq!(migrator().down_to(1, &mut *connection).await.unwrap().stays, expected);
    assert_eq!(
        ask(connection, "SELECT name || ' ' || coalesce(color, '-') FROM notebooks ORDER BY id").await,
        "Inbox blue\nArchive -"
    );
    assert_eq!(ask(connection, "SELECT key FROM settings").await, "");
    // What it had brought and what stayed is a row like any other by now.
    run(connection, "DROP SCHEMA host CASCADE").await;
    assert_eq!(lost(migrator().down_to(0, &mut *connection).await), (1, vec!["table `notebooks` (2 rows)".to_owned()]));
}

#[tokio::test]
async fn values_that_are_the_columns_default_are_no_loss() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    migrator().up(&mut *connection).await.unwrap();
    run(connection, "INSERT INTO notes (body) SELECT 'a' FROM generate_series(1, 5)").await;
    migrator().down_to(2, &mut *connection).await.unwrap();
    migrator().up(&mut *connection).await.unwrap();
    run(connection, "UPDATE notes SET tags = '{x}' WHERE id = 1; UPDATE notes SET rank = 4 WHERE id < 4; UPDATE notes SET meta = '{\"a\": 1}' WHERE id = 5").await;
    let (version, mut holding) = lost(migrator().down_to(2, &mut *connection).await);
    holding.sort();
    assert_eq!(
        (version, holding),
        (
            3,
            ["column `notes.meta` (1 row)", "column `notes.rank` (3 rows)", "column `notes.tags` (1 row)"]
                .map(str::to_owned)
                .to_vec()
        )
    );
    // What the chain has filled in rows of its own is nobody's, but in others' it is.
    run(connection, "DELETE FROM notes").await;
    migrator().down_to(4, &mut *connection).await.unwrap();
    run(connection, "INSERT INTO settings VALUES ('c', '3')").await;
    migrator().up(&mut *connection).await.unwrap();
    assert_eq!(
        lost(migrator().down_to(4, &mut *connection).await),
        (5, vec!["column `settings.note` (3 rows)".to_owned()])
    );
}

#[tokio::test]
async fn row_level_security_hides_nothing_from_the_owner() {
    let database = database().await;
    let owner = &mut database.connect().await.unwrap();
    let (name, mut theirs) = role(&database, owner).await;
    may_create(owner, &name).await;
    let migrator = migrator().prefix("acme");
    migrator.up_to(4, &mut theirs).await.unwrap();
    let force = "ALTER TABLE acme.notes ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        ALTER TABLE acme.settings ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        ALTER TABLE acme.tags ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
        ALTER TABLE acme.notebooks ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY";
    run(
        owner,
        &format!(
            "INSERT INTO acme.tags VALUES (3, 'theirs'); INSERT INTO acme.notes (title) VALUES ('theirs'); {force}"
        ),
    )
    .await;
    assert_eq!(ask(&mut theirs, "SELECT count(*)::text FROM acme.tags").await, "0");
    // What is filled is filled, on the way up.
    migrator.up_to(5, &mut theirs).await.unwrap();
    assert_eq!(ask(owner, "SELECT key || value || note FROM acme.settings ORDER BY key").await, "a1a1\nbxb2");
    let forced =
        "SELECT count(*)::text FROM pg_class WHERE relnamespace = 'acme'::regnamespace AND relforcerowsecurity";
    assert_eq!(ask(owner, forced).await, "4");
    let (version, holding) = lost(migrator.down_to(2, &mut theirs).await);
    assert_eq!(
        (version, holding),
        (4, vec!["table `tags` (3 rows)".to_owned(), "column `notes.title` (1 row)".to_owned()])
    );
    assert_eq!(ask(owner, forced).await, "4");
    // Seeds go and come, and what is forced stays forced.
    run(owner, "DELETE FROM acme.tags WHERE id = 3; UPDATE acme.notes SET title = NULL").await;
    migrator.down_to(1, &mut theirs).await.unwrap();
    assert_eq!(ask(owner, "SELECT count(*)::text FROM acme.notebooks").await, "0");
    migrator.up_to(2, &mut theirs).await.unwrap();
    assert_eq!(ask(owner, "SELECT count(*)::text FROM acme.notebooks").await, "2");
    assert_eq!(ask(owner, forced).await, "3");
    theirs.close().await.unwrap();
    drop_role(owner, &name).await;
}

#[tokio::test]
async fn a_hosts_table_that_the_role_may_not_read_stops_the_run_by_name() {
    let database = database().await;
    let owner = &mut database.connect().await.unwrap();
    let (name, mut theirs) = role(&database, owner).await;
    may_create(owner, &name).await;
    let migrator = migrator().prefix("acme");
    migrator.up_to(2, &mut theirs).await.unwrap();
    run(
        owner,
        "CREATE SCHEMA host; CREATE TABLE host.orders (notebook bigint REFERENCES acme.notebooks ON DELETE CASCADE);
         INSERT INTO host.orders SELECT id FROM acme.notebooks",
    )
    .await;
    let hidden =
        format!("rows of `host.orders`, which role `{name}` may not read (by ON DELETE CASCADE from `notebooks`)");
    assert_eq!(lost(migrator.down_to(1, &mut theirs).await), (2, vec![hidden.clone()]));
    run(owner, &format!("GRANT USAGE ON SCHEMA host TO {0}; GRANT SELECT ON host.orders TO {0}", quoted(&name))).await;
    let seen = "2 rows of `host.orders` (by ON DELETE CASCADE from `notebooks`)";
    assert_eq!(lost(migrator.down_to(1, &mut theirs).await), (2, vec![seen.to_owned()]));
    run(owner, "ALTER TABLE host.orders ENABLE ROW LEVEL SECURITY").await;
    assert_eq!(lost(migrator.down_to(1, &mut theirs).await), (2, vec![hidden]));
    // Nothing goes, nothing is hidden.
    run(owner, "DELETE FROM host.orders; DELETE FROM acme.notebooks").await;
    migrator.down_to(1, &mut theirs).await.unwrap();
    theirs.close().await.unwrap();
    drop_role(owner, &name).await;
}

#[tokio::test]
async fn a_locked_table_is_not_waited_for_without_end() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let theirs = &mut database.connect().await.unwrap();
    migrator().up(&mut *connection).await.unwrap();
    writer(theirs, "LOCK TABLE tags").await;
    let start = Instant::now();
    let migrator = migrator().lock_timeout(Duration::from_millis(300));
    let error = migrator.down_to(3, &mut *connection).await.unwrap_err();
    let expected = "could not count the rows of table `tags` that the down of V4 would lose; nothing was done: canceling \
                    statement due to lock timeout (SQLSTATE 55P03)\nhelp: another session holds a lock on it: look in pg_locks, and run again";
    assert_eq!(error.report(), expected);
    assert!(start.elapsed() < Duration::from_secs(20));
    let planned = migrator.plan(Some(3), &mut *connection).await.unwrap();
    assert!(planned.iter().any(|version| version.holds.iter().any(|one| one.starts_with("unknown: "))));
    run(theirs, "COMMIT").await;
    migrator.down_to(3, &mut *connection).await.unwrap();
}

#[tokio::test]
async fn a_script_asks_as_a_run_does() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    migrator().up(&mut *connection).await.unwrap();
    run(connection, "INSERT INTO tags VALUES (3, 'theirs')").await;
    let scripts: Vec<String> = migrator().script(6, 3).unwrap().iter().map(pkmig::PlannedVersion::sql).collect();
    for script in &scripts[..2] {
        run(connection, script).await;
    }
    let error = sqlx::raw_sql(sqlx::AssertSqlSafe(scripts[2].clone())).execute(&mut *connection).await.unwrap_err();
    let error = error.into_database_error().unwrap();
    assert_eq!(
        (error.code().as_deref(), error.message()),
        (Some("PKM08"), "the down of V4 would drop data: table `tags` (3 rows)")
    );
    run(connection, &format!("SET pkmig.allow_data_loss = on; {}", scripts[2])).await;
    assert_eq!(migrator().version(&mut *connection).await.unwrap().0, 3);
}
