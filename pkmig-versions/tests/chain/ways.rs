//! All ways lead to the same schema: at once, step by step, back and forth, twice, at the same time.

use std::collections::BTreeMap;

use pkmig::schema::Class;
use pkmig::{Chain, Direction};
use pkmig_versions::CHAINS;
use proptest::test_runner::{Config, TestRunner};
use sqlx::{Connection, PgConnection};

use crate::catalog::{assert_same, of};
use crate::chains::{chain, database_for, migrator};
use crate::{execute, go};

/// Every way as a test of each chain's own, so that they run beside each other.
macro_rules! walk {
    ($($chain:ident)+) => {
        $(mod $chain {
            #[tokio::test]
            async fn every_version_can_be_run_twice() {
                super::every_version_can_be_run_twice(super::chain(stringify!($chain))).await;
            }

            #[tokio::test]
            async fn every_down_leads_back_and_every_up_again_forth() {
                super::every_down_leads_back_and_every_up_again_forth(super::chain(stringify!($chain))).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn random_jumps_end_where_single_steps_do() {
                super::random_jumps_end_where_single_steps_do(super::chain(stringify!($chain))).await;
            }

            #[tokio::test]
            async fn installs_do_not_touch_each_other() {
                super::installs_do_not_touch_each_other(super::chain(stringify!($chain))).await;
            }

            #[tokio::test]
            async fn two_runners_at_once_apply_each_version_once() {
                super::two_runners_at_once_apply_each_version_once(super::chain(stringify!($chain))).await;
            }
        })+

        #[test]
        fn every_chain_is_walked() {
            let all: Vec<_> = CHAINS.iter().map(|chain| chain.name).collect();
            assert_eq!(all, [$(stringify!($chain)),+]);
        }
    };
}

walk!(phoenix_kit erp base_mcp base_mcp_tenant clone_memoria);

/// The catalog at every version, installed one by one.
async fn one_by_one(chain: &'static Chain, connection: &mut PgConnection, prefix: &str) -> BTreeMap<u32, Vec<String>> {
    let migrator = migrator(chain, prefix).baseline(false);
    let mut catalogs = BTreeMap::new();
    for version in 1..=chain.latest().0 {
        go(&migrator, version, connection).await;
        catalogs.insert(version, of(connection, prefix).await);
    }
    catalogs
}

async fn every_version_can_be_run_twice(chain: &'static Chain) {
    let Some((_database, mut connection)) = database_for("every_version_can_be_run_twice", &[chain]).await else {
        return;
    };
    let migrator = migrator(chain, "acme");
    for version in 1..=chain.latest().0 {
        go(&migrator, version, &mut connection).await;
        let once = of(&mut connection, "acme").await;
        let before = version - 1;
        execute(&mut connection, &format!("COMMENT ON TABLE acme.{} IS '{before}'", chain.tracked_by)).await;
        let run = go(&migrator, version, &mut connection).await;
        assert_eq!(run.applied.len(), 1);
        assert_same(&format!("V{version} run twice"), &once, &of(&mut connection, "acme").await);
    }
}

async fn every_down_leads_back_and_every_up_again_forth(chain: &'static Chain) {
    let test = "every_down_leads_back_and_every_up_again_forth";
    let Some((_database, mut connection)) = database_for(test, &[chain]).await else { return };
    let migrator = migrator(chain, "acme");
    let mut before = Vec::new();
    let tracking = format!("table {} ", chain.tracked_by);
    for version in 1..=chain.latest().0 {
        go(&migrator, version, &mut connection).await;
        let there = of(&mut connection, "acme").await;
        go(&migrator, version - 1, &mut connection).await;
        let back = of(&mut connection, "acme").await;
        let schema = |lines: &[String]| -> Vec<String> {
            // A down cannot always bring back rows, and the version is the comment of the tracking table.
            lines.iter().filter(|line| !line.starts_with("row of") && !line.starts_with(&tracking)).cloned().collect()
        };
        assert_same(&format!("the down of V{version}"), &schema(&before), &schema(&back));
        go(&migrator, version, &mut connection).await;
        before = of(&mut connection, "acme").await;
        assert_same(&format!("V{version} again"), &there, &before);
    }
}

/// Whether a row stays on the way down to a version, as the version that made it says.
fn stays(chain: &Chain, target: u32, line: &str) -> bool {
    // V35: users may have been given the role.
    chain.name == "phoenix_kit" && target < 35 && line.contains("\"name\": \"SupportAgent\"")
}

async fn random_jumps_end_where_single_steps_do(chain: &'static Chain) {
    let test = "random_jumps_end_where_single_steps_do";
    let Some((_database, mut connection)) = database_for(test, &[chain]).await else { return };
    let expected = one_by_one(chain, &mut connection, "steps").await;
    let mut runner = TestRunner::new(Config { cases: 4, failure_persistence: None, ..Config::default() });
    let handle = tokio::runtime::Handle::current();
    let connection = tokio::sync::Mutex::new(connection);
    tokio::task::block_in_place(|| {
        let jumps = proptest::collection::vec(1..=chain.latest().0, 1..8);
        runner.run(&jumps, |targets| {
            handle.block_on(async { jump(chain, &targets, &expected, &mut *connection.lock().await).await });
            Ok(())
        })
    })
    .unwrap();
}

/// A fresh install that goes to the targets in turn.
async fn jump(
    chain: &'static Chain,
    targets: &[u32],
    expected: &BTreeMap<u32, Vec<String>>,
    connection: &mut PgConnection,
) {
    execute(connection, "DROP SCHEMA IF EXISTS jumps CASCADE").await;
    let migrator = migrator(chain, "jumps");
    // Once a lossy version was left, rows are not what they were; the schema is.
    let mut lost = false;
    for target in targets {
        let planned = migrator.plan(Some(*target), &mut *connection).await.unwrap();
        lost |= planned.iter().any(|v| v.direction == Direction::Down && v.class != Class::Lossless);
        go(&migrator, *target, connection).await;
        let mut found = of(connection, "jumps").await;
        let mut expected = expected[target].clone();
        for lines in [&mut found, &mut expected] {
            lines.retain(|line| !(stays(chain, *target, line) || lost && line.starts_with("row of")));
        }
        assert_same(&format!("by {targets:?}, at V{target}"), &expected, &found);
    }
}

async fn installs_do_not_touch_each_other(chain: &'static Chain) {
    let Some((_database, mut connection)) = database_for("installs_do_not_touch_each_other", &[chain]).await else {
        return;
    };
    let latest = chain.latest().0;
    go(&migrator(chain, "public"), latest, &mut connection).await;
    let public = of(&mut connection, "public").await;
    for prefix in ["tenant_2", "My-Schema", "naïve", "select", "a\"b"] {
        let migrator = migrator(chain, prefix);
        go(&migrator, latest, &mut connection).await;
        assert_same(prefix, &public, &of(&mut connection, prefix).await);
        go(&migrator, 0, &mut connection).await;
        assert_eq!(of(&mut connection, prefix).await, Vec::<String>::new(), "{prefix} is empty again");
        assert_same("public, untouched", &public, &of(&mut connection, "public").await);
    }
}

async fn two_runners_at_once_apply_each_version_once(chain: &'static Chain) {
    let test = "two_runners_at_once_apply_each_version_once";
    let Some((database, mut connection)) = database_for(test, &[chain]).await else { return };
    let runner = || async {
        let mut connection = PgConnection::connect(database.url()).await.unwrap();
        migrator(chain, "acme").baseline(false).up(&mut connection).await.unwrap().applied
    };
    let (one, two) = tokio::join!(runner(), runner());
    let mut versions: Vec<u32> = one.iter().chain(&two).map(|applied| applied.version.0).collect();
    versions.sort_unstable();
    assert_eq!(versions, (1..=chain.latest().0).collect::<Vec<_>>());
    go(&migrator(chain, "alone"), chain.latest().0, &mut connection).await;
    let alone = of(&mut connection, "alone").await;
    assert_same("installed by two", &alone, &of(&mut connection, "acme").await);
}
