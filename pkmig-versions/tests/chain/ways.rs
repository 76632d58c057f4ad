//! All ways lead to the same schema: at once, step by step, back and forth, twice, at the same time.

use std::collections::BTreeMap;

use pkmig::Direction;
use pkmig::schema::Class;
use pkmig_versions::phoenix_kit::PHOENIX_KIT;
use proptest::test_runner::{Config, TestRunner};
use sqlx::{Connection, PgConnection};

use crate::catalog::{assert_same, of};
use crate::{database, execute, go, phoenix_kit};

/// The catalog at every version, installed one by one.
async fn one_by_one(connection: &mut PgConnection, prefix: &str) -> BTreeMap<u32, Vec<String>> {
    let migrator = phoenix_kit(prefix);
    let mut catalogs = BTreeMap::new();
    for version in 1..=PHOENIX_KIT.latest().0 {
        go(&migrator, version, connection).await;
        catalogs.insert(version, of(connection, prefix).await);
    }
    catalogs
}

#[tokio::test]
async fn every_version_can_be_run_twice() {
    let (_database, mut connection) = database().await;
    let migrator = phoenix_kit("acme");
    for version in 1..=PHOENIX_KIT.latest().0 {
        go(&migrator, version, &mut connection).await;
        let once = of(&mut connection, "acme").await;
        let before = version - 1;
        execute(&mut connection, &format!("COMMENT ON TABLE acme.phoenix_kit IS '{before}'")).await;
        let run = go(&migrator, version, &mut connection).await;
        assert_eq!(run.applied.len(), 1);
        assert_same(&format!("V{version} run twice"), &once, &of(&mut connection, "acme").await);
    }
}

#[tokio::test]
async fn every_down_leads_back_and_every_up_again_forth() {
    let (_database, mut connection) = database().await;
    let migrator = phoenix_kit("acme");
    let mut before = Vec::new();
    for version in 1..=PHOENIX_KIT.latest().0 {
        go(&migrator, version, &mut connection).await;
        let there = of(&mut connection, "acme").await;
        go(&migrator, version - 1, &mut connection).await;
        let back = of(&mut connection, "acme").await;
        let schema = |lines: &[String]| -> Vec<String> {
            // A down cannot always bring back rows, and the version is the comment of the tracking table.
            lines.iter().filter(|l| !l.starts_with("row of") && !l.starts_with("table phoenix_kit ")).cloned().collect()
        };
        assert_same(&format!("the down of V{version}"), &schema(&before), &schema(&back));
        go(&migrator, version, &mut connection).await;
        before = of(&mut connection, "acme").await;
        assert_same(&format!("V{version} again"), &there, &before);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn random_jumps_end_where_single_steps_do() {
    let (_database, mut connection) = database().await;
    let expected = one_by_one(&mut connection, "steps").await;
    let latest = PHOENIX_KIT.latest().0;
    let mut runner = TestRunner::new(Config { cases: 4, failure_persistence: None, ..Config::default() });
    let handle = tokio::runtime::Handle::current();
    let connection = tokio::sync::Mutex::new(connection);
    tokio::task::block_in_place(|| {
        let jumps = proptest::collection::vec(1..=latest, 1..8);
        runner.run(&jumps, |targets| {
            handle.block_on(async {
                let mut connection = connection.lock().await;
                execute(&mut connection, "DROP SCHEMA IF EXISTS jumps CASCADE").await;
                let migrator = phoenix_kit("jumps");
                // Once a lossy version was left, rows are not what they were; the schema is.
                let mut lost = false;
                for target in &targets {
                    let planned = migrator.plan(Some(*target), &mut *connection).await.unwrap();
                    lost |= planned.iter().any(|v| v.direction == Direction::Down && v.class != Class::Lossless);
                    go(&migrator, *target, &mut connection).await;
                    let mut found = of(&mut connection, "jumps").await;
                    let mut expected = expected[target].clone();
                    for lines in [&mut found, &mut expected] {
                        // V35 says that its role stays on the way down: users may have been given it.
                        lines.retain(|line| *target >= 35 || !line.contains("\"name\": \"SupportAgent\""));
                        lines.retain(|line| !lost || !line.starts_with("row of"));
                    }
                    assert_same(&format!("by {targets:?}, at V{target}"), &expected, &found);
                }
            });
            Ok(())
        })
    })
    .unwrap();
}

#[tokio::test]
async fn installs_do_not_touch_each_other() {
    let (_database, mut connection) = database().await;
    let latest = PHOENIX_KIT.latest().0;
    go(&phoenix_kit("public"), latest, &mut connection).await;
    let public = of(&mut connection, "public").await;
    for prefix in ["tenant_2", "My-Schema", "naïve", "select", "a\"b"] {
        let migrator = phoenix_kit(prefix);
        go(&migrator, latest, &mut connection).await;
        assert_same(prefix, &public, &of(&mut connection, prefix).await);
        go(&migrator, 0, &mut connection).await;
        assert_eq!(of(&mut connection, prefix).await, Vec::<String>::new(), "{prefix} is empty again");
        assert_same("public, untouched", &public, &of(&mut connection, "public").await);
    }
}

#[tokio::test]
async fn two_runners_at_once_apply_each_version_once() {
    let (database, mut connection) = database().await;
    let runner = || async {
        let mut connection = PgConnection::connect(database.url()).await.unwrap();
        phoenix_kit("acme").up(&mut connection).await.unwrap().applied
    };
    let (one, two) = tokio::join!(runner(), runner());
    let mut versions: Vec<u32> = one.iter().chain(&two).map(|applied| applied.version.0).collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..=PHOENIX_KIT.latest().0).collect::<Vec<_>>());
    go(&phoenix_kit("alone"), PHOENIX_KIT.latest().0, &mut connection).await;
    let alone = of(&mut connection, "alone").await;
    assert_same("installed by two", &alone, &of(&mut connection, "acme").await);
}
