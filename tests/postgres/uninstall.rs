//! An uninstall: everything that a chain has made goes in one transaction, whatever the downs of its versions say.

use pkmig::schema::Version;
use pkmig::{Chain, Error};

use crate::support::{ask, catalog, database, failed, run, same};

mod library {
    pkmig::migration! {
        V01 "states of jobs" {
            create_extension citext;
            create_enum state { "open", "done" }
            create_table track { id: integer }
            create_table jobs { id: integer primary_key, state: state not_null default("open"), name: citext }
            execute "SELECT id FROM @.track" idempotent on_fresh(run)
                down "INSERT INTO outside.log VALUES ('V1')";
        }
    }
    pkmig::migration! {
        V02 "a state more" {
            add_enum_value state "suspended";
            irreversible("PostgreSQL keeps values of enums");
        }
    }
    pkmig::migration! {
        V03 "what stands on each other" {
            create_function next_code() returns integer language sql { "SELECT 1" }
            create_table parents {
                id: bigserial primary_key,
                code: integer default(@.next_code()),
                best_id: bigint,
            }
            create_table children {
                id: bigserial primary_key,
                parent_id: bigint not_null references(parents.id),
            }
            add_foreign_key parents best (best_id) references children (id);
            create_view families as "SELECT p.id AS parent, c.id AS child FROM @.parents p JOIN @.children c ON c.parent_id = p.id";
            create_sequence codes;
            add_column jobs.gone: text;
            execute "SELECT gone FROM @.jobs" idempotent on_fresh(skip) down "INSERT INTO outside.log SELECT coalesce(max(gone), 'V3') FROM @.jobs";
        }
    }
    pkmig::migration! {
        V04 "other names" {
            rename_table jobs => tasks;
            drop_column tasks.gone;
            create_table short { id: integer }
            execute "SELECT id FROM @.tasks" idempotent on_fresh(skip) down "INSERT INTO outside.log SELECT 'V4 ' || count(*) FROM @.tasks";
            execute "SELECT id FROM @.short" idempotent on_fresh(skip) down "INSERT INTO outside.log SELECT 'short' FROM @.short";
        }
    }
    pkmig::migration! {
        V05 "once more" {
            rename_table tasks => work;
            drop_table short;
            down { create_table short { id: integer } execute "INSERT INTO outside.log VALUES ('V5')" idempotent; rename_table work => tasks; }
        }
    }
    pkmig::chain! {
        pub static CHAIN: "uninstall" tracked_by track { requires table outside.log (line: text); V01, V02, V03, V04, V05 }
    }
}

fn migrator(prefix: &str) -> pkmig::Migrator {
    let chain: &'static Chain = &library::CHAIN;
    chain.migrator().baseline(false).prefix(prefix)
}

const LOG: &str = "SELECT string_agg(line, ', ' ORDER BY ctid) FROM outside.log";

#[tokio::test]
async fn all_goes_at_once_whatever_the_classes_say() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    run(connection, "CREATE SCHEMA outside; CREATE TABLE outside.log (line text)").await;
    for prefix in ["acme", crate::support::ODD] {
        migrator("beside").up(&mut *connection).await.unwrap();
        let beside = catalog(connection, "beside").await;
        let up = migrator(prefix).up(&mut *connection).await;
        up.unwrap_or_else(|error| panic!("{prefix}: {error}"));
        assert!(matches!(migrator(prefix).down_to(1, &mut *connection).await, Err(Error::Irreversible { .. })));
        run(connection, "TRUNCATE outside.log").await;

        let run = migrator(prefix).down_to(0, &mut *connection).await.unwrap();
        let applied: Vec<_> = run.applied.iter().map(|applied| (applied.version, applied.versions)).collect();
        assert_eq!((run.from, run.to, applied), (Version(5), Version(0), vec![(Version(5), 5)]));
        same(&catalog(connection, prefix).await, "", prefix);
        same(&catalog(connection, "beside").await, &beside, "another install");
        // V4's speaks of the table by the name that it has now; V3's of a column that is gone, and is rolled back by itself; that
        // of `short` of a table that is gone.
        assert_eq!(ask(connection, LOG).await, "V5, V4 0, V1");
        assert_eq!(ask(connection, "SELECT extname::text FROM pg_extension WHERE extname = 'citext'").await, "citext");
        assert_eq!(migrator(prefix).version(&mut *connection).await.unwrap(), Version(0));
        assert!(migrator(prefix).down_to(0, &mut *connection).await.unwrap().applied.is_empty());
        let lines = migrator(prefix).ledger(&mut *connection).await.unwrap();
        assert!(lines.applied().is_empty(), "{lines:?}");
        let downs = lines.entries.iter().rev().take(5).map(|line| line.version.0).collect::<Vec<_>>();
        assert_eq!(downs, [1, 2, 3, 4, 5]);
    }
}

#[tokio::test]
async fn a_plan_says_what_stays_and_what_is_not_run() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    run(connection, "CREATE SCHEMA outside; CREATE TABLE outside.log (line text)").await;
    migrator("acme").up(&mut *connection).await.unwrap();
    let plan = migrator("acme").plan(Some(0), &mut *connection).await.unwrap();
    let [uninstall] = plan.as_slice() else { panic!("{plan:?}") };
    let left = uninstall.uninstall.as_ref().unwrap();
    assert_eq!(left.stays, ["schema `acme`", "extension `citext`", "table `outside.log`"]);
    assert_eq!(left.not_run.len(), 1, "{left:?}");
    assert!(
        left.not_run[0].starts_with("V4: `execute ") && left.not_run[0].ends_with("because `short` no longer exists")
    );
    assert_eq!((uninstall.versions, uninstall.migration.version), (5, Version(5)));
    assert!(!uninstall.steps().iter().any(|step| step.contains("cascade")), "{:?}", uninstall.steps());
}

