//! Other surroundings: no search_path to speak of, another encoding, psql.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use pkmig::Chain;
use pkmig::testing::Database;
use sqlx::{Connection, PgConnection};

use crate::support::{ODD, ask, catalog, database, quoted, run, same, stamp};

mod everything {
    pkmig::migration! {
        V01 "tables" {
            create_extension citext;
            create_extension pg_trgm;
            create_table track { id: integer }
            create_enum mood { "sad", "it's", "naïve" }
            create_function shout(a: text) returns text language plpgsql immutable { "BEGIN RETURN upper(a); END" }
            create_table items {
                id: bigserial primary_key,
                email: citext not_null default("x@y") unique,
                name: text default(@.shout("naïve")) comment("façade"),
                mood: mood default("naïve"),
                n: integer check("n > 0 AND name <> 'déjà'"),
                self_id: bigint references(items.id, on_delete: set_null),
                index items_trigram (name gin_trgm_ops) using gin,
                index items_partial ("lower(name)") where("mood <> 'sad'"),
            }
        }
    }
    pkmig::migration! {
        V02 "rows" {
            seed items (email, name, mood) on_conflict(email) do_update(name) { ("A", "Ünder", "it's"), ("b", "it's", null) }
            add_column items.more: citext default("more");
            add_column items.upper: text;
            backfill items.upper = "@.shout(items.name)" where("items.upper IS NULL") batch(1);
            execute "UPDATE @.items SET n = 1 WHERE n IS NULL" idempotent down_noop("they may stay");
        }
    }
    pkmig::migration! {
        V03 "outside, and other names" {
            create_index items_upper on items (upper) concurrently;
            rename_table items => things;
            rename_column things.name => title;
            add_check things titled ("title <> ''") not_valid;
            validate_constraint things titled;
            drop_index items_trigram;
            set_type things.title: varchar(100);
        }
    }
    pkmig::migration! {
        V04 "and gone" {
            drop_column things.{upper, mood};
            drop_enum mood;
            create_table others { id: serial primary_key, thing_id: bigint references(things.id) }
            create_index on others (thing_id);
        }
    }
    pkmig::chain! {
        pub static CHAIN: "surroundings" tracked_by track { V01, V02, V03, V04 }
    }
}

static CHAIN: &Chain = &everything::CHAIN;

/// Up, up again version by version, down, and up again.
async fn round(connection: &mut PgConnection, prefix: &str) -> String {
    let migrator = CHAIN.migrator().baseline(false).prefix(prefix).allow_data_loss(true);
    for version in 1..=4 {
        migrator.up_to(version, &mut *connection).await.unwrap_or_else(|error| panic!("V{version}: {error}"));
        stamp(connection, prefix, version - 1).await;
        migrator.up_to(version, &mut *connection).await.unwrap_or_else(|error| panic!("V{version} again: {error}"));
    }
    let made = catalog(connection, prefix).await;
    migrator.down_to(0, &mut *connection).await.unwrap_or_else(|error| panic!("down: {error}"));
    same(&catalog(connection, prefix).await, "", "down");
    migrator.up(&mut *connection).await.unwrap();
    same(&catalog(connection, prefix).await, &made, "up after down");
    made
}

#[tokio::test]
async fn nothing_depends_on_the_search_path() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let expected = round(connection, "plain").await;
    let name = quoted(&ask(connection, "SELECT current_database()").await);
    for path in ["pg_catalog", "''", "plain, public"] {
        run(connection, &format!("ALTER DATABASE {name} SET search_path = {path}")).await;
        for prefix in ["acme", ODD] {
            let connection = &mut database.connect().await.unwrap();
            same(&round(connection, prefix).await, &expected, path);
            CHAIN
                .migrator()
                .baseline(false)
                .prefix(prefix)
                .allow_data_loss(true)
                .down_to(0, &mut *connection)
                .await
                .unwrap();
        }
    }
    same(&catalog(connection, "plain").await, &expected, "the other install");
}

/// Names and titles that are the end of a comment, or a format.
mod odd {
    pkmig::migration! {
        V01 "one\nSELECT 1/0; -- \u{1b}[2J" {
            create_table track { id: integer }
            create_table notes { id: integer, body: text check("body NOT LIKE '%s'") }
        }
    }
    pkmig::migration! {
        V02 "100 %" {
            add_column notes.share: text default("%s");
            backfill notes.share = "'100 %'" where("notes.share = '%s'") batch(10);
        }
    }
    pkmig::chain! {
        pub static CHAIN: "100 %s of .. %" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn a_chain_and_its_versions_may_be_called_anything() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    for baseline in [true, false] {
        let migrator = odd::CHAIN.migrator().baseline(baseline).prefix("acme").allow_data_loss(true);
        migrator.up(&mut *connection).await.unwrap();
        migrator.down_to(0, &mut *connection).await.unwrap();
        migrator.up_to(1, &mut *connection).await.unwrap();
        migrator.up(&mut *connection).await.unwrap();
        migrator.down_to(1, &mut *connection).await.unwrap();
        migrator.down_to(0, &mut *connection).await.unwrap();
    }
    let scripted = |from, to| {
        let planned = odd::CHAIN.migrator().baseline(false).prefix("acme").script(from, to).unwrap();
        planned.iter().map(pkmig::PlannedVersion::sql).collect::<String>()
    };
    let early = psql(&database, &scripted(1, 2)).unwrap_err();
    assert!(early.contains("V2 comes after V1, but 100 %s of .. % is at V0"), "{early}");
    for (from, to) in [(0, 2), (2, 0)] {
        psql(&database, &scripted(from, to)).unwrap();
    }
}

#[tokio::test]
async fn a_name_that_was_taken_beforehand_is_in_nobodys_way() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    CHAIN.migrator().prefix("acme").up(&mut *connection).await.unwrap();
    let process = ask(connection, "SELECT pg_backend_pid()::text").await;
    run(connection, &format!("CREATE SCHEMA pkmig_verify_{process}")).await;
    assert!(CHAIN.migrator().prefix("acme").verify(&mut *connection).await.unwrap().is_clean());
}

