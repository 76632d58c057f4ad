//! What a run does where the stamp is gone or wrong, and where the schema holds what somebody else has made: it asks first, and
//! loses nothing.

use pkmig::schema::Version;
use pkmig::testing::Database;
use pkmig::{Error, Migrator, Misfit, MisfitKind};
use sqlx::PgConnection;

use crate::support::{ask, catalog, database, failed, run, same, stamp};

async fn connected() -> (Database, PgConnection) {
    let database = database().await;
    let connection = database.connect().await.unwrap();
    (database, connection)
}

pub(crate) fn misfit<T: std::fmt::Debug>(result: Result<T, Error>) -> Misfit {
    match result {
        Err(Error::Misfit(misfit)) => *misfit,
        other => panic!("expected a misfit, got {other:?}"),
    }
}

/// The names of the tables that a run does not take for its own.
fn taken<T: std::fmt::Debug>(result: Result<T, Error>) -> Vec<String> {
    let misfit = misfit(result);
    assert!(matches!(misfit.kind, MisfitKind::Taken { .. }), "{misfit}");
    misfit.kind.tables().iter().map(|table| table.table.clone()).collect()
}

async fn comment(connection: &mut PgConnection, comment: Option<&str>) {
    let comment = comment.map_or_else(|| "NULL".to_owned(), |it| format!("'{}'", it.replace('\'', "''")));
    run(connection, &format!("COMMENT ON TABLE acme.track IS {comment}")).await;
}

async fn forget(connection: &mut PgConnection) {
    run(connection, "DROP SCHEMA IF EXISTS pkmig CASCADE").await;
}

