//! The ledger: a line for each stamped version where the role may write one, and no difference where it may not.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use pkmig::schema::Version;
use pkmig::testing::Database;
use pkmig::{Chain, Event, Ledger, Migrator, NoLedger};
use sqlx::PgConnection;

use crate::support::{ask, catalog, database, failed, quoted, run};
use crate::surroundings::psql;

/// Two versions.
mod notes {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
        }
    }
    pkmig::migration! {
        V02 "a column" {
            add_column track.note: text check("note <> ''");
        }
    }
    pkmig::chain! {
        pub static CHAIN: "notes" tracked_by track { V01, V02 }
    }
}

/// The same chain in a later release, in which somebody has edited V2; V1 has a comment and another title only.
mod edited {
    pkmig::migration! {
        V01 "the first table" {
            // It holds the version.
            create_table track {
                id: integer,
            }
        }
    }
    pkmig::migration! {
        V02 "a column" {
            add_column track.note: text check("note <> 'x'");
        }
    }
    pkmig::chain! {
        pub static CHAIN: "notes" tracked_by track { V01, V02 }
    }
}

mod files {
    pkmig::migration! {
        V01 "another table" {
            create_table files { id: integer }
        }
    }
    pkmig::chain! {
        pub static CHAIN: "files" tracked_by files { V01 }
    }
}

const LINES: &str =
    "SELECT concat_ws(' ', chain, prefix, version, direction, program) FROM pkmig.pkmig_ledger ORDER BY id";
const THERE: &str = "SELECT (to_regclass('pkmig.pkmig_ledger') IS NOT NULL)::text";

fn migrator(chain: &'static Chain, prefix: &str) -> Migrator {
    chain.migrator().prefix(prefix).program("host 1.0")
}

/// A role that may make the install's tables and no schema, with a connection.
async fn lesser(database: &Database, owner: &mut PgConnection) -> (String, PgConnection) {
    let role = format!("{} lesser", ask(owner, "SELECT current_database()").await);
    let name = quoted(&role);
    run(owner, &format!("CREATE ROLE {name} LOGIN PASSWORD 'secret'; CREATE SCHEMA acme AUTHORIZATION {name}")).await;
    let connection =
        <PgConnection as sqlx::Connection>::connect(&database.url_for(&role, "secret").unwrap()).await.unwrap();
    (role, connection)
}

async fn drop_role(owner: &mut PgConnection, role: &str) {
    run(owner, &format!("DROP OWNED BY {0} CASCADE; DROP ROLE {0}", quoted(role))).await;
}

#[tokio::test]
async fn installs_share_a_ledger_that_outlives_them() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    migrator(&notes::CHAIN, "acme").up(&mut *connection).await.unwrap();
    migrator(&notes::CHAIN, "it's").up_to(1, &mut *connection).await.unwrap();
    migrator(&files::CHAIN, "acme").up(&mut *connection).await.unwrap();
    migrator(&notes::CHAIN, "acme").down_to(0, &mut *connection).await.unwrap();
    let lines = "notes acme 1 baseline host 1.0\nnotes acme 2 baseline host 1.0\nnotes it's 1 baseline host 1.0\n\
                 files acme 1 baseline host 1.0\nnotes acme 2 down host 1.0\nnotes acme 1 down host 1.0";
    assert_eq!(ask(connection, LINES).await, lines);

    let ledger = migrator(&notes::CHAIN, "acme").ledger(&mut *connection).await.unwrap();
    assert_eq!(ledger.entries.len(), 4);
    assert!(ledger.applied().is_empty());
    let ledger = migrator(&notes::CHAIN, "it's").ledger(&mut *connection).await.unwrap();
    let applied = ledger.applied();
    assert_eq!(applied[&Version(1)].hash, notes::CHAIN.hash_at(Version(1)).unwrap());
    assert_eq!(applied[&Version(1)].role, ask(connection, "SELECT current_user::text").await);
}

#[tokio::test]
async fn an_edited_version_is_known_by_its_hash() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    migrator(&notes::CHAIN, "acme").up(&mut *connection).await.unwrap();
    let ledger = migrator(&edited::CHAIN, "acme").ledger(&mut *connection).await.unwrap();
    assert!(ledger.edited(&notes::CHAIN).is_empty());
    let edited: Vec<_> = ledger.edited(&edited::CHAIN).iter().map(|entry| entry.version).collect();
    assert_eq!(edited, [Version(2)]);
}

