//! What a run says of what has become of it: whom it waits for, what is left, what nobody knows.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use pkmig::{Blocker, Chain, Error, Event, Migrator};
use sqlx::PgConnection;

use crate::support::{WAITING, ask, database, failed, run, until};

mod rows {
    pkmig::migration! {
        V01 "rows" {
            create_table track { id: integer }
            create_table items { id: bigserial primary_key, body: text, size: integer }
        }
    }
    pkmig::migration! {
        V02 "in batches" {
            backfill items.size = "length(items.body)" where("items.size IS NULL") batch(2);
        }
    }
    pkmig::migration! {
        V03 "apart" {
            create_unique_index items_body on items (body) concurrently;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "told" tracked_by track { V01, V02, V03 }
    }
}

static CHAIN: &Chain = &rows::CHAIN;

fn migrator() -> Migrator {
    CHAIN.migrator().prefix("acme").lock_timeout(Duration::from_millis(100)).lock_retries(1)
}

async fn with_rows(connection: &mut PgConnection, bodies: &str) {
    migrator().up_to(1, &mut *connection).await.unwrap();
    run(connection, &format!("INSERT INTO acme.items (body) VALUES {bodies}")).await;
}

#[tokio::test]
async fn who_holds_a_table_is_told() {
    let database = database().await;
    let (connection, holder) = (&mut database.connect().await.unwrap(), &mut database.connect().await.unwrap());
    with_rows(connection, "('a')").await;
    run(holder, "SET application_name = 'a long report'; BEGIN; LOCK TABLE acme.items IN ROW EXCLUSIVE MODE").await;
    let process: i32 = ask(holder, "SELECT pg_backend_pid()::text").await.parse().unwrap();
    let heard: Arc<Mutex<Vec<Blocker>>> = Arc::default();
    let hears = heard.clone();
    let listening = migrator().allow_data_loss(true).observe(move |event| {
        if let Event::Retrying { blockers, .. } = event {
            hears.lock().unwrap().extend(blockers.iter().cloned());
        }
    });
    let error = failed(listening.down_to(0, &mut *connection).await);
    let heard = heard.lock().unwrap();
    assert_eq!(heard[0].process, process);
    assert_eq!(heard[0].table, Some(("items".to_owned(), "RowExclusiveLock".to_owned())));
    assert!(heard[0].since.is_some());
    let help = error.help.unwrap();
    assert!(help.contains(&format!("process {process} of role")) && help.contains("(a long report)"), "{help}");
}

#[tokio::test]
async fn who_runs_is_told_after_a_while_and_in_the_error() {
    let database = database().await;
    let (connection, other) = (&mut database.connect().await.unwrap(), &mut database.connect().await.unwrap());
    migrator().up_to(1, &mut *connection).await.unwrap();
    run(other, "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('pkmig told acme', 0))").await;
    let process: i32 = ask(other, "SELECT pg_backend_pid()::text").await.parse().unwrap();
    let heard: Arc<Mutex<Vec<i32>>> = Arc::default();
    let hears = heard.clone();
    let waits = migrator().runner_timeout(Duration::from_millis(3500)).observe(move |event| {
        if let Event::Waiting { blockers, .. } = event {
            hears.lock().unwrap().extend(blockers.iter().map(|blocker| blocker.process));
        }
    });
    let Err(Error::Locked { blockers, .. }) = waits.up(&mut *connection).await else { panic!("it is locked") };
    assert_eq!((blockers[0].process, &*heard.lock().unwrap()), (process, &vec![process]));
    let short = migrator().runner_timeout(Duration::from_millis(50));
    for error in [
        short.verify(&mut *connection).await.unwrap_err(),
        short.repair(&mut *connection).await.unwrap_err(),
        short.heal(&mut *connection).await.unwrap_err(),
    ] {
        assert!(error.report().contains(&format!("detail: it is process {process} of role")), "{error}");
    }
}

#[tokio::test]
async fn an_index_that_was_not_finished_is_told() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    with_rows(connection, "('a'), ('a')").await;
    let error = failed(migrator().up(&mut *connection).await);
    assert!(error.left.as_ref().is_some_and(|left| left.contains("INVALID")), "{error}");
    run(connection, "DELETE FROM acme.items WHERE id = 2").await;
    migrator().up(&mut *connection).await.unwrap();
}

#[tokio::test]
async fn rows_that_were_filled_before_it_failed_are_counted() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    with_rows(connection, "('a'), ('bb'), ('ccc'), ('dddd'), ('eeeee'), ('ffffff')").await;
    run(connection, "ALTER TABLE acme.items ADD CONSTRAINT small CHECK (size < 5)").await;
    let error = failed(migrator().up_to(2, &mut *connection).await);
    let filled = ask(connection, "SELECT count(size)::text FROM acme.items").await;
    assert_eq!(filled, "4");
    assert_eq!(error.left.as_deref(), Some("4 rows were filled and stay; the next run continues after them"));
}

mod compared {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
            create_table items { id: integer primary_key, body: text }
        }
    }
    pkmig::migration! {
        V02 "an index over an expression" {
            create_index items_lower on items ("lower(body)");
        }
    }
    pkmig::chain! {
        pub static CHAIN: "compared" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn a_name_that_a_comparison_needs_is_told() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = compared::CHAIN.migrator().prefix("acme");
    migrator.up_to(1, &mut *connection).await.unwrap();
    run(connection, "CREATE INDEX items_lower ON acme.items (lower(body)); CREATE TABLE acme.pkmig_probe ()").await;
    let error = failed(migrator.up(&mut *connection).await);
    assert_eq!(error.sqlstate, "42P07");
    assert!(error.help.is_some_and(|help| help.contains("`pkmig_probe` and `pkmig_probe_index` are names")));
    run(connection, "DROP TABLE acme.pkmig_probe").await;
    migrator.up(&mut *connection).await.unwrap();
}

#[tokio::test]
async fn a_connection_that_ends_in_a_version_leaves_its_outcome_open() {
    let database = database().await;
    let (connection, holder) = (&mut database.connect().await.unwrap(), &mut database.connect().await.unwrap());
    with_rows(connection, "('a')").await;
    let process = ask(connection, "SELECT pg_backend_pid()::text").await;
    run(holder, "BEGIN; LOCK TABLE acme.items").await;
    let patient = migrator().lock_timeout(Duration::from_secs(60));
    let (ended, ()) = tokio::join!(patient.up_to(2, &mut *connection), async {
        until(holder, WAITING, "1").await;
        run(holder, &format!("SELECT pg_terminate_backend({process})")).await;
    });
    let error = ended.unwrap_err();
    let told = error.report();
    // The server has said that it ends the session, or the line was cut before it could.
    match error {
        Error::Failed(failed) => assert_eq!(failed.sqlstate, "57P01", "{told}"),
        Error::Unknown { version, .. } => {
            assert!(version.0 == 2 && told.contains("it was either applied or rolled back"), "{told}")
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_commits_by_itself_is_refused_in_a_hosts_transaction() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    with_rows(connection, "('a')").await;
    run(connection, "BEGIN").await;
    let refused = migrator().up(&mut *connection).await.unwrap_err();
    assert!(matches!(refused, Error::NotInTransaction { version, .. } if version.0 == 2), "{refused}");
    assert_eq!(ask(connection, "SELECT 'goes on'").await, "goes on");
    run(connection, "ROLLBACK").await;
    migrator().up(&mut *connection).await.unwrap();
}
