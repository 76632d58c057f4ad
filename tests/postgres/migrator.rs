//! The migrator's own ways: where an install stands, what would run, runners at once, locks, and what cuts a run short.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use pkmig::schema::{Class, Version};
use pkmig::{Direction, Error, Event, Migrator};
use sqlx::Connection;
use sqlx::postgres::PgPoolOptions;

use crate::support::{WAITING, ask, catalog, database, failed, run, same, until};

pub(crate) mod chain {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
            create_table items { id: bigserial primary_key, name: text }
        }
    }
    pkmig::migration! {
        V02 "an enum and rows" {
            create_enum mood { "sad", "ok" }
            add_column items.mood: mood default("ok");
            seed items (name) unless_exists(name) { ("a"), ("b") }
        }
    }
    pkmig::migration! {
        V03 "outside of a transaction" {
            add_column items.upper: text;
            backfill items.upper = "upper(name)" where("items.upper IS NULL") batch(1);
            create_index items_upper on items (upper) concurrently;
            create_unique_index items_name on items (name) concurrently;
        }
    }
    pkmig::migration! {
        V04 "another table" {
            create_table others { id: bigserial primary_key, item_id: bigint references(items.id) }
            drop_column items.upper;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "runners" tracked_by track { V01, V02, V03, V04 }
    }
}

fn migrator() -> Migrator {
    chain::CHAIN.migrator().baseline(false).prefix("acme")
}

#[tokio::test]
async fn status_tells_where_an_install_stands() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let status = migrator().status(&mut *connection).await.unwrap();
    assert_eq!((status.chain, status.prefix.as_str()), ("runners", "acme"));
    assert_eq!((status.version, status.latest, status.pending.len()), (Version(0), Version(4), 4));

    let up = migrator().up_to(2, &mut *connection).await.unwrap();
    assert_eq!((up.from, up.to), (Version(0), Version(2)));
    let status = migrator().status(&mut *connection).await.unwrap();
    let pending: Vec<_> = status.pending.iter().map(|migration| (migration.version, migration.title)).collect();
    assert_eq!(pending, [(Version(3), "outside of a transaction"), (Version(4), "another table")]);
    assert_eq!(migrator().prefix("other").version(&mut *connection).await.unwrap(), Version(0));

    let again = migrator().up_to(2, &mut *connection).await.unwrap();
    assert_eq!((again.from, again.to, again.applied.len()), (Version(2), Version(2), 0));
    let down = migrator().down_to(2, &mut *connection).await.unwrap();
    assert_eq!(down.applied.len(), 0);
}

#[tokio::test]
async fn a_pool_a_connection_and_a_transaction_will_do() {
    let database = database().await;
    let pool = PgPoolOptions::new().max_connections(1).connect(database.url()).await.unwrap();
    migrator().up_to(1, &pool).await.unwrap();
    assert_eq!(migrator().version(&pool).await.unwrap(), Version(1));
    let mut connection = pool.acquire().await.unwrap();
    migrator().up_to(2, &mut *connection).await.unwrap();
    assert_eq!(migrator().status(&mut *connection).await.unwrap().version, Version(2));
    assert_eq!(migrator().plan(None, &mut *connection).await.unwrap().len(), 2);
    drop(connection);
    migrator().up(&pool).await.unwrap();
    migrator().allow_data_loss(true).down_to(0, &pool).await.unwrap();
    pool.close().await;
}

#[tokio::test]
async fn a_plan_says_what_would_run_and_runs_nothing() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    migrator().up_to(1, &mut *connection).await.unwrap();
    let before = catalog(connection, "acme").await;
    let plan = migrator().plan(None, &mut *connection).await.unwrap();
    let versions: Vec<_> = plan.iter().map(|version| (version.migration.version.0, version.direction)).collect();
    assert_eq!(versions, [(2, Direction::Up), (3, Direction::Up), (4, Direction::Up)]);
    assert_eq!(
        plan[0].steps(),
        [
            "create_enum mood { \"sad\", \"ok\" }",
            "add_column items.mood: mood default(\"ok\")",
            "seed items (name) unless_exists(name) { ... }"
        ]
    );
    same(&catalog(connection, "acme").await, &before, "a plan");
    migrator().up(&mut *connection).await.unwrap();
    let plan = migrator().plan(Some(2), &mut *connection).await.unwrap();
    let versions: Vec<_> = plan.iter().map(|version| (version.migration.version.0, version.direction)).collect();
    assert_eq!(versions, [(4, Direction::Down), (3, Direction::Down)]);
    assert_eq!(plan[0].class, Class::Lossy);
    assert!(matches!(migrator().plan(Some(5), &mut *connection).await, Err(Error::AboveChain { .. })));
}