#[tokio::test]
async fn a_role_that_may_not_make_the_ledger_does_without() {
    let database = database().await;
    let owner = &mut database.connect().await.unwrap();
    let (role, mut theirs) = lesser(&database, owner).await;
    migrator(&notes::CHAIN, "acme").up(&mut theirs).await.unwrap();
    assert_eq!(ask(owner, THERE).await, "false");
    assert!(migrator(&notes::CHAIN, "acme").ledger(&mut theirs).await.unwrap().entries.is_empty());

    assert_eq!(migrator(&notes::CHAIN, "acme").ledger(&mut theirs).await.unwrap().unread, Some(NoLedger::Missing));

    // Somebody else's is not touched, whatever is granted: its triggers would run with the rights of who writes.
    migrator(&files::CHAIN, "theirs").up(&mut *owner).await.unwrap();
    let (name, keeper) = (quoted(&role), quoted(&format!("{role} keeper")));
    let grant = format!("GRANT USAGE ON SCHEMA pkmig TO {name}; GRANT SELECT, INSERT ON pkmig.pkmig_ledger TO {name}");
    run(owner, &grant).await;
    let (said, ledger) = again(&mut theirs).await;
    assert!(said.contains("pkmig.pkmig_ledger belongs to role"), "{said}");
    assert!(matches!(ledger.unread, Some(NoLedger::Untrusted { .. })), "{ledger:?}");
    assert_eq!(ask(owner, "SELECT count(*)::text FROM pkmig.pkmig_ledger").await, "1");
    // A member of its owner, by way of another role, writes as far as it may.
    let between = quoted(&format!("{role} between"));
    let member = format!(
        "CREATE ROLE {keeper}; CREATE ROLE {between}; GRANT {keeper} TO {between}; GRANT {between} TO {name};
         ALTER TABLE pkmig.pkmig_ledger OWNER TO {keeper}"
    );
    run(owner, &member).await;
    let (said, ledger) = again(&mut theirs).await;
    assert_eq!((said.as_str(), ledger.entries.len(), ledger.unread), ("", 4, None));
    run(owner, &format!("REVOKE USAGE ON SCHEMA pkmig FROM {name}")).await;
    let (said, ledger) = again(&mut theirs).await;
    assert!(said.contains("permission denied"), "{said}");
    assert!(matches!(ledger.unread, Some(NoLedger::Unreadable { .. })), "{ledger:?}");
    // A superuser is nobody's member by being one.
    let ledger = migrator(&notes::CHAIN, "acme").ledger(&mut *owner).await.unwrap();
    assert!(matches!(ledger.unread, Some(NoLedger::Untrusted { .. })), "{ledger:?}");
    drop_role(owner, &role).await;
    run(owner, &format!("DROP ROLE {between}; REASSIGN OWNED BY {keeper} TO CURRENT_USER; DROP OWNED BY {keeper}; DROP ROLE {keeper}")).await;
}

/// Down, and up again one by one; what was said of the ledger, once in each run, and what it says.
async fn again(connection: &mut PgConnection) -> (String, Ledger) {
    let said = Arc::new(Mutex::new(Vec::new()));
    let heard = said.clone();
    let migrator = migrator(&notes::CHAIN, "acme").baseline(false).observe(move |event| {
        if let Event::Unwritten { why } = event {
            heard.lock().unwrap().push(why.clone());
        }
    });
    for direction in ["down", "up"] {
        let before = said.lock().unwrap().len();
        let run = match direction {
            "down" => migrator.clone().allow_data_loss(true).down_to(0, &mut *connection).await,
            _ => migrator.up(&mut *connection).await,
        };
        let run = run.unwrap_or_else(|error| panic!("{direction}: {error}"));
        let said = said.lock().unwrap()[before..].to_vec();
        assert_eq!(run.unwritten.into_iter().collect::<Vec<_>>(), said, "{direction}");
    }
    let said = said.lock().unwrap().first().cloned().unwrap_or_default();
    (said, migrator.ledger(connection).await.unwrap())
}

