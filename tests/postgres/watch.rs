//! A second session looks after the one that is at work: whom it waits for, and whether the server still knows of it.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use pkmig::testing::Database;
use pkmig::{Chain, Error, Event, Migrator, schema::Version};
use sqlx::postgres::PgPool;
use sqlx::{Connection as _, PgConnection};
use tokio::io::copy;

use crate::support::{ask, database, failed, run, until};

mod items {
    pkmig::migration! {
        V01 "items" {
            create_table track { id: integer }
            create_table items { id: bigserial primary_key, body: text }
        }
    }
    pkmig::migration! {
        V02 "by their bodies" {
            create_index items_body on items (body) concurrently;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "watched" tracked_by track { V01, V02 }
    }
}

static CHAIN: &Chain = &items::CHAIN;

fn migrator() -> Migrator {
    CHAIN.migrator().prefix("acme").runner_timeout(Duration::from_secs(4))
}

/// How many sessions wait until others' transactions are over.
const WAITS_FOR_TRANSACTIONS: &str =
    "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'virtualxid'";

/// A pool in whose database the first version is installed, and a session with a transaction that is older than what comes now.
async fn behind(database: &Database) -> (PgPool, PgConnection, i32) {
    let pool = PgPool::connect(database.url()).await.unwrap();
    migrator().up_to(1, &pool).await.unwrap();
    let mut holder = database.connect().await.unwrap();
    let process = older(&mut holder).await;
    (pool, holder, process)
}

/// A transaction that is older than what comes now, and its process.
async fn older(holder: &mut PgConnection) -> i32 {
    run(holder, "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM acme.items").await;
    ask(holder, "SELECT pg_backend_pid()::text").await.parse().unwrap()
}

#[tokio::test]
async fn an_index_does_not_wait_for_ever_for_older_transactions() {
    let database = database().await;
    let (pool, mut holder, process) = behind(&database).await;
    let heard: Arc<Mutex<Vec<i32>>> = Arc::default();
    let hears = heard.clone();
    let listening = migrator().observe(move |event| {
        if let Event::Waiting { blockers, .. } = event {
            hears.lock().unwrap().extend(blockers.iter().map(|blocker| blocker.process));
        }
    });
    let error = failed(listening.up(&pool).await);
    assert_eq!((heard.lock().unwrap().first(), error.sqlstate.as_str()), (Some(&process), "57014"));
    let help = error.help.unwrap();
    assert!(help.contains(&format!("process {process} of role")) && help.contains("--runner-timeout"), "{help}");
    assert!(error.left.is_some_and(|left| left.contains("INVALID")));
    run(&mut holder, "COMMIT").await;
    assert_eq!(migrator().up(&pool).await.unwrap().applied.len(), 1);
}

#[tokio::test]
async fn an_index_waits_for_older_transactions_that_end_in_time() {
    let database = database().await;
    let (pool, mut holder, _) = behind(&database).await;
    let patient = migrator().runner_timeout(Duration::from_secs(60));
    let (done, ()) = tokio::join!(patient.up(&pool), async {
        until(&mut holder, WAITS_FOR_TRANSACTIONS, "1").await;
        run(&mut holder, "COMMIT").await;
    });
    assert_eq!(done.unwrap().to, Version(2));
}

/// A connection through a line that can be cut without either end being told.
struct Line {
    connection: PgConnection,
    answers: tokio::task::JoinHandle<()>,
}

impl Line {
    async fn to(database: &Database) -> Self {
        let between = database.between().await.unwrap();
        let url = between.url.clone();
        let (connection, accepted) = tokio::join!(PgConnection::connect(&url), async {
            let (client, (mut from_server, mut to_server)) = between.ends().await.unwrap();
            let (mut from_client, to_client) = client.into_split();
            let to_client = Arc::new(tokio::sync::Mutex::new(to_client));
            let kept = to_client.clone();
            tokio::spawn(async move {
                let _ = copy(&mut from_client, &mut to_server).await;
                // The client's end stays open, whatever becomes of the server's.
                drop(kept);
            });
            Some(tokio::spawn(async move {
                let _ = copy(&mut from_server, &mut *to_client.lock().await).await;
            }))
        });
        Self { connection: connection.unwrap(), answers: accepted.unwrap() }
    }
}

#[tokio::test]
async fn a_line_that_was_cut_is_noticed_and_the_version_read_again() {
    let database = database().await;
    let (looker, holder) = (&mut database.connect().await.unwrap(), &mut database.connect().await.unwrap());
    migrator().up_to(1, &mut *looker).await.unwrap();
    older(holder).await;
    let mut line = Line::to(&database).await;
    let process = ask(&mut line.connection, "SELECT pg_backend_pid()::text").await;
    let watched = migrator().reconnect(database.url().parse().unwrap());
    let (ended, ()) = tokio::join!(watched.up(&mut line.connection), async {
        until(looker, WAITS_FOR_TRANSACTIONS, "1").await;
        line.answers.abort();
        // Until the second session has seen it at work.
        let seen = "SELECT (count(*) > 0)::text FROM pg_stat_activity WHERE datname = current_database() \
                    AND query LIKE '%pg_blocking_pids%' AND pid <> pg_backend_pid() AND state = 'idle'";
        until(looker, seen, "true").await;
        run(looker, &format!("SELECT pg_terminate_backend({process})")).await;
        run(holder, "COMMIT").await;
    });
    let error = ended.unwrap_err();
    let told = error.report();
    let Error::Unknown { version, found, .. } = error else { panic!("{told}") };
    assert_eq!((version, found), (Version(2), Some(Version(1))), "{told}");
    assert!(told.contains("it was not applied: the installed version is V1"), "{told}");
}