#[tokio::test]
async fn an_observer_hears_of_every_version() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let ears = heard.clone();
    let migrator = migrator().observe(move |event| {
        ears.lock().unwrap().push(match event {
            Event::Planned { versions } => format!("planned {versions}"),
            Event::Started { migration, .. } => format!("started {}", migration.version),
            Event::Finished(applied) => format!("finished {}", applied.version),
            other => format!("{other:?}"),
        });
    });
    migrator.up_to(2, &mut *connection).await.unwrap();
    migrator.up_to(2, &mut *connection).await.unwrap();
    let heard = heard.lock().unwrap().join(", ");
    assert_eq!(heard, "planned 2, started V1, finished V1, started V2, finished V2");
}

#[tokio::test(flavor = "multi_thread")]
async fn runners_in_several_prefixes_do_not_wait_for_each_other() {
    let database = database().await;
    let holder = &mut database.connect().await.unwrap();
    migrator().up_to(1, &mut *holder).await.unwrap();
    run(holder, "BEGIN; LOCK TABLE acme.items").await;
    let other = &mut database.connect().await.unwrap();
    migrator().prefix("other").runner_timeout(Duration::from_secs(5)).up(&mut *other).await.unwrap();
    run(holder, "ROLLBACK").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_table_is_tried_again_and_then_an_error_says_so() {
    let database = database().await;
    let (connection, holder) = (&mut database.connect().await.unwrap(), &mut database.connect().await.unwrap());
    migrator().up_to(1, &mut *connection).await.unwrap();
    run(holder, "BEGIN; LOCK TABLE acme.items").await;
    let tries = Arc::new(Mutex::new(Vec::new()));
    let heard = tries.clone();
    let impatient = migrator().lock_timeout(Duration::from_millis(50)).lock_retries(2).observe(move |event| {
        if let Event::Retrying { attempt, migration, .. } = event {
            heard.lock().unwrap().push((*attempt, migration.version.0));
        }
    });
    let failed = failed(impatient.up(&mut *connection).await);
    assert_eq!((failed.version, failed.sqlstate.as_str()), (Version(2), "55P03"));
    assert_eq!(failed.step.as_deref(), Some("add_column items.mood: mood default(\"ok\")"));
    assert_eq!(*tries.lock().unwrap(), [(1, 2), (2, 2)]);
    let told = failed.report();
    assert!(told.contains("\nhelp: another session held a lock on a table of the version (process "), "{told}");
    assert!(told.contains("holds AccessExclusiveLock on table `items`)"), "{told}");
    assert_eq!(migrator().version(&mut *connection).await.unwrap(), Version(1));
    run(holder, "ROLLBACK").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_unlocked_in_time_is_waited_for() {
    let database = database().await;
    let (connection, mut holder) = (&mut database.connect().await.unwrap(), database.connect().await.unwrap());
    migrator().up_to(1, &mut *connection).await.unwrap();
    run(&mut holder, "BEGIN; LOCK TABLE acme.items").await;
    let holding = tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(300)).await;
        run(&mut holder, "ROLLBACK").await;
    });
    let run = migrator().lock_timeout(Duration::from_millis(100)).up(&mut *connection).await.unwrap();
    assert_eq!(run.to, Version(4));
    holding.await.unwrap();
}