#[tokio::test]
async fn what_is_no_ledger_of_ones_own_is_left_alone() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    migrator(&notes::CHAIN, "acme").up(&mut *connection).await.unwrap();
    const COMMENT: &str = "COMMENT ON TABLE pkmig.pkmig_ledger IS 'pkmig ledger 1'";
    for (made, why) in [
        ("CREATE TABLE pkmig.pkmig_ledger (chain text)", "pkmig.pkmig_ledger does not have the comment of a ledger"),
        (
            "CREATE VIEW pkmig.pkmig_ledger AS SELECT 1 AS id, pg_sleep(60)::text AS chain; COMMENT ON VIEW pkmig.pkmig_ledger IS 'pkmig ledger 1'",
            "pkmig.pkmig_ledger is not an ordinary table",
        ),
        ("CREATE TABLE pkmig.pkmig_ledger (LIKE public.of_old) PARTITION BY LIST (id)", "is not an ordinary table"),
    ] {
        run(connection, "CREATE TABLE IF NOT EXISTS public.of_old (id integer)").await;
        run(connection, &format!("DROP SCHEMA pkmig CASCADE; CREATE SCHEMA pkmig; {made}")).await;
        if made.contains("PARTITION") {
            run(connection, COMMENT).await;
        }
        let (said, ledger) = again(connection).await;
        assert!(said.contains(why), "{said}");
        assert!(matches!(ledger.unread, Some(NoLedger::Untrusted { .. })), "{ledger:?}");
        assert_eq!(migrator(&notes::CHAIN, "acme").version(&mut *connection).await.unwrap(), Version(2));
    }
}

/// Whatever has become of it, a version neither fails nor waits.
#[tokio::test]
async fn a_ledger_that_cannot_be_written_stops_no_version() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    for (broken, written, read) in [
        ("ALTER TABLE pkmig.pkmig_ledger DROP COLUMN hash", "column \"hash\"", false),
        ("ALTER TABLE pkmig.pkmig_ledger DROP COLUMN role", "", false),
        (
            "ALTER TABLE pkmig.pkmig_ledger ADD COLUMN more text NOT NULL DEFAULT 'x'; ALTER TABLE pkmig.pkmig_ledger ALTER COLUMN more DROP DEFAULT",
            "null value in column \"more\"",
            true,
        ),
        (
            "ALTER TABLE pkmig.pkmig_ledger ADD CHECK (program <> 'host 1.0') NOT VALID",
            "violates check constraint",
            true,
        ),
        (
            "CREATE FUNCTION public.no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''not today''; END'; CREATE TRIGGER no BEFORE INSERT ON pkmig.pkmig_ledger FOR EACH ROW EXECUTE FUNCTION public.no()",
            "not today",
            true,
        ),
        (
            "CREATE FUNCTION public.late() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''too late''; END'; CREATE CONSTRAINT TRIGGER late AFTER INSERT ON pkmig.pkmig_ledger DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.late()",
            "has a deferred constraint or trigger",
            true,
        ),
        ("ALTER SEQUENCE pkmig.pkmig_ledger_id_seq MAXVALUE 3", "reached maximum value", true),
        ("ALTER TABLE pkmig.pkmig_ledger ALTER COLUMN id RESTART", "duplicate key", true),
        (
            "ALTER TABLE pkmig.pkmig_ledger ALTER COLUMN version TYPE smallint USING 1, ALTER COLUMN hash DROP NOT NULL, ALTER COLUMN took DROP NOT NULL, ALTER COLUMN program DROP NOT NULL; UPDATE pkmig.pkmig_ledger SET hash = NULL, took = NULL, program = NULL",
            "",
            true,
        ),
    ] {
        run(connection, "DROP SCHEMA IF EXISTS pkmig CASCADE; DROP SCHEMA IF EXISTS acme CASCADE").await;
        migrator(&notes::CHAIN, "acme").up(&mut *connection).await.unwrap();
        run(connection, broken).await;
        let start = Instant::now();
        let (said, ledger) = again(connection).await;
        assert!(said.contains(written) && said.is_empty() == written.is_empty(), "{broken}: {said}");
        assert_eq!(ledger.unread.is_none(), read, "{broken}: {ledger:?}");
        let edited = migrator(&edited::CHAIN, "acme").ledger(&mut *connection).await.unwrap();
        edited.edited(&edited::CHAIN);
        assert!(migrator(&notes::CHAIN, "acme").verify(&mut *connection).await.unwrap().is_clean(), "{broken}");
        // Behind a version by psql it is said as well, and stops nothing.
        migrator(&notes::CHAIN, "acme").allow_data_loss(true).down_to(0, &mut *connection).await.unwrap();
        let planned = migrator(&notes::CHAIN, "acme").script(0, 2).unwrap();
        psql(&database, &pkmig::script(&planned, &migrator(&notes::CHAIN, "acme"))).unwrap();
        assert!(start.elapsed() < Duration::from_secs(5), "{broken}: {:?}", start.elapsed());
    }
}

