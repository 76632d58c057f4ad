//! The settings of a session: whatever the host has set, a version writes the same rows, by every way of sending, and the
//! session is as it was.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use pkmig::testing::Database;
use pkmig::{Error, Event, Migrator};
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection};

use crate::support::{ask, catalog, database, failed, quoted, run, same};
use crate::surroundings::{psql, psql_with};

/// Values that are read or written by settings: at once, in a block, in batches, and where a statement stands alone.
mod values {
    pkmig::migration! {
        V01 "moments" {
            create_table track { id: integer }
            create_table moments {
                id: bigserial primary_key,
                at: timestamp not_null default("2026-01-31 12:00"),
                since: timestamptz not_null default("2026-01-31 12:00"),
                day: date not_null default("01/02/2026"),
                lasted: interval not_null default("-1 2:03"),
                code: text check("code ~ '^\\d+$'"),
                note: text default("a\\b'c"),
            }
            seed moments (code) unless_exists(code) { ("1"), (null) }
        }
    }
    pkmig::migration! {
        V02 "texts" {
            execute "UPDATE @.moments SET note = concat_ws(' ', since, day, lasted, '\\x61'::bytea, 0.1::float4::float8, E'it\\'s',
                array_to_string('{NULL}'::text[], ',', 'none'), (SELECT count(*) FROM @.moments WHERE code = NULL))"
                idempotent down_noop("they may stay");
            set_type moments.at: timestamptz;
        }
    }
    pkmig::migration! {
        V03 "outside of a transaction" {
            add_column moments.shown: text;
            backfill moments.shown = "concat(since, '\\')" where("moments.shown IS NULL") batch(1);
            create_index moments_late on moments (code) where("since > '2026-01-31 12:00'") concurrently;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "values" tracked_by track { V01, V02, V03 }
    }
}

/// The first version of it, which has a baseline.
mod fresh {
    pkmig::migration! {
        V01 "moments" {
            create_table track { id: integer }
            create_table moments {
                id: bigserial primary_key,
                at: timestamp not_null default("2026-01-31 12:00"),
                since: timestamptz not_null default("2026-01-31 12:00"),
                day: date not_null default("01/02/2026"),
                lasted: interval not_null default("-1 2:03"),
                code: text check("code ~ '^\\d+$'"),
                note: text default("a\\b'c"),
            }
            seed moments (code) unless_exists(code) { ("1"), ("2") }
        }
    }
    pkmig::chain! {
        pub static CHAIN: "fresh" tracked_by track { V01 }
    }
}

/// Seeds that a second run would insert again, and a statement that takes its time.
mod slow {
    pkmig::migration! {
        V01 "logs" {
            create_table track { id: integer }
            create_table logs { id: bigserial primary_key, line: text }
            execute "INSERT INTO @.logs (line) SELECT 'one' FROM pg_sleep(0.05)" unless("SELECT FROM @.logs WHERE line = 'one'")
                down "DELETE FROM @.logs";
        }
    }
    pkmig::migration! {
        V02 "more logs" {
            execute "INSERT INTO @.logs (line) SELECT 'two' FROM pg_sleep(0.05)" unless("SELECT FROM @.logs WHERE line = 'two'")
                down "DELETE FROM @.logs WHERE line = 'two'";
        }
    }
    pkmig::chain! {
        pub static CHAIN: "slow" tracked_by track { V01, V02 }
    }
}

/// Versions that take their time in every way of sending.
mod slowly {
    pkmig::migration! {
        V01 "a function" {
            create_table track { id: integer }
            create_function slowly(a: text) returns text language plpgsql immutable {
                "BEGIN PERFORM pg_sleep(0.2); RETURN a; END"
            }
            create_table logs { id: bigserial primary_key, line: text }
            seed logs (line) unless_exists(line) { ("one"), ("two"), ("three") }
        }
    }
    pkmig::migration! {
        V02 "batches and an index" {
            add_column logs.size: text;
            backfill logs.size = "@.slowly(logs.line)" where("logs.size IS NULL") batch(1);
            create_index logs_slow on logs ("@.slowly(line)") concurrently;
            execute "SELECT pg_sleep(0.6)" idempotent down_noop("it was nothing");
        }
    }
    pkmig::chain! {
        pub static CHAIN: "slowly" tracked_by track { V01, V02 }
    }
}