#[tokio::test]
async fn a_latin1_database_will_do() {
    let database = database().await;
    let mut owner = database.connect().await.unwrap();
    let name = format!("{}_latin1", ask(&mut owner, "SELECT current_database()").await);
    run(
        &mut owner,
        &format!("CREATE DATABASE {} TEMPLATE template0 ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'", quoted(&name)),
    )
    .await;
    let mut url = url::Url::parse(database.url()).unwrap();
    url.set_path(&name);
    let mut connection = PgConnection::connect(url.as_str()).await.unwrap();
    // Before PostgreSQL 15 everybody may create objects there.
    run(&mut connection, "REVOKE CREATE ON SCHEMA public FROM PUBLIC").await;
    round(&mut connection, "acme").await;
    round(&mut connection, "naïve").await;
    connection.close().await.unwrap();
    run(&mut owner, &format!("DROP DATABASE {}", quoted(&name))).await;
}

/// A program on the PATH or beside a server's binaries.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let beside = installed.map(|version| version.path().join("bin"));
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/usr/local/sbin".into()]).chain(beside);
    let chosen = std::env::var_os("PKMIG_PG_BIN").map(PathBuf::from);
    chosen.into_iter().chain(folders).map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// Runs a script and gives back what went wrong.
pub(crate) fn psql(database: &Database, script: &str) -> Result<(), String> {
    psql_with(database, &[], script)
}

/// The same with options.
pub(crate) fn psql_with(database: &Database, options: &[&str], script: &str) -> Result<(), String> {
    let program = program("psql").expect("psql is there where a server is");
    let mut psql = Command::new(program)
        .args(options)
        .args(["--no-psqlrc", "--quiet", "-v", "ON_ERROR_STOP=1", "-f", "-", "-d", database.url()])
        .env("PGCLIENTENCODING", "UTF8")
        .env("PGOPTIONS", "-c client_min_messages=warning")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    psql.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = psql.wait_with_output().unwrap();
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
}

fn script(prefix: &str, from: u32, to: u32) -> String {
    let planned = CHAIN.migrator().baseline(false).prefix(prefix).script(from, to).unwrap();
    planned.iter().map(pkmig::PlannedVersion::sql).collect()
}

#[tokio::test]
async fn the_script_runs_through_psql_up_and_down_and_again_without_effect() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    CHAIN.migrator().baseline(false).prefix("migrated").up(&mut *connection).await.unwrap();
    let expected = catalog(connection, "migrated").await;
    let rows = |prefix: &str| {
        format!("SELECT email || ' ' || title || ' ' || id || ' ' || n FROM {}.things ORDER BY id", quoted(prefix))
    };
    for prefix in ["acme", ODD, "a.b"] {
        for _ in 0..2 {
            psql(&database, &script(prefix, 0, 4)).unwrap();
            same(&catalog(connection, prefix).await, &expected, prefix);
            assert_eq!(ask(connection, &rows(prefix)).await, ask(connection, &rows("migrated")).await);
            assert_eq!(CHAIN.migrator().baseline(false).prefix(prefix).version(&mut *connection).await.unwrap().0, 4);
        }
        stamp(connection, prefix, 3).await;
        psql(&database, &script(prefix, 3, 4)).unwrap();
        same(&catalog(connection, prefix).await, &expected, prefix);
        psql(&database, &script(prefix, 4, 2)).unwrap();
        let between = catalog(connection, prefix).await;
        psql(&database, &script(prefix, 4, 2)).unwrap();
        same(&catalog(connection, prefix).await, &between, "down again");
        psql(&database, &script(prefix, 2, 0)).unwrap();
        psql(&database, &script(prefix, 4, 0)).unwrap();
        same(&catalog(connection, prefix).await, "", "down");
    }
}

#[tokio::test]
async fn a_script_out_of_turn_stops() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    psql(&database, &script("acme", 0, 1)).unwrap();
    let error = psql(&database, &script("acme", 2, 4)).unwrap_err();
    assert!(error.contains("V3 comes after V2, but surroundings is at V1"), "{error}");
    psql(&database, &script("acme", 0, 4)).unwrap();
    let error = psql(&database, &script("acme", 3, 1)).unwrap_err();
    assert!(error.contains("cannot revert V3 while surroundings is at V4"), "{error}");
    assert_eq!(CHAIN.migrator().baseline(false).prefix("acme").version(&mut *connection).await.unwrap().0, 4);
}

/// Two scripts at the same moment: the second waits for the first, version by version.
#[tokio::test(flavor = "multi_thread")]
async fn two_scripts_at_once_take_turns() {
    let database = std::sync::Arc::new(database().await);
    let script = script("acme", 0, 2) + &script("acme", 2, 4);
    let runs: Vec<_> = (0..2)
        .map(|_| {
            let (database, script) = (database.clone(), script.clone());
            tokio::task::spawn_blocking(move || psql(&database, &script))
        })
        .collect();
    for run in runs {
        // Where both build the index at the same moment, one is told so, and may be run again.
        if let Err(error) = run.await.unwrap() {
            assert!(error.contains("another session builds an index") || error.contains("already exists"), "{error}");
        }
    }
    psql(&database, &script).unwrap();
    let connection = &mut database.connect().await.unwrap();
    assert_eq!(CHAIN.migrator().baseline(false).prefix("acme").version(&mut *connection).await.unwrap().0, 4);
}