#[tokio::test]
async fn a_ledger_that_hides_rows_from_a_role_is_not_taken_for_an_empty_one() {
    let database = database().await;
    let owner = &mut database.connect().await.unwrap();
    let (role, mut theirs) = lesser(&database, owner).await;
    let name = quoted(&ask(owner, "SELECT current_database()").await);
    run(owner, &format!("GRANT CREATE ON DATABASE {name} TO {}", quoted(&role))).await;
    migrator(&notes::CHAIN, "acme").up(&mut theirs).await.unwrap();
    run(owner, "ALTER TABLE pkmig.pkmig_ledger ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY").await;
    let (said, ledger) = again(&mut theirs).await;
    assert!(said.contains("row-level security"), "{said}");
    assert!(matches!(ledger.unread, Some(NoLedger::Unreadable { .. })), "{ledger:?}");
    drop_role(owner, &role).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_is_locked_is_not_waited_for() {
    let database = database().await;
    let (connection, holder) = (&mut database.connect().await.unwrap(), &mut database.connect().await.unwrap());
    migrator(&notes::CHAIN, "acme").up(&mut *connection).await.unwrap();
    for lock in [
        "LOCK TABLE pkmig.pkmig_ledger",
        "INSERT INTO pkmig.pkmig_ledger (id, chain, prefix, version, direction, hash) OVERRIDING SYSTEM VALUE SELECT max(id) + 1, 'a', 'b', 1, 'up', '' FROM pkmig.pkmig_ledger",
    ] {
        run(holder, &format!("BEGIN; {lock}")).await;
        let start = Instant::now();
        let (said, ledger) = again(connection).await;
        assert!(!said.is_empty(), "{lock}");
        assert_eq!(ledger.unread.is_some(), lock.starts_with("LOCK"), "{ledger:?}");
        assert!(start.elapsed() < Duration::from_secs(4), "{lock}: {:?}", start.elapsed());
        run(holder, "ROLLBACK").await;
    }
    assert_eq!(again(connection).await.0, "");
}

/// To cancel is to cancel, even where the ledger is being written.
#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_is_cancelled_at_the_ledger_is_cancelled() {
    let database = database().await;
    let (connection, other) = (&mut database.connect().await.unwrap(), &mut database.connect().await.unwrap());
    migrator(&files::CHAIN, "theirs").up(&mut *connection).await.unwrap();
    run(connection, "CREATE FUNCTION public.slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(30); RETURN NEW; END'; \
        CREATE TRIGGER slow BEFORE INSERT ON pkmig.pkmig_ledger FOR EACH ROW EXECUTE FUNCTION public.slow()").await;
    let pid = ask(connection, "SELECT pg_backend_pid()::text").await;
    let migrator = migrator(&notes::CHAIN, "acme");
    let (run_up, ()) = tokio::join!(migrator.up(&mut *connection), async {
        while ask(
            other,
            &format!("SELECT count(*)::text FROM pg_stat_activity WHERE pid = {pid} AND wait_event = 'PgSleep'"),
        )
        .await
            == "0"
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        run(other, &format!("SELECT pg_cancel_backend({pid})")).await;
    });
    assert_eq!(failed(run_up).sqlstate, "57014");
}

#[tokio::test]
async fn without_a_ledger_none_is_made_read_or_written() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let without = || migrator(&notes::CHAIN, "acme").with_ledger(false);
    without().up(&mut *connection).await.unwrap();
    without().baseline(false).down_to(0, &mut *connection).await.unwrap();
    without().baseline(false).up(&mut *connection).await.unwrap();
    run(connection, "COMMENT ON TABLE acme.track IS '1'").await;
    without().heal(&mut *connection).await.unwrap();
    assert_eq!(ask(connection, "SELECT to_regnamespace('pkmig')::text").await, "-");
    assert_eq!(without().ledger(&mut *connection).await.unwrap().unread, Some(NoLedger::Off));
    let ledger = migrator(&notes::CHAIN, "acme").ledger(&mut *connection).await.unwrap();
    assert_eq!(ledger.unread, Some(NoLedger::Missing));
    assert!(!without().script(0, 2).unwrap().iter().any(|version| version.sql().contains("pkmig_ledger")));
}