/// A batch waits for rows, which the version's own lock_timeout must cover too.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_a_batch_needs_is_not_waited_for_for_ever() {
    let database = database().await;
    let (connection, holder) = (&mut database.connect().await.unwrap(), &mut database.connect().await.unwrap());
    migrator().up_to(2, &mut *connection).await.unwrap();
    run(connection, "ALTER TABLE acme.items ADD upper text").await;
    run(holder, "BEGIN; UPDATE acme.items SET name = 'c' WHERE name = 'b'").await;
    let impatient = migrator().lock_timeout(Duration::from_millis(50)).lock_retries(1);
    let run_up = tokio::time::timeout(Duration::from_secs(10), impatient.up(&mut *connection)).await;
    let failed = failed(run_up.expect("the batch gives up"));
    assert_eq!((failed.version, failed.sqlstate.as_str()), (Version(3), "55P03"));
    assert!(failed.step.as_deref().is_some_and(|step| step.starts_with("backfill items.upper")), "{failed}");
    run(holder, "ROLLBACK").await;
    migrator().up(&mut *connection).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_runner_is_waited_for_as_long_as_allowed() {
    let database = database().await;
    let (connection, holder) = (&mut database.connect().await.unwrap(), &mut database.connect().await.unwrap());
    migrator().up_to(1, &mut *connection).await.unwrap();
    // A runner of V2 that has come to its first lock on a table, and no further.
    let blocker = &mut database.connect().await.unwrap();
    run(blocker, "BEGIN; LOCK TABLE acme.items").await;
    let url = database.url().to_owned();
    let slow = tokio::spawn(async move {
        let mut connection = sqlx::PgConnection::connect(&url).await.unwrap();
        migrator().lock_timeout(Duration::from_secs(30)).up(&mut connection).await
    });
    until(holder, WAITING, "1").await;
    let start = Instant::now();
    let error = migrator().runner_timeout(Duration::from_millis(300)).up(&mut *connection).await.unwrap_err();
    assert!(matches!(error, Error::Locked { .. }), "{error}");
    assert!(start.elapsed() >= Duration::from_millis(300) && start.elapsed() < Duration::from_secs(5));
    let told = error.report();
    assert!(
        told.starts_with(
            "another run of `runners` in schema `acme` has not finished within 300ms\ndetail: it is process "
        ),
        "{told}"
    );
    assert!(told.contains("\nhelp: wait for it, or wait longer (`--runner-timeout`"), "{told}");
    run(blocker, "ROLLBACK").await;
    assert_eq!(slow.await.unwrap().unwrap().to, Version(4));
}

/// How many runs wait for `acme.items` within a version, which has its lock among runners by then.
const WITHIN_A_VERSION: &str = "SELECT count(*)::text FROM pg_locks waiting JOIN pg_locks held USING (pid)
    WHERE waiting.relation = 'acme.items'::regclass AND NOT waiting.granted AND held.locktype = 'advisory' AND held.granted";

/// The pool must not hand out a connection that is in the middle of a version.
#[tokio::test(flavor = "multi_thread")]
async fn a_pool_can_be_used_after_a_run_was_dropped() {
    let database = database().await;
    let pool = PgPoolOptions::new().max_connections(1).connect(database.url()).await.unwrap();
    migrator().up_to(1, &pool).await.unwrap();
    let holder = &mut database.connect().await.unwrap();
    run(holder, "BEGIN; LOCK TABLE acme.items").await;
    let watcher = &mut database.connect().await.unwrap();
    {
        let patient = migrator().lock_timeout(Duration::from_secs(120));
        let mut cut = std::pin::pin!(patient.up(&pool));
        let ended = tokio::select! {
            ended = &mut cut => Some(ended),
            () = until(watcher, WITHIN_A_VERSION, "1") => None,
        };
        assert!(ended.is_none(), "the run is cut within V2: {ended:?}");
    }
    run(holder, "ROLLBACK").await;
    let run = migrator().up(&pool).await.unwrap();
    assert_eq!(run.to, Version(4));
    pool.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_is_terminated_leaves_the_last_stamped_version() {
    let database = database().await;
    let (holder, mut doomed) = (&mut database.connect().await.unwrap(), database.connect().await.unwrap());
    migrator().up_to(1, &mut doomed).await.unwrap();
    let pid = ask(&mut doomed, "SELECT pg_backend_pid()::text").await;
    run(holder, "BEGIN; LOCK TABLE acme.items").await;
    let doomed = tokio::spawn(async move { migrator().up(&mut doomed).await });
    let watcher = &mut database.connect().await.unwrap();
    until(watcher, WAITING, "1").await;
    run(watcher, &format!("SELECT pg_terminate_backend({pid})")).await;
    let error = doomed.await.unwrap().unwrap_err();
    assert!(error.report().contains("terminating connection"), "{error}");
    run(holder, "ROLLBACK").await;
    assert_eq!(migrator().version(&mut *holder).await.unwrap(), Version(1));
    migrator().up(&mut *holder).await.unwrap();
}

#[tokio::test]
async fn a_comment_with_spaces_or_zeros_is_a_version_too() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    for comment in [" 1", "1\n", "01"] {
        migrator().up_to(1, &mut *connection).await.unwrap();
        run(connection, &format!("COMMENT ON TABLE acme.track IS E'{}'", comment.replace('\n', "\\n"))).await;
        assert_eq!(migrator().version(&mut *connection).await.unwrap(), Version(1));
        migrator().up(&mut *connection).await.unwrap_or_else(|error| panic!("{comment:?}: {error}"));
        migrator().allow_data_loss(true).down_to(1, &mut *connection).await.unwrap();
        run(connection, &format!("COMMENT ON TABLE acme.track IS E'{}'", comment.replace('\n', "\\n"))).await;
        migrator().allow_data_loss(true).down_to(0, &mut *connection).await.unwrap();
    }
}