#[tokio::test]
async fn rows_ask_for_leave() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    run(connection, "CREATE SCHEMA outside; CREATE TABLE outside.log (line text)").await;
    migrator("acme").up(&mut *connection).await.unwrap();
    run(connection, "INSERT INTO acme.work (id) VALUES (1); INSERT INTO acme.parents DEFAULT VALUES").await;
    let before = catalog(connection, "acme").await;
    let error = migrator("acme").down_to(0, &mut *connection).await.unwrap_err().report();
    assert!(error.contains("table `parents` (1 row)") && error.contains("table `work` (1 row)"), "{error}");
    same(&catalog(connection, "acme").await, &before, "a refused uninstall");
    migrator("acme").allow_data_loss(true).down_to(0, &mut *connection).await.unwrap();
    same(&catalog(connection, "acme").await, "", "gone");
}

#[tokio::test]
async fn an_uninstall_that_fails_leaves_everything() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    run(connection, "CREATE SCHEMA outside; CREATE TABLE outside.log (line text)").await;
    migrator("acme").up(&mut *connection).await.unwrap();
    let before = catalog(connection, "acme").await;
    // Late in it: the enum goes last.
    run(
        connection,
        "CREATE FUNCTION stop() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN IF EXISTS (SELECT FROM \
         pg_event_trigger_dropped_objects() WHERE object_type = 'type' AND original) THEN RAISE EXCEPTION 'stop'; END IF; END $$; \
         CREATE EVENT TRIGGER stop ON sql_drop EXECUTE FUNCTION stop()",
    )
    .await;
    let failed = failed(migrator("acme").down_to(0, &mut *connection).await);
    assert_eq!(failed.step.as_deref(), Some("drop_enum state"));
    assert!(failed.report().starts_with("the uninstall of V5 failed and was rolled back: stop"), "{failed}");
    same(&catalog(connection, "acme").await, &before, "a failed uninstall");
    assert_eq!(ask(connection, "SELECT count(*)::text FROM outside.log").await, "0");
    assert_eq!(migrator("acme").version(&mut *connection).await.unwrap(), Version(5));
    run(connection, "DROP EVENT TRIGGER stop").await;
    migrator("acme").down_to(0, &mut *connection).await.unwrap();
}

#[tokio::test]
async fn an_uninstall_from_a_version_in_between_knows_that_version() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    run(connection, "CREATE SCHEMA outside; CREATE TABLE outside.log (line text)").await;
    for version in 1..=5 {
        migrator("acme").up_to(version, &mut *connection).await.unwrap();
        let run = migrator("acme").down_to(0, &mut *connection).await;
        let run = run.unwrap_or_else(|error| panic!("from V{version}: {error}"));
        assert_eq!(run.applied[0].versions, version as usize);
        same(&catalog(connection, "acme").await, "", &format!("from V{version}"));
    }
    // Its script is for one version, and does nothing where nothing is installed.
    let script: String = migrator("acme").script(5, 0).unwrap().iter().map(pkmig::PlannedVersion::sql).collect();
    run(connection, &script).await;
    migrator("acme").up_to(3, &mut *connection).await.unwrap();
    let before = catalog(connection, "acme").await;
    let error = sqlx::raw_sql(sqlx::AssertSqlSafe(script.clone())).execute(&mut *connection).await.unwrap_err();
    assert!(error.to_string().contains("this uninstalls V5, but uninstall is at V3"), "{error}");
    same(&catalog(connection, "acme").await, &before, "a script for another version");
    migrator("acme").up(&mut *connection).await.unwrap();
    run(connection, &script).await;
    same(&catalog(connection, "acme").await, "", "by a script");
}

/// The estimate is close to what the server counts, and what does not fit is refused.
#[tokio::test]
async fn locks_are_estimated_before_the_first_statement() {
    // A server of its own: this test fills its table of locks.
    let server = pkmig::server::Throwaway::start().await.unwrap();
    let url = server.url("postgres");
    let connect = || <sqlx::PgConnection as sqlx::Connection>::connect(&url);
    let (mut connection, mut other) = (connect().await.unwrap(), connect().await.unwrap());
    // Before PostgreSQL 15 everybody may create objects there.
    run(&mut connection, "REVOKE CREATE ON SCHEMA public FROM PUBLIC").await;
    run(&mut connection, "CREATE SCHEMA outside; CREATE TABLE outside.log (line text)").await;
    migrator("acme").up(&mut connection).await.unwrap();
    run(&mut other, "SELECT count(pg_advisory_lock(n)) FROM generate_series(1, 14200) AS n").await;
    let error = migrator("acme").down_to(0, &mut connection).await.unwrap_err();
    let Error::TooManyLocks { needed, setting, now, .. } = error else { panic!("{error}") };
    assert!(setting > now, "{error}");
    assert_eq!(migrator("acme").version(&mut connection).await.unwrap(), Version(5));
    run(&mut other, "SELECT pg_advisory_unlock_all()").await;

    // Beside it, in a transaction of the host's, the locks can be counted.
    run(&mut connection, "BEGIN").await;
    migrator("acme").down_to(0, &mut connection).await.unwrap();
    // But for those on PostgreSQL's own catalogs, which are a few dozen whatever is dropped.
    let held = "SELECT count(*)::text FROM pg_locks WHERE pid = pg_backend_pid() AND locktype IN ('relation', 'object') \
                AND coalesce(relation::bigint, 16384) >= 16384";
    let held: i64 = ask(&mut connection, held).await.parse().unwrap();
    run(&mut connection, "ROLLBACK").await;
    assert!((needed..needed + 20).contains(&held), "{needed} estimated, {held} held");
}