/// V1 and V3 have the same names, and what V2 drops is gone.
mod again {
    pkmig::migration! {
        V01 "a body" {
            create_table track { id: integer }
            create_table notes { id: bigserial primary_key, body: text }
        }
    }
    pkmig::migration! {
        V02 "none" {
            drop_column notes.body;
        }
    }
    pkmig::migration! {
        V03 "one again" {
            add_column notes.body: text;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "again" tracked_by track { V01, V02, V03 }
    }
}

const BODIES: &str = "SELECT count(body)::text FROM acme.notes";

/// At V3, with three notes.
async fn noted(connection: &mut PgConnection) -> Migrator {
    let migrator = again::CHAIN.migrator().prefix("acme");
    migrator.up(&mut *connection).await.unwrap();
    run(connection, "INSERT INTO acme.notes (body) VALUES ('a'), ('b'), ('c')").await;
    migrator
}

#[tokio::test]
async fn an_install_that_was_restored_without_comments_is_not_made_again() {
    for (ledger, baseline) in [(true, true), (true, false), (false, true), (false, false)] {
        let (_database, mut connection) = connected().await;
        let migrator = noted(&mut connection).await.baseline(baseline);
        comment(&mut connection, None).await;
        if !ledger {
            forget(&mut connection).await;
        }
        for target in 1..=3 {
            let refused = misfit(migrator.up_to(target, &mut connection).await);
            assert!(matches!(refused.kind, MisfitKind::Unstamped { .. }), "{refused}");
            assert_eq!((refused.stamp.as_deref(), refused.stamped), (None, Version(0)));
            assert!(refused.report().contains("\nhelp: ") && refused.help().contains("`adopt` finds its version"));
            misfit(migrator.plan(Some(target), &mut connection).await);
        }
        assert_eq!(ask(&mut connection, BODIES).await, "3");
        let fit = migrator.adopt(None, &mut connection).await.unwrap();
        assert_eq!(fit.version, Version(3), "{:?}", fit.evidence);
        assert_eq!(fit.evidence.iter().any(|line| line.contains("V1 matches as well")), !ledger, "{:?}", fit.evidence);
        assert!(migrator.up(&mut connection).await.unwrap().applied.is_empty());
        assert_eq!(ask(&mut connection, BODIES).await, "3");
    }
}

#[tokio::test]
async fn of_two_versions_with_the_same_names_the_ledger_tells() {
    let (_database, mut connection) = connected().await;
    let migrator = noted(&mut connection).await;
    stamp(&mut connection, "acme", 1).await;
    let refused = misfit(migrator.up(&mut connection).await);
    assert_eq!(refused.kind, MisfitKind::Behind { like: Version(3) });
    assert_eq!(refused.evidence[0], "the ledger says that V3 was applied");
    assert!(refused.report().starts_with("`again` in schema `acme` is recorded at V1, but the schema looks like V3\n"));
    misfit(migrator.plan(None, &mut connection).await);
    misfit(migrator.up_to(2, &mut connection).await);
    assert_eq!(ask(&mut connection, BODIES).await, "3");
    let fit = migrator.heal(&mut connection).await.unwrap();
    assert_eq!((fit.stamped, fit.version), (Version(1), Version(3)), "{:?}", fit.evidence);

    let (_database, mut connection) = connected().await;
    let migrator = again::CHAIN.migrator().prefix("acme");
    migrator.up_to(1, &mut connection).await.unwrap();
    run(&mut connection, "INSERT INTO acme.notes (body) VALUES ('a')").await;
    assert_eq!(migrator.up(&mut connection).await.unwrap().applied.len(), 2, "it is V1 as far as anybody knows");
}

#[tokio::test]
async fn where_the_ledger_is_silent_and_values_would_be_lost_somebody_has_to_say_it() {
    let (_database, mut connection) = connected().await;
    let migrator = noted(&mut connection).await;
    stamp(&mut connection, "acme", 1).await;
    forget(&mut connection).await;
    let refused = misfit(migrator.up(&mut connection).await);
    let holding = vec!["column `notes.body` (3 rows)".to_owned()];
    assert_eq!(refused.kind, MisfitKind::Undecided { rival: Version(3), holding });
    assert!(refused.help().contains("`heal --at 1` or `heal --at 3`"), "{refused}");
    assert_eq!(ask(&mut connection, BODIES).await, "3");
    assert_eq!(migrator.heal_at(3, &mut connection).await.unwrap().version, Version(3));
    assert!(migrator.up(&mut connection).await.unwrap().applied.is_empty());

    stamp(&mut connection, "acme", 1).await;
    forget(&mut connection).await;
    assert_eq!(migrator.plan_heal_at(1, &mut connection).await.unwrap().version, Version(1));
    misfit(migrator.up(&mut connection).await);
    assert_eq!(migrator.heal_at(1, &mut connection).await.unwrap().version, Version(1));
    assert_eq!(migrator.up(&mut connection).await.unwrap().applied.len(), 2, "it was said that it is V1");
    assert_eq!(ask(&mut connection, BODIES).await, "0");

    // Nothing is there to lose.
    stamp(&mut connection, "acme", 1).await;
    forget(&mut connection).await;
    assert_eq!(migrator.up(&mut connection).await.unwrap().applied.len(), 2);
}

/// Each version brings a table, but for V4, which changes rows only.
mod growing {
    pkmig::migration! {
        V01 "one" {
            create_table track { id: integer }
            create_table ones { id: integer primary_key, name: text }
        }
    }
    pkmig::migration! {
        V02 "two" { create_table twos { id: integer primary_key, name: text, index twos_name (name) } }
    }
    pkmig::migration! {
        V03 "three" { create_table threes { id: integer primary_key } }
    }
    pkmig::migration! {
        V04 "rows" { seed ones (id, name) on_conflict(id) do_nothing { (1, "one") } }
    }
    pkmig::migration! {
        V05 "five" { create_table fives { id: integer primary_key } }
    }
    pkmig::chain! {
        pub static CHAIN: "growing" tracked_by track { V01, V02, V03, V04, V05 }
    }
}

async fn grown(connection: &mut PgConnection, version: u32) -> Migrator {
    let migrator = growing::CHAIN.migrator().prefix("acme").allow_data_loss(true);
    migrator.up_to(version, &mut *connection).await.unwrap();
    migrator
}

/// With the ledger and without: the names are enough.
#[tokio::test]
async fn a_stamp_that_was_set_back_by_more_than_one_version_is_refused_both_ways() {
    let (_database, mut connection) = connected().await;
    let migrator = grown(&mut connection, 5).await;
    let before = catalog(&mut connection, "acme").await;
    for ledger in [true, false] {
        if !ledger {
            forget(&mut connection).await;
        }
        for version in [0, 1, 2, 3] {
            stamp(&mut connection, "acme", version).await;
            let refused = misfit(migrator.up(&mut connection).await);
            assert_eq!(refused.kind, MisfitKind::Behind { like: Version(5) }, "V{version}");
            assert_eq!(refused.evidence, ["has table `fives` and 2 more, which V5 brings"]);
            assert!(refused.help().starts_with("`heal` finds the version"), "{refused}");
            misfit(migrator.up_to(version + 1, &mut connection).await);
            if version > 0 {
                misfit(migrator.down_to(0, &mut connection).await);
                misfit(migrator.plan(Some(version - 1), &mut connection).await);
            }
        }
        same(&catalog(&mut connection, "acme").await, &before, "refused");
    }
    assert_eq!(migrator.heal(&mut connection).await.unwrap().version, Version(5));
}

#[tokio::test]
async fn a_second_run_of_the_next_version_and_what_is_missing_go_on() {
    for ledger in [true, false] {
        let (_database, mut connection) = connected().await;
        for version in 1..=5 {
            let migrator = grown(&mut connection, version).await;
            let before = catalog(&mut connection, "acme").await;
            if !ledger {
                forget(&mut connection).await;
            }
            stamp(&mut connection, "acme", version - 1).await;
            assert_eq!(migrator.up_to(version, &mut connection).await.unwrap().applied.len(), 1, "V{version}");
            same(&catalog(&mut connection, "acme").await, &before, "again");
        }
        let migrator = grown(&mut connection, 5).await;
        migrator.down_to(2, &mut connection).await.unwrap();
        if !ledger {
            forget(&mut connection).await;
        }
        run(&mut connection, "DROP TABLE acme.twos; ALTER TABLE acme.ones DROP name").await;
        let error = migrator.up(&mut connection).await.unwrap_err();
        assert_eq!(failed::<()>(Err(error)).version, Version(4), "what is missing is met where it is needed");
        migrator.down_to(0, &mut connection).await.unwrap();
    }
}

/// They have the same names as the version before them, so there is nothing to be seen; to run them again changes nothing.
#[tokio::test]
async fn versions_that_change_rows_only_are_run_again() {
    for ledger in [true, false] {
        let (_database, mut connection) = connected().await;
        let migrator = grown(&mut connection, 4).await.allow_data_loss(false);
        if !ledger {
            forget(&mut connection).await;
        }
        run(&mut connection, "UPDATE acme.ones SET name = 'mine'; COMMENT ON TABLE acme.track IS '2'").await;
        assert_eq!(migrator.up(&mut connection).await.unwrap().applied.len(), 3);
        assert_eq!(ask(&mut connection, "SELECT name FROM acme.ones").await, "mine");
    }
    let (_database, mut connection) = connected().await;
    let migrator = grown(&mut connection, 4).await;
    comment(&mut connection, None).await;
    assert_eq!(migrator.adopt(None, &mut connection).await.unwrap().version, Version(3));
    assert_eq!(migrator.up(&mut connection).await.unwrap().applied.len(), 2);
}

#[tokio::test]
async fn whatever_is_wrong_with_a_stamp_is_healed_and_adopted() {
    let (_database, mut connection) = connected().await;
    let migrator = grown(&mut connection, 3).await;
    let before = catalog(&mut connection, "acme").await;
    let wrong =
        ["", "two", "-1", "1.5", "∞", "it's 2", "9999", "4294967295", "99999999999", "001", " 1 ", "0", "1", "5"];
    for wrong in wrong.map(Some).into_iter().chain([None]) {
        for adopt in [false, true] {
            comment(&mut connection, wrong).await;
            if wrong != Some("5") {
                migrator.up(&mut connection).await.unwrap_err();
            }
            if let Some(garbage) = wrong.filter(|it| it.trim().parse::<u32>().is_err()) {
                let error = migrator.up(&mut connection).await.unwrap_err().report();
                // PostgreSQL takes an empty comment for none.
                let expected =
                    if garbage.is_empty() { "`adopt` finds its version" } else { "run `heal` to find the version" };
                assert!(error.contains(expected), "{garbage}: {error}");
            }
            let fit = match adopt {
                true => migrator.adopt(None, &mut connection).await,
                false => migrator.heal(&mut connection).await,
            };
            assert_eq!(fit.unwrap_or_else(|error| panic!("{wrong:?}: {error}")).version, Version(3), "{wrong:?}");
            let track = "SELECT obj_description('acme.track'::regclass)";
            assert_eq!(ask(&mut connection, track).await, "3", "{wrong:?}");
            comment(&mut connection, wrong).await;
            let fit = match adopt {
                true => migrator.adopt(Some(3), &mut connection).await,
                false => migrator.heal_at(3, &mut connection).await,
            };
            assert_eq!(fit.unwrap_or_else(|error| panic!("{wrong:?}: {error}")).version, Version(3), "{wrong:?}");
            assert_eq!(ask(&mut connection, track).await, "3", "{wrong:?}");
        }
    }
    same(&catalog(&mut connection, "acme").await, &before, "nothing but the stamp has changed");
    assert!(matches!(migrator.adopt(None, &mut connection).await, Err(Error::Stamped { version: Version(3), .. })));
    for migrator in [migrator.clone(), migrator.clone().prefix("nowhere")] {
        assert!(matches!(migrator.heal_at(9, &mut connection).await, Err(Error::AboveChain { .. })));
    }
    assert!(matches!(migrator.clone().prefix("nowhere").heal(&mut connection).await, Err(Error::NotInstalled { .. })));
}

#[tokio::test]
async fn a_version_that_was_said_has_to_be_there() {
    let (_database, mut connection) = connected().await;
    let migrator = grown(&mut connection, 3).await;
    for (comment, stamped) in [("'1'", "1"), ("'two'", "two")] {
        run(&mut connection, &format!("COMMENT ON TABLE acme.track IS {comment}")).await;
        let error = migrator.heal_at(5, &mut connection).await.unwrap_err();
        let Error::NoFit { verification, .. } = &error else { panic!("{error}") };
        let missing: Vec<_> = verification.drift().map(ToString::to_string).collect();
        assert_eq!(missing, ["missing: table `fives`"]);
        let track = "SELECT obj_description('acme.track'::regclass)";
        assert_eq!(ask(&mut connection, track).await, stamped);
    }
    // What is no version says nothing against the one that is said.
    assert!(migrator.repair_at(5, &mut connection).await.unwrap().is_complete());
    assert_eq!(migrator.version(&mut connection).await.unwrap(), Version(5));
}

/// V2 drops what V1 makes, and V3 gives it another name.
mod host {
    pkmig::migration! {
        V01 "sessions and users" {
            create_table track { id: integer }
            create_table sessions { id: bigint primary_key, token: text }
            create_table users { id: bigint primary_key, name: text }
        }
    }
    pkmig::migration! {
        V02 "no sessions" { drop_table sessions; }
    }
    pkmig::migration! {
        V03 "accounts" { rename_table users => accounts; }
    }
    pkmig::chain! {
        pub static CHAIN: "host" tracked_by track { V01, V02, V03 }
    }
}

/// A host's tables, of a shape that fits.
const HOST: &str = "CREATE SCHEMA IF NOT EXISTS acme;
    CREATE TABLE acme.sessions (id bigint PRIMARY KEY, token text, seen timestamptz);
    CREATE TABLE acme.users (id bigint PRIMARY KEY, name text, email text);
    INSERT INTO acme.sessions (id) SELECT generate_series(1, 1000);
    INSERT INTO acme.users (id) SELECT generate_series(1, 1000)";

const ROWS: &str = "SELECT (SELECT count(*) FROM acme.sessions) || ' ' || (SELECT count(*) FROM acme.users)";

#[tokio::test]
async fn tables_of_the_host_are_not_taken_over_by_a_fresh_install() {
    for baseline in [true, false] {
        let (_database, mut connection) = connected().await;
        run(&mut connection, HOST).await;
        let migrator = host::CHAIN.migrator().prefix("acme").baseline(baseline);
        let role = ask(&mut connection, "SELECT current_user::text").await;
        let refused = misfit(migrator.up(&mut connection).await);
        let expected = format!(
            "schema `acme` already has objects that `host` would create: table `sessions` of role `{role}` (V1); table `users` \
             of role `{role}` (V1)\nhelp: rename them, or install `host` in another schema; "
        );
        assert!(refused.report().starts_with(&expected), "{refused}");
        assert!(refused.help().contains("`--take-over sessions,users`"), "{refused}");
        assert_eq!(taken(migrator.plan(None, &mut connection).await), ["sessions", "users"]);
        let one = migrator.clone().take_over(["users"]);
        assert_eq!(taken(one.up(&mut connection).await), ["sessions"]);
        assert_eq!(ask(&mut connection, ROWS).await, "1000 1000");
        assert_eq!(ask(&mut connection, "SELECT to_regclass('acme.track')::text").await, "-", "nothing was begun");

        // Even of a table that was given over the rows are not dropped as a side effect.
        let both = migrator.clone().take_over(["users", "sessions"]);
        let refused = misfit(both.up(&mut connection).await);
        assert_eq!(refused.kind, MisfitKind::Undeclared { holding: vec!["table `sessions` (1000 rows)".to_owned()] });
        both.up_to(1, &mut connection).await.unwrap();
        assert_eq!(ask(&mut connection, ROWS).await, "1000 1000");
    }
}

#[tokio::test]
async fn a_table_that_takes_its_name_by_a_later_version_counts_too() {
    let (_database, mut connection) = connected().await;
    run(&mut connection, "CREATE SCHEMA acme; CREATE VIEW acme.accounts AS SELECT 1 AS id").await;
    let migrator = host::CHAIN.migrator().prefix("acme");
    let refused = misfit(migrator.up(&mut connection).await);
    assert!(refused.report().contains("view `accounts` of role "), "{refused}");
    migrator.up_to(2, &mut connection).await.unwrap();
    assert_eq!(taken(migrator.up(&mut connection).await), ["accounts"]);
    run(&mut connection, "DROP VIEW acme.accounts; CREATE TABLE acme.theirs (id integer)").await;
    migrator.up(&mut connection).await.unwrap();
    // On the way back, too; an uninstall brings nothing back, and leaves it alone.
    run(&mut connection, "CREATE TABLE acme.sessions (id bigint PRIMARY KEY, token text)").await;
    assert_eq!(taken(migrator.down_to(1, &mut connection).await), ["sessions"]);
    migrator.down_to(0, &mut connection).await.unwrap();
    assert_eq!(ask(&mut connection, "SELECT to_regclass('acme.sessions')::text").await, "acme.sessions");
}

/// V2 makes a queue, and V3 gives it up again.
mod queue {
    pkmig::migration! {
        V01 "a table" { create_table track { id: integer } create_table notes { id: integer } }
    }
    pkmig::migration! {
        V02 "a queue" { create_table jobs { id: bigint primary_key, state: text, index jobs_state (state) } }
    }
    pkmig::migration! {
        V03 "peers" { create_table peers { name: text primary_key } }
    }
    pkmig::migration! {
        V04 "no queue" { drop_table jobs; }
    }
    pkmig::chain! {
        pub static CHAIN: "queue" tracked_by track { V01, V02, V03, V04 }
    }
}

const JOBS: &str = "CREATE TABLE acme.jobs (id bigint PRIMARY KEY, state text);
    CREATE INDEX jobs_state ON acme.jobs (state); INSERT INTO acme.jobs VALUES (1, 'theirs')";

#[tokio::test]
async fn a_table_of_the_host_is_not_taken_over_by_an_upgrade() {
    let (_database, mut connection) = connected().await;
    let migrator = queue::CHAIN.migrator().prefix("acme");
    migrator.up_to(1, &mut connection).await.unwrap();
    run(&mut connection, JOBS).await;
    run(&mut connection, "CREATE TABLE acme.peers (name text PRIMARY KEY)").await;
    for target in [2, 3, 4] {
        let expected: &[&str] = if target == 2 { &["jobs"] } else { &["jobs", "peers"] };
        assert_eq!(taken(migrator.up_to(target, &mut connection).await), expected);
    }
    let named = migrator.clone().take_over(["jobs"]);
    assert_eq!(taken(named.up(&mut connection).await), ["peers"]);
    run(&mut connection, "DROP TABLE acme.peers").await;
    let refused = misfit(named.up(&mut connection).await);
    assert!(matches!(refused.kind, MisfitKind::Undeclared { .. }), "{refused}");
    named.up_to(2, &mut connection).await.unwrap();
    assert_eq!(ask(&mut connection, "SELECT state FROM acme.jobs").await, "theirs");
    migrator.up_to(3, &mut connection).await.unwrap();

    // Where nobody knows what was run, a table that is not whole is not the next version's.
    let (_database, mut connection) = connected().await;
    migrator.up_to(1, &mut connection).await.unwrap();
    run(&mut connection, &JOBS.replace("CREATE INDEX jobs_state ON acme.jobs (state);", "")).await;
    forget(&mut connection).await;
    assert_eq!(taken(migrator.up(&mut connection).await), ["jobs"]);
}

/// Not an ordinary table, somebody else's, or one of a role that one is a member of.
#[tokio::test]
async fn what_is_taken_over_is_an_ordinary_table_of_ones_own() {
    let (_database, mut connection) = connected().await;
    let name = ask(&mut connection, "SELECT current_database()::text").await;
    let (mallory, group) = (format!("{name}_mallory"), format!("{name}_group"));
    let migrator = queue::CHAIN.migrator().prefix("acme").take_over(["jobs"]);
    migrator.up_to(1, &mut connection).await.unwrap();
    run(&mut connection, &format!("CREATE ROLE {mallory}; CREATE ROLE {group}; GRANT {group} TO CURRENT_USER")).await;
    for (make, said) in [
        (
            format!("{JOBS}; ALTER TABLE acme.jobs OWNER TO {mallory}"),
            format!("table `jobs` belongs to role `{mallory}`"),
        ),
        (
            "CREATE VIEW acme.jobs AS SELECT 1::bigint AS id, ''::text AS state".to_owned(),
            "`jobs` is a view".to_owned(),
        ),
        (
            "CREATE TABLE acme.jobs (id bigint PRIMARY KEY, state text) PARTITION BY HASH (id)".to_owned(),
            "`jobs` is a partitioned table".to_owned(),
        ),
    ] {
        run(&mut connection, &make).await;
        let refused = misfit(migrator.up_to(2, &mut connection).await);
        assert!(matches!(refused.kind, MisfitKind::Untrusted { .. }), "{refused}");
        assert!(refused.report().contains(&said), "{refused}");
        let drop = if make.contains("VIEW") { "DROP VIEW acme.jobs" } else { "DROP TABLE acme.jobs" };
        run(&mut connection, drop).await;
    }
    run(&mut connection, &format!("{JOBS}; ALTER TABLE acme.jobs OWNER TO {group}")).await;
    migrator.up_to(2, &mut connection).await.unwrap();
    // So is what is accepted because nobody knows better.
    run(&mut connection, &format!("ALTER TABLE acme.jobs OWNER TO {mallory}")).await;
    stamp(&mut connection, "acme", 1).await;
    forget(&mut connection).await;
    let refused = misfit(queue::CHAIN.migrator().prefix("acme").up(&mut connection).await);
    assert!(matches!(refused.kind, MisfitKind::Untrusted { .. }), "{refused}");
    run(&mut connection, &format!("ALTER TABLE acme.track OWNER TO {mallory}")).await;
    let refused = misfit(queue::CHAIN.migrator().prefix("acme").up_to(2, &mut connection).await);
    assert!(matches!(refused.kind, MisfitKind::Untrusted { .. }), "{refused}");
    let trusting = queue::CHAIN.migrator().prefix("acme").trust_owners([&mallory]);
    trusting.up_to(2, &mut connection).await.unwrap();
    run(
        &mut connection,
        &format!("REASSIGN OWNED BY {mallory}, {group} TO CURRENT_USER; DROP ROLE {mallory}; DROP ROLE {group}"),
    )
    .await;
}

/// Versions of several transactions, which can be broken off.
mod parts {
    pkmig::migration! {
        V01 "an index apart" {
            create_table track { id: integer }
            create_table items { id: integer primary_key, name: text }
            create_unique_index items_name on items (name) concurrently;
        }
    }
    pkmig::migration! {
        V02 "another one" {
            create_table logs { id: integer primary_key }
            add_column items.code: text;
            create_unique_index items_code on items (code) concurrently;
        }
    }
    pkmig::migration! {
        V03 "and a table" { create_table more { id: integer } }
    }
    pkmig::chain! {
        pub static CHAIN: "parts" tracked_by track { V01, V02, V03 }
    }
}

#[tokio::test]
async fn a_version_that_was_broken_off_goes_on() {
    for ledger in [true, false] {
        let (_database, mut connection) = connected().await;
        let migrator = parts::CHAIN.migrator().prefix("acme").baseline(false);
        migrator.up_to(1, &mut connection).await.unwrap();
        run(
            &mut connection,
            "ALTER TABLE acme.items ADD code text; INSERT INTO acme.items VALUES (1, 'a', 'x'), (2, 'b', 'x')",
        )
        .await;
        assert_eq!(failed(migrator.up(&mut connection).await).sqlstate, "23505");
        assert_eq!(ask(&mut connection, "SELECT to_regclass('acme.logs')::text").await, "acme.logs", "a part of V2");
        if !ledger {
            forget(&mut connection).await;
        }
        run(&mut connection, "UPDATE acme.items SET code = name").await;
        assert_eq!(migrator.up(&mut connection).await.unwrap().applied.len(), 2);
    }
}

#[tokio::test]
async fn a_first_version_that_was_broken_off_goes_on_and_nothing_else_without_a_stamp_does() {
    const TRACK: &str = "CREATE SCHEMA acme; CREATE TABLE acme.track (id integer)";
    const ITEMS: &str = "CREATE TABLE acme.items (id integer PRIMARY KEY, name text)";
    for (host, goes_on) in [
        (format!("{TRACK}; {ITEMS}"), true),
        (format!("{TRACK}; {ITEMS}; CREATE UNIQUE INDEX items_name ON acme.items (name)"), true),
        (TRACK.to_owned(), false),
        (format!("{TRACK}; {ITEMS}; ALTER TABLE acme.items ADD code text"), false),
        (format!("{TRACK}; {ITEMS}; CREATE TABLE acme.more (id integer)"), false),
    ] {
        let (_database, mut connection) = connected().await;
        run(&mut connection, &host).await;
        let migrator = parts::CHAIN.migrator().prefix("acme").baseline(false);
        let up = migrator.up(&mut connection).await;
        match goes_on {
            true => assert_eq!(up.unwrap().applied.len(), 3, "{host}"),
            false => assert!(matches!(misfit(up).kind, MisfitKind::Unstamped { .. }), "{host}"),
        }
    }
}

/// Another chain with the same tracking table.
mod other {
    pkmig::migration! {
        V01 "tables" { create_table track { id: integer } create_table b_only { id: integer } }
    }
    pkmig::migration! {
        V02 "a column" { add_column b_only.name: text; }
    }
    pkmig::chain! {
        pub static CHAIN: "other" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn the_stamp_of_another_chain_is_not_taken_for_ones_own() {
    for ledger in [true, false] {
        let (_database, mut connection) = connected().await;
        queue::CHAIN.migrator().prefix("acme").up_to(1, &mut connection).await.unwrap();
        if !ledger {
            forget(&mut connection).await;
        }
        let before = catalog(&mut connection, "acme").await;
        let other = other::CHAIN.migrator().prefix("acme");
        for run in [other.up(&mut connection).await, other.down_to(0, &mut connection).await] {
            let refused = misfit(run);
            assert_eq!(refused.kind, MisfitKind::NotItsStamp, "{refused}");
            assert_eq!(refused.evidence, ["lacks table `b_only`, which V1 declares"]);
        }
        same(&catalog(&mut connection, "acme").await, &before, "refused");
        // The same number as the newest version's: there would be nothing to do.
        run(&mut connection, "COMMENT ON TABLE acme.track IS '2'").await;
        assert_eq!(misfit(other.up(&mut connection).await).kind, MisfitKind::NotItsStamp);
    }
    // All tables of an install that the ledger knows are gone: that is drift.
    let (_database, mut connection) = connected().await;
    let other = other::CHAIN.migrator().prefix("acme");
    other.up_to(1, &mut connection).await.unwrap();
    run(&mut connection, "DROP TABLE acme.b_only").await;
    assert_eq!(failed(other.up(&mut connection).await).sqlstate, "42P01");
    other.down_to(0, &mut connection).await.unwrap();
}

/// V2 adds a column that the host may have, V3 drops it.
mod columns {
    pkmig::migration! {
        V01 "notes" { create_table track { id: integer } create_table notes { id: integer primary_key } }
    }
    pkmig::migration! {
        V02 "another table" { create_table tags { id: integer primary_key } }
    }
    pkmig::migration! {
        V03 "a column" { add_column notes.color: text; }
    }
    pkmig::migration! {
        V04 "another name, and away" {
            rename_column notes.color => shade;
            rename_table notes => letters;
        }
    }
    pkmig::migration! {
        V05 "none" { drop_column letters.shade; drop_table drafts if_exists; }
    }
    pkmig::chain! {
        pub static CHAIN: "columns" tracked_by track { V01, V02, V03, V04, V05 }
    }
}

#[tokio::test]
async fn what_the_stamped_version_does_not_declare_is_not_dropped_with_values() {
    let (_database, mut connection) = connected().await;
    let migrator = columns::CHAIN.migrator().prefix("acme").baseline(false);
    migrator.up_to(1, &mut connection).await.unwrap();
    run(
        &mut connection,
        "ALTER TABLE acme.notes ADD color text; INSERT INTO acme.notes VALUES (1, 'red');
         CREATE TABLE acme.drafts (id integer); INSERT INTO acme.drafts VALUES (1)",
    )
    .await;
    let refused = misfit(migrator.up(&mut connection).await);
    let holding = ["column `notes.color` (1 row)", "table `drafts` (1 row)"].map(str::to_owned).to_vec();
    assert_eq!(refused.kind, MisfitKind::Undeclared { holding });
    assert!(refused.help().contains("--allow-data-loss"), "{refused}");
    assert_eq!(ask(&mut connection, "SELECT color FROM acme.notes").await, "red");
    migrator.up_to(4, &mut connection).await.unwrap();
    assert_eq!(ask(&mut connection, "SELECT shade FROM acme.letters").await, "red");

    // Nothing is installed, so a table of that name is no leftover of an early version.
    let (_database, mut connection) = connected().await;
    run(&mut connection, "CREATE SCHEMA acme; CREATE TABLE acme.drafts (id integer)").await;
    assert_eq!(taken(migrator.up(&mut connection).await), ["drafts"]);
}