/// The table as the first release makes it.
const OF_THE_FIRST_RELEASE: &str = "CREATE SCHEMA pkmig; CREATE TABLE pkmig.pkmig_ledger (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, chain text NOT NULL, prefix text NOT NULL, version integer NOT NULL,
    direction text NOT NULL, hash text NOT NULL, started timestamptz NOT NULL DEFAULT transaction_timestamp(),
    took interval NOT NULL DEFAULT clock_timestamp() - transaction_timestamp(),
    program text NOT NULL DEFAULT coalesce(nullif(current_setting('pkmig.program', true), ''), current_setting('application_name')),
    role text NOT NULL DEFAULT current_user);
    COMMENT ON TABLE pkmig.pkmig_ledger IS 'pkmig ledger 1: what pkmig has done in this database; nothing reads it but people and pkmig status'";

#[tokio::test]
async fn a_ledger_of_the_first_release_gets_its_index_and_goes_on() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    run(connection, OF_THE_FIRST_RELEASE).await;
    migrator(&notes::CHAIN, "acme").up(&mut *connection).await.unwrap();
    let indexes = "SELECT indexdef FROM pg_indexes WHERE schemaname = 'pkmig' AND indexname LIKE '%install%'";
    let index = "CREATE INDEX pkmig_ledger_install_idx ON pkmig.pkmig_ledger USING btree (chain, prefix, id)";
    assert_eq!(ask(connection, indexes).await, index);
    assert_eq!(ask(connection, LINES).await, "notes acme 1 baseline host 1.0\nnotes acme 2 baseline host 1.0");
    assert_eq!(migrator(&notes::CHAIN, "acme").ledger(&mut *connection).await.unwrap().entries.len(), 2);
    // What is pruned is what nobody asks about: of each version, all lines but the last.
    again(connection).await;
    let known = migrator(&notes::CHAIN, "acme").ledger(&mut *connection).await.unwrap();
    let applied: Vec<_> = known.applied().into_iter().map(|(version, entry)| (version, entry.hash.clone())).collect();
    run(connection, "DELETE FROM pkmig.pkmig_ledger l WHERE started < now() + interval '1 day' AND EXISTS (SELECT FROM pkmig.pkmig_ledger n \
        WHERE n.chain = l.chain AND n.prefix = l.prefix AND n.version = l.version AND n.id > l.id AND n.direction <> 'repair')").await;
    let pruned = migrator(&notes::CHAIN, "acme").ledger(&mut *connection).await.unwrap();
    assert_eq!(pruned.entries.len(), 2);
    assert_eq!(
        pruned.applied().into_iter().map(|(version, entry)| (version, entry.hash.clone())).collect::<Vec<_>>(),
        applied
    );
}

#[tokio::test]
async fn a_script_writes_where_there_is_a_ledger_and_makes_none() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let script = |chain: &'static Chain| -> String {
        let versions = migrator(chain, "acme").script(0, chain.latest().0).unwrap();
        versions.iter().map(pkmig::PlannedVersion::sql).collect()
    };
    run(connection, &script(&notes::CHAIN)).await;
    assert_eq!(ask(connection, THERE).await, "false");
    migrator(&files::CHAIN, "theirs").up(&mut *connection).await.unwrap();
    run(connection, "SET application_name = 'psql'").await;
    run(connection, &script(&files::CHAIN)).await;
    assert_eq!(ask(connection, LINES).await, "files theirs 1 baseline host 1.0\nfiles acme 1 up psql");
}

/// Sixteen runners, each of an install of its own, make the ledger at the same moment.
#[tokio::test]
async fn runners_that_make_the_ledger_at_once_do_not_disturb_each_other() {
    let database = database().await;
    let mut runs = tokio::task::JoinSet::new();
    for number in 0..16 {
        let mut connection = database.connect().await.unwrap();
        runs.spawn(async move {
            let migrator = migrator(&notes::CHAIN, &format!("p{number}")).baseline(number % 2 == 0);
            let run = migrator.up(&mut connection).await.unwrap();
            run.applied.iter().map(|applied| applied.versions).sum::<usize>()
        });
    }
    assert_eq!(runs.join_all().await, [2; 16]);
    let connection = &mut database.connect().await.unwrap();
    assert_eq!(ask(connection, "SELECT count(*)::text FROM pkmig.pkmig_ledger").await, "32");
    assert!(!catalog(connection, "p0").await.contains("ledger"));
}
