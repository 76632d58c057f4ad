//! The ledger: a line for each stamped version where the role may write one, and no difference where it may not.

use pkmig::schema::Version;
use pkmig::testing::Database;
use pkmig::{Chain, Migrator};
use sqlx::PgConnection;

use crate::support::{ask, catalog, database, quoted, run};

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

    // Somebody else's is closed to the role, then open for reading only, then open.
    migrator(&files::CHAIN, "theirs").up(&mut *owner).await.unwrap();
    let name = quoted(&role);
    for (right, lines) in [
        ("", 0),
        ("GRANT USAGE ON SCHEMA pkmig TO {}; GRANT SELECT ON pkmig.pkmig_ledger TO {}", 0),
        ("GRANT INSERT ON pkmig.pkmig_ledger TO {}", 4),
    ] {
        run(owner, &right.replace("{}", &name)).await;
        migrator(&notes::CHAIN, "acme").down_to(0, &mut theirs).await.unwrap();
        migrator(&notes::CHAIN, "acme").up(&mut theirs).await.unwrap();
        let found = migrator(&notes::CHAIN, "acme").ledger(&mut theirs).await.unwrap();
        assert_eq!(found.entries.len(), lines, "{right}");
    }
    drop_role(owner, &role).await;
}

#[tokio::test]
async fn a_table_of_somebody_elses_under_the_name_is_left_alone() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    run(connection, "CREATE SCHEMA pkmig; CREATE TABLE pkmig.pkmig_ledger (chain text)").await;
    migrator(&notes::CHAIN, "acme").up(&mut *connection).await.unwrap();
    assert_eq!(ask(connection, "SELECT count(*)::text FROM pkmig.pkmig_ledger").await, "0");
    assert!(migrator(&notes::CHAIN, "acme").ledger(&mut *connection).await.unwrap().entries.is_empty());
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