fn migrator(prefix: &str) -> Migrator {
    values::CHAIN.migrator().prefix(prefix)
}

async fn set(owner: &mut PgConnection, setting: &str) {
    let name = quoted(&ask(owner, "SELECT current_database()").await);
    run(owner, &format!("ALTER DATABASE {name} SET {setting}")).await;
}

async fn rows(owner: &mut PgConnection, prefix: &str) -> String {
    ask(owner, &format!("SELECT to_jsonb(m)::text FROM {}.moments m ORDER BY id", quoted(prefix))).await
}

/// Each by itself, and with those before it.
const HOSTILE: [&str; 16] = [
    "TimeZone = 'America/New_York'",
    "DateStyle = 'SQL, DMY'",
    "IntervalStyle = 'sql_standard'",
    "standard_conforming_strings = off",
    "backslash_quote = off",
    "transform_null_equals = on",
    "bytea_output = 'escape'",
    "extra_float_digits = -5",
    "array_nulls = off",
    "quote_all_identifiers = on",
    "check_function_bodies = off",
    "default_transaction_isolation = 'serializable'",
    "default_transaction_deferrable = on",
    "idle_in_transaction_session_timeout = '500ms'",
    "xmloption = 'document'",
    "plpgsql.extra_errors = 'all'",
];

#[tokio::test]
async fn rows_are_the_same_whatever_the_session_has_set() {
    let database = database().await;
    // Made before anything was set: it shows what is there as it always did.
    let owner = &mut database.connect().await.unwrap();
    migrator("plain").baseline(false).up(&mut *owner).await.unwrap();
    fresh::CHAIN.migrator().prefix("at once").up(&mut *owner).await.unwrap();
    let (expected, made) = (rows(owner, "plain").await, catalog(owner, "plain").await);
    let (at_once, made_at_once) = (rows(owner, "at once").await, catalog(owner, "at once").await);
    assert!(
        expected
            .contains("2026-01-31 12:00:00+00 2026-01-02 -1 days +02:03:00 \\\\x61 0.10000000149011612 it's none 0"),
        "{expected}"
    );
    for (number, setting) in HOSTILE.iter().enumerate() {
        set(owner, setting).await;
        let connection = &mut database.connect().await.unwrap();
        // The driver has its own word on some of them.
        run(connection, &HOSTILE[..=number].iter().map(|it| format!("SET {it};")).collect::<String>()).await;
        let [versions, script, baseline, folded] = ["v", "s", "b", "f"].map(|way| format!("{way}{number}"));
        migrator(&versions).up(&mut *connection).await.unwrap_or_else(|error| panic!("{setting}: {error}"));
        fresh::CHAIN
            .migrator()
            .prefix(&baseline)
            .up(&mut *connection)
            .await
            .unwrap_or_else(|error| panic!("{setting}: {error}"));
        let planned = migrator(&script).script(0, 3).unwrap();
        psql(&database, &pkmig::script(&planned, &migrator(&script)))
            .unwrap_or_else(|error| panic!("{setting}: {error}"));
        for prefix in [&versions, &script] {
            same(&rows(owner, prefix).await, &expected, &format!("rows of {prefix}, {setting}"));
            same(&catalog(owner, prefix).await, &made, &format!("{prefix}, {setting}"));
        }
        let migrator_of = |prefix: &str| fresh::CHAIN.migrator().prefix(prefix);
        let planned = [migrator_of(&folded).baseline_script(1).unwrap()];
        psql(&database, &pkmig::script(&planned, &migrator_of(&folded)))
            .unwrap_or_else(|error| panic!("{setting}: {error}"));
        for prefix in [&baseline, &folded] {
            same(&rows(owner, prefix).await, &at_once, &format!("rows of {prefix}, {setting}"));
            same(&catalog(owner, prefix).await, &made_at_once, &format!("{prefix}, {setting}"));
        }
        let verified =
            migrator(&versions).verify(&mut *connection).await.unwrap_or_else(|error| panic!("{setting}: {error}"));
        assert!(verified.is_clean(), "{setting}: {verified:?}");
        let repair =
            migrator(&versions).repair(&mut *connection).await.unwrap_or_else(|error| panic!("{setting}: {error}"));
        assert!(repair.done.is_empty() && repair.left.is_empty(), "{setting}: {repair:?}");
    }
}

/// Version and guards are read with a snapshot younger than the lock.
#[tokio::test(flavor = "multi_thread")]
async fn sixteen_runners_apply_each_version_once_at_every_isolation_level() {
    let database = database().await;
    let owner = &mut database.connect().await.unwrap();
    for level in ["read committed", "repeatable read", "serializable"] {
        set(owner, &format!("default_transaction_isolation = '{level}'")).await;
        for round in 0..4 {
            let prefix = format!("{level} {round}");
            let mut runs = tokio::task::JoinSet::new();
            for _ in 0..16 {
                let mut connection = database.connect().await.unwrap();
                let migrator = slow::CHAIN.migrator().prefix(&prefix);
                runs.spawn(async move { migrator.up(&mut connection).await.map(|run| run.applied.len()) });
            }
            let applied: Vec<usize> = runs.join_all().await.into_iter().map(|run| run.unwrap()).collect();
            assert_eq!(applied.iter().sum::<usize>(), 2, "{prefix}: {applied:?}");
            let lines = format!("SELECT line FROM {}.logs ORDER BY id", quoted(&prefix));
            assert_eq!(ask(owner, &lines).await, "one\ntwo", "{prefix}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_scripts_at_once_apply_each_version_once_at_every_isolation_level() {
    let database = Arc::new(database().await);
    let owner = &mut database.connect().await.unwrap();
    for level in ["repeatable read", "serializable"] {
        set(owner, &format!("default_transaction_isolation = '{level}'")).await;
        let migrator = slow::CHAIN.migrator().prefix(level);
        let script = pkmig::script(&migrator.script(0, 2).unwrap(), &migrator);
        let runs: Vec<_> = (0..4)
            .map(|_| {
                let (database, script) = (database.clone(), script.clone());
                tokio::task::spawn_blocking(move || psql(&database, &script))
            })
            .collect();
        for run in runs {
            run.await.unwrap().unwrap();
        }
        assert_eq!(ask(owner, &format!("SELECT line FROM {}.logs ORDER BY id", quoted(level))).await, "one\ntwo");
        // A version without the head of a script does not run at such a level.
        let bare = slow::CHAIN.migrator().prefix("bare").script(0, 1).unwrap()[0].sql();
        let error = psql(&database, &bare).unwrap_err();
        assert!(error.contains("the transaction is not READ COMMITTED"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_out_of_the_role_does_not_end_a_version() {
    use slowly::CHAIN;
    let database = database().await;
    let owner = &mut database.connect().await.unwrap();
    set(owner, "statement_timeout = '300ms'").await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = CHAIN.migrator().prefix("acme").baseline(false);
    migrator.up(&mut *connection).await.unwrap();
    assert_eq!(ask(connection, "SELECT current_setting('statement_timeout')").await, "300ms");
    assert_eq!(ask(owner, "SELECT string_agg(size, ' ' ORDER BY id) FROM acme.logs").await, "one two three");
    let script = pkmig::script(&CHAIN.migrator().prefix("psql").script(0, 2).unwrap(), &migrator);
    psql(&database, &script).unwrap();

    // One that is asked for does, and not while another runner is waited for.
    let hasty = || CHAIN.migrator().prefix("hasty").baseline(false).statement_timeout(Duration::from_millis(500));
    hasty().up_to(1, &mut *connection).await.unwrap();
    let failed = failed(hasty().up(&mut *connection).await);
    assert_eq!((failed.version.0, failed.sqlstate.as_str()), (2, "57014"), "{failed}");
    assert!(
        failed.report().contains("\nhelp: it was cancelled, or took longer than the statement time-out"),
        "{failed}"
    );
    assert_eq!(ask(connection, "SELECT current_setting('statement_timeout')").await, "300ms");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_runner_that_waits_is_not_timed_out_as_a_statement() {
    let database = database().await;
    let owner = &mut database.connect().await.unwrap();
    set(owner, "statement_timeout = '200ms'").await;
    let (first, second) = (&mut database.connect().await.unwrap(), &mut database.connect().await.unwrap());
    migrator("acme").baseline(false).up_to(1, &mut *first).await.unwrap();
    run(first, "SET statement_timeout = 0; BEGIN; LOCK TABLE acme.moments").await;
    let url = database.url().to_owned();
    let waits = tokio::spawn(async move {
        let connection = &mut PgConnection::connect(&url).await.unwrap();
        migrator("acme").lock_timeout(Duration::from_secs(10)).up_to(2, connection).await
    });
    tokio::time::sleep(Duration::from_millis(200)).await;
    let hasty = migrator("acme").statement_timeout(Duration::from_millis(400));
    let start = Instant::now();
    let (second, _) = tokio::join!(hasty.up_to(2, &mut *second), async {
        tokio::time::sleep(Duration::from_millis(1000)).await;
        run(first, "ROLLBACK").await;
    });
    assert_eq!(waits.await.unwrap().unwrap().applied.len(), 1);
    assert_eq!(second.unwrap().applied.len(), 0);
    assert!(start.elapsed() > Duration::from_millis(900));
}

/// What a session has set for itself, but for names that only pkmig knows, and what each transaction sets anew.
const SET: &str = "SELECT string_agg(name || ' = ' || setting, '\n' ORDER BY name) FROM pg_settings \
                   WHERE source = 'session' AND name NOT LIKE 'pkmig.%' \
                   AND name <> 'transaction_isolation'";

#[tokio::test]
async fn nothing_stays_in_a_session() {
    let database = database().await;
    let pool = PgPoolOptions::new().max_connections(1).connect(database.url()).await.unwrap();
    let held = async || ask(&mut pool.acquire().await.unwrap(), SET).await;
    let before = held().await;
    migrator("acme").up(&pool).await.unwrap();
    fresh::CHAIN.migrator().prefix("fresh").up(&pool).await.unwrap();
    migrator("acme").verify(&pool).await.unwrap();
    migrator("acme").repair(&pool).await.unwrap();
    migrator("acme").ledger(&pool).await.unwrap();
    run(&mut pool.acquire().await.unwrap(), "COMMENT ON TABLE acme.track IS '2'").await;
    migrator("acme").heal(&pool).await.unwrap();
    migrator("acme").allow_data_loss(true).down_to(0, &pool).await.unwrap();
    assert_eq!(held().await, before);
    pool.close().await;
}

#[tokio::test]
async fn a_script_gives_the_session_back_and_may_run_in_one_transaction() {
    let database = database().await;
    let owner = &mut database.connect().await.unwrap();
    set(owner, "TimeZone = 'America/New_York'").await;
    set(owner, "default_transaction_isolation = 'repeatable read'").await;
    let migrator = fresh::CHAIN.migrator().prefix("acme");
    let script = pkmig::script(&migrator.script(0, 1).unwrap(), &migrator);
    let connection = &mut database.connect().await.unwrap();
    const RESET: &str = "current_setting('TimeZone'), current_setting('default_transaction_isolation')";
    let (before, reset) =
        (ask(connection, SET).await, ask(connection, &format!("SELECT concat_ws(' ', {RESET})")).await);
    // What `psql -1` does. A message is a transaction, too.
    for statement in [&format!("BEGIN; {script} COMMIT"), &script] {
        run(connection, statement).await;
        assert_eq!(ask(connection, SET).await, before);
        assert_eq!(ask(connection, &format!("SELECT concat_ws(' ', {RESET})")).await, reset);
    }
    let all = fresh::CHAIN.migrator().prefix("by psql");
    let script = pkmig::script(&all.script(0, 1).unwrap(), &all);
    psql_with(&database, &["-1"], &script).unwrap();
    run(connection, "SET TimeZone = 'Asia/Tokyo'").await;
    fresh::CHAIN.migrator().prefix("other").up(&mut *connection).await.unwrap();
    for prefix in ["acme", "by psql"] {
        assert_eq!(rows(owner, prefix).await, rows(owner, "other").await, "{prefix}");
    }
}

#[tokio::test]
async fn a_hosts_transaction_gets_its_settings_back_and_decides() {
    let database = database().await;
    let owner = &mut database.connect().await.unwrap();
    let connection = &mut database.connect().await.unwrap();
    const HOSTS: &str = "SELECT concat_ws(' ', current_setting('TimeZone'), current_setting('lock_timeout'), \
                         current_setting('statement_timeout'), current_setting('DateStyle'), current_setting('check_function_bodies'))";
    const THEIRS: &str = "Asia/Tokyo 7s 9s SQL, DMY off";
    const SET: &str = "SET LOCAL TimeZone = 'Asia/Tokyo'; SET lock_timeout = '7s'; SET LOCAL statement_timeout = '9s'; \
                       SET LOCAL DateStyle = 'SQL, DMY'; SET LOCAL check_function_bodies = off";
    // Begun by the driver, and by the host's own statement.
    let mut transaction = connection.begin().await.unwrap();
    run(&mut transaction, SET).await;
    migrator("acme").baseline(false).up_to(2, &mut *transaction).await.unwrap();
    assert_eq!(ask(&mut transaction, HOSTS).await, THEIRS);
    migrator("acme").heal(&mut *transaction).await.unwrap();
    migrator("acme").repair(&mut *transaction).await.unwrap();
    migrator("acme").verify(&mut *transaction).await.unwrap();
    migrator("acme").ledger(&mut *transaction).await.unwrap();
    assert_eq!(ask(&mut transaction, HOSTS).await, THEIRS);
    transaction.rollback().await.unwrap();
    assert_eq!(migrator("acme").version(&mut *owner).await.unwrap().0, 0);

    run(connection, &format!("BEGIN; {SET}")).await;
    fresh::CHAIN.migrator().prefix("fresh").up(&mut *connection).await.unwrap();
    assert_eq!(ask(connection, HOSTS).await, THEIRS);
    run(connection, "COMMIT").await;
    assert_eq!(fresh::CHAIN.migrator().prefix("fresh").version(&mut *owner).await.unwrap().0, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_hosts_transaction_a_version_is_tried_again_and_a_failure_takes_back_nothing_else() {
    let database = database().await;
    let (connection, holder) = (&mut database.connect().await.unwrap(), &mut database.connect().await.unwrap());
    migrator("acme").baseline(false).up_to(1, &mut *connection).await.unwrap();
    run(holder, "BEGIN; LOCK TABLE acme.moments").await;
    let tries = Arc::new(Mutex::new(0));
    let heard = tries.clone();
    let patient = migrator("acme").lock_timeout(Duration::from_millis(50)).lock_retries(2).observe(move |event| {
        *heard.lock().unwrap() += u32::from(matches!(event, Event::Retrying { .. }));
    });
    let mut transaction = connection.begin().await.unwrap();
    run(&mut transaction, "CREATE TABLE acme.of_the_host ()").await;
    let error = failed(patient.up_to(2, &mut *transaction).await);
    assert_eq!((error.sqlstate.as_str(), *tries.lock().unwrap()), ("55P03", 2));
    run(holder, "ROLLBACK").await;
    patient.up_to(2, &mut *transaction).await.unwrap();
    transaction.commit().await.unwrap();
    assert_eq!(migrator("acme").version(&mut *holder).await.unwrap().0, 2);
    assert_eq!(ask(holder, "SELECT to_regclass('acme.of_the_host')::text").await, "acme.of_the_host");

    // A name that a baseline would make is taken: the versions are run one by one in the same transaction.
    run(holder, "CREATE SCHEMA other; CREATE TABLE other.track (id integer)").await;
    let mut transaction = connection.begin().await.unwrap();
    fresh::CHAIN.migrator().prefix("other").take_over(["track"]).up(&mut *transaction).await.unwrap();
    transaction.commit().await.unwrap();
}

/// A transaction that a host has begun by SQL of its own is one that sqlx does not know.
#[tokio::test]
async fn what_only_looks_or_mends_leaves_a_hosts_transaction_open() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = migrator("acme").allow_data_loss(true);
    migrator.up(&mut *connection).await.unwrap();
    run(connection, "CREATE TABLE public.of_the_host (line text)").await;
    run(connection, "DROP INDEX acme.moments_late").await;
    for outcome in ["ROLLBACK", "COMMIT"] {
        run(connection, "BEGIN; INSERT INTO public.of_the_host VALUES ('kept')").await;
        let transaction = ask(connection, "SELECT pg_current_xact_id()::text").await;
        migrator.verify(&mut *connection).await.unwrap();
        migrator.plan(Some(1), &mut *connection).await.unwrap();
        migrator.plan_repair(None, &mut *connection).await.unwrap();
        assert_eq!(migrator.repair(&mut *connection).await.unwrap().done.len(), 1);
        migrator.plan_heal(&mut *connection).await.unwrap();
        assert_eq!(ask(connection, "SELECT pg_current_xact_id()::text").await, transaction);
        run(connection, outcome).await;
    }
    assert_eq!(ask(connection, "SELECT count(*)::text FROM public.of_the_host").await, "1");
    assert_eq!(ask(connection, "SELECT to_regclass('acme.moments_late')::text").await, "acme.moments_late");
}

#[tokio::test]
async fn a_hosts_transaction_that_does_not_see_others_is_refused() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    for level in ["REPEATABLE READ", "SERIALIZABLE"] {
        run(connection, &format!("BEGIN ISOLATION LEVEL {level}")).await;
        let error = migrator("acme").up(&mut *connection).await.unwrap_err();
        assert!(matches!(error, Error::Isolation), "{level}: {error}");
        assert!(error.report().contains("\nhelp: begin it with `BEGIN ISOLATION LEVEL READ COMMITTED`"), "{error}");
        run(connection, "ROLLBACK").await;
    }
    assert_eq!(ask(connection, "SELECT to_regnamespace('acme')::text").await, "-");
}

#[tokio::test]
async fn triggers_that_are_switched_off_are_a_reason_to_stop() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    run(connection, "SET session_replication_role = replica").await;
    let error = migrator("acme").up(&mut *connection).await.unwrap_err();
    assert!(matches!(&error, Error::ReplicationRole { role } if role == "replica"), "{error}");
    let script = pkmig::script(&migrator("acme").script(0, 1).unwrap(), &migrator("acme"));
    run(connection, "RESET session_replication_role").await;
    migrator("other").up(&mut *connection).await.unwrap();
    run(connection, "SET session_replication_role = replica").await;
    let error = migrator("other").repair(&mut *connection).await.unwrap_err();
    assert!(matches!(&error, Error::ReplicationRole { .. }), "{error}");
    migrator("other").verify(&mut *connection).await.unwrap();
    run(connection, "RESET session_replication_role").await;
    set(connection, "session_replication_role = replica").await;
    let error = psql(&database, &script).unwrap_err();
    assert!(error.contains("session_replication_role is replica"), "{error}");
    assert_eq!(ask(connection, "SELECT to_regnamespace('acme')::text").await, "-");
}

#[tokio::test]
async fn a_database_that_may_only_be_read_stays_one() {
    let database = database().await;
    let owner = &mut database.connect().await.unwrap();
    set(owner, "default_transaction_read_only = on").await;
    let connection = &mut database.connect().await.unwrap();
    assert_eq!(failed(migrator("acme").up(&mut *connection).await).sqlstate, "25006");
    migrator("acme").status(&mut *connection).await.unwrap();
}

/// A prefix is a name, whatever a backslash means to the session.
#[tokio::test]
async fn a_prefix_with_a_backslash_is_nothing_but_a_name() {
    let database: Database = database().await;
    let owner = &mut database.connect().await.unwrap();
    for conforming in ["on", "off"] {
        set(owner, &format!("standard_conforming_strings = {conforming}")).await;
        set(owner, "backslash_quote = on").await;
        for prefix in ["x\\';create table public.injected();--", "n\\ö'\\t\\"] {
            let connection = &mut database.connect().await.unwrap();
            let migrator = || fresh::CHAIN.migrator().prefix(prefix);
            migrator().status(&mut *connection).await.unwrap();
            migrator().ledger(&mut *connection).await.unwrap();
            migrator().plan(None, &mut *connection).await.unwrap();
            migrator().up(&mut *connection).await.unwrap_or_else(|error| panic!("{prefix}, {conforming}: {error}"));
            assert!(migrator().verify(&mut *connection).await.unwrap().is_clean(), "{prefix}");
            migrator().repair(&mut *connection).await.unwrap();
            run(connection, &format!("COMMENT ON TABLE {}.track IS NULL", quoted(prefix))).await;
            migrator().adopt(Some(1), &mut *connection).await.unwrap();
            assert_eq!(migrator().ledger(&mut *connection).await.unwrap().entries.len(), 2, "{prefix}");
            migrator().allow_data_loss(true).down_to(0, &mut *connection).await.unwrap();
            psql(&database, &pkmig::script(&migrator().script(0, 1).unwrap(), &migrator())).unwrap();
            run(owner, &format!("DROP SCHEMA {} CASCADE; DROP SCHEMA pkmig CASCADE", quoted(prefix))).await;
        }
    }
    assert_eq!(ask(owner, "SELECT to_regclass('public.injected')::text").await, "-");
}
