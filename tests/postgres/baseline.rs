//! A fresh install at once: the rows that a history leaves, what stops it, and chains that begin late.

use std::process::{Command, Stdio};

use pkmig::schema::Version;
use pkmig::{Chain, Error};
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection};

use crate::support::{ODD, ask, catalog, database, failed, quoted, run, same};

/// Rows that are renamed, retyped, filled, looked up, deleted and fired for after they were seeded.
mod rows {
    pkmig::migration! {
        V01 "kinds" {
            create_table track { id: integer }
            create_enum mood { "calm", "busy" }
            create_table kinds {
                id: bigserial primary_key,
                name: text not_null unique,
                place: integer default(1),
                mood: mood default("calm"),
                note: varchar(20),
            }
            seed kinds (name, note) on_conflict(name) do_nothing { ("it's", "4"), ("b", null), ("gone", "x") }
        }
    }
    pkmig::migration! {
        V02 "more of them" {
            add_column kinds.size: integer not_null default(7);
            set_default kinds.place = 2;
            set_default kinds.size = 8;
            drop_default kinds.mood;
            delete_rows kinds where("name = 'gone'") on_fresh(run) down_noop("it was nothing");
            seed kinds (name) on_conflict(name) do_nothing { ("c") }
            create_function note_it() returns trigger language plpgsql {
                "BEGIN NEW.note := 'noted'; RETURN NEW; END"
            }
            create_trigger kinds_note on kinds before insert for_each row execute note_it();
            seed kinds (name) on_conflict(name) do_nothing { ("d") }
        }
    }
    pkmig::migration! {
        V03 "things of a kind" {
            create_table things { id: bigserial primary_key, kind_id: bigint, label: text unique }
            execute "INSERT INTO @.things (kind_id, label) SELECT id, 'first' FROM @.kinds WHERE name = 'd'"
                unless("SELECT FROM @.things")
                on_fresh { seed things (kind_id, label) on_conflict(label) do_nothing { (5, "first") } }
                down "DELETE FROM @.things";
            add_column kinds.code: uuid default(gen_random_uuid());
            backfill kinds.code = "gen_random_uuid()";
            set_not_null kinds.code;
            add_column things.kind_code: uuid;
            backfill things.kind_code = kinds.code on(id = kind_id);
            set_not_null things.kind_code;
            create_materialized_view labels as "SELECT things.label FROM @.things AS things";
            seed things (kind_id, kind_code, label) on_conflict(label) do_nothing {
                (null, sql("gen_random_uuid()"), "second"),
            }
        }
    }
    pkmig::migration! {
        V04 "other names" {
            rename_value kinds.name { "c" => "the third", "b" => "d" } on_conflict do_nothing;
            rename_column kinds.size => amount;
            rename_table things => items;
            drop_default kinds.place;
            set_type kinds.place: text using("place || ' of many'") down_using("1");
            drop_constraint kinds kinds_pkey;
            drop_column items.kind_id;
            drop_column kinds.id;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "folded" tracked_by track { baseline; V01, V02, V03, V04 }
    }
}

/// What the rows hold that is the same in every install.
async fn held(connection: &mut PgConnection, prefix: &str, version: u32) -> String {
    let of = |table: &str| format!("{}.{table}", quoted(prefix));
    let kinds = format!("SELECT (to_jsonb(k) - 'code')::text FROM {} k ORDER BY 1", of("kinds"));
    let mut found = ask(connection, &kinds).await;
    if version >= 3 {
        let (things, kinds) = (of(if version == 3 { "things" } else { "items" }), of("kinds"));
        let sql = format!(
            "SELECT (to_jsonb(t) - 'kind_code')::text || (SELECT (to_jsonb(k) - 'code')::text FROM {kinds} k \
             WHERE k.code = t.kind_code) FROM {things} t ORDER BY 1"
        );
        found += &ask(connection, &sql).await;
        found += &ask(connection, &format!("SELECT label FROM {} ORDER BY 1", of("labels"))).await;
    }
    let sequences = "SELECT format('%s %s', sequencename, last_value) FROM pg_sequences WHERE schemaname = $$";
    found + &ask(connection, &format!("{sequences}{prefix}$$ ORDER BY 1")).await
}

#[tokio::test]
async fn rows_are_those_that_the_versions_lead_to() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    for version in 1..=4 {
        rows::CHAIN.migrator().prefix("steps").baseline(false).up_to(version, &mut *connection).await.unwrap();
        let fresh = rows::CHAIN.migrator().prefix("fresh").up_to(version, &mut *connection).await.unwrap();
        assert_eq!(fresh.applied.iter().map(|it| it.versions).collect::<Vec<_>>(), [version as usize], "V{version}");
        let (expected, found) = (held(connection, "steps", version).await, held(connection, "fresh", version).await);
        same(&found, &expected, &format!("rows of V{version}"));
        let (expected, found) = (catalog(connection, "steps").await, catalog(connection, "fresh").await);
        same(&found, &expected, &format!("catalog of V{version}"));
        run(connection, "DROP SCHEMA fresh CASCADE").await;
    }
    let held = held(connection, "steps", 4).await;
    assert!(held.contains("1 of many") && held.contains("noted") && held.contains("the third"), "{held}");
}

mod renamed {
    pkmig::migration! {
        V01 "tags" {
            create_table track { id: integer }
            create_table tags { id: bigserial primary_key, name: text not_null unique }
            seed tags (name) on_conflict(name) do_nothing { ("a"), ("b"), ("c") }
        }
    }
    pkmig::migration! {
        V02 "one of them is called otherwise" { rename_value tags.name { "b" => "z" } on_conflict do_nothing; }
    }
    pkmig::chain! { pub static CHAIN: "renamed" tracked_by track { V01, V02 } }
}

/// Of a row that nothing was run on, the value is known.
#[tokio::test]
async fn a_seeded_row_arrives_with_the_value_that_it_was_renamed_to() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let fresh = renamed::CHAIN.migrator().prefix("fresh").up(&mut *connection).await.unwrap();
    assert_eq!(fresh.applied.len(), 1);
    let names = ask(connection, "SELECT id || ' ' || name FROM fresh.tags ORDER BY id").await;
    assert_eq!(names, "1 a\n2 z\n3 c");
}

#[tokio::test]
async fn a_name_that_is_there_already_leads_version_by_version() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    run(connection, "CREATE SCHEMA acme; CREATE TABLE acme.track (id integer)").await;
    let up = rows::CHAIN.migrator().prefix("acme").take_over(["track"]).up(&mut *connection).await.unwrap();
    assert_eq!(
        up.applied.iter().map(|it| (it.version.0, it.versions)).collect::<Vec<_>>(),
        [(1, 1), (2, 1), (3, 1), (4, 1)]
    );
    run(connection, "CREATE SCHEMA other; CREATE TABLE other.of_the_host (id integer)").await;
    let up = rows::CHAIN.migrator().prefix("other").up(&mut *connection).await.unwrap();
    assert_eq!(up.applied.len(), 1, "what has other names is not in the way");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_runners_one_makes_it_and_the_others_find_it() {
    let database = database().await;
    let pool = PgPoolOptions::new().max_connections(8).connect(database.url()).await.unwrap();
    let runs: Vec<_> = (0..8)
        .map(|place| {
            let pool = pool.clone();
            // Some of them go on from what the others have made.
            let target = if place % 2 == 0 { 4 } else { 3 };
            tokio::spawn(async move { rows::CHAIN.migrator().prefix("acme").up_to(target, &pool).await })
        })
        .collect();
    let mut versions = 0;
    for run in runs {
        match run.await.unwrap() {
            Ok(run) => versions += run.applied.iter().map(|it| it.versions).sum::<usize>(),
            Err(Error::UpBelow { target: Version(3), current: Version(4), .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(versions, 4);
    pool.close().await;
}

/// One whose second step PostgreSQL refuses.
mod refused {
    pkmig::migration! {
        V01 "never" {
            create_table track { id: integer }
            create_table words { word: text, check short ("length(word) < 4") }
            seed words (word) unless_exists(word) { ("too long") }
        }
    }
    pkmig::chain! {
        pub static CHAIN: "refused" tracked_by track { baseline; V01 }
    }
}

#[tokio::test]
async fn an_error_names_the_step_and_nothing_stays() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let failed = failed(refused::CHAIN.migrator().prefix("acme").up(&mut *connection).await);
    assert_eq!(failed.step.as_deref(), Some("seed words (word) unless_exists(word) { ... }"), "{failed}");
    assert_eq!(ask(connection, "SELECT to_regnamespace('acme')::text").await, "-");
}

#[tokio::test]
async fn its_script_runs_through_psql_and_again_without_effect() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let planned = rows::CHAIN.migrator().prefix(ODD).baseline_script(4).unwrap();
    let psql = |sql: String| {
        use std::io::Write as _;
        let mut command = Command::new("psql");
        command.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", database.url(), "-f", "-"]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("psql is on the PATH");
        child.stdin.take().unwrap().write_all(sql.as_bytes()).unwrap();
        assert!(child.wait().unwrap().success());
    };
    psql(planned.sql());
    rows::CHAIN.migrator().prefix("acme").up(&mut *connection).await.unwrap();
    let once = catalog(connection, ODD).await;
    same(&once, &catalog(connection, "acme").await, "by psql");
    psql(planned.sql());
    same(&catalog(connection, ODD).await, &once, "again");
}

/// A chain, and the same begun late.
mod early {
    pkmig::migration! {
        V01 "a table" { create_table track { id: integer } }
    }
    pkmig::migration! {
        V02 "a column" { add_column track.name: text; }
    }
    pkmig::chain! {
        pub static CHAIN: "late" tracked_by track { V01, V02 }
    }
}

mod late {
    pkmig::migration! {
        V02 "all so far" { create_table track { id: integer, name: text } }
    }
    pkmig::migration! {
        V03 "another column" { add_column track.place: integer; }
    }
    pkmig::chain! {
        pub static CHAIN: "late" tracked_by track { from V02 bridged_by "0.9"; V02, V03 }
    }
}

#[tokio::test]
async fn a_chain_that_begins_late_takes_what_has_come_to_its_floor() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let (old, new) = (early::CHAIN.migrator().prefix("acme"), late::CHAIN.migrator().prefix("acme"));
    old.up_to(1, &mut *connection).await.unwrap();
    let error = new.up(&mut *connection).await.unwrap_err();
    assert!(
        matches!(error, Error::BelowFloor { current: Version(1), first: Version(2), bridge: "0.9", .. }),
        "{error}"
    );
    assert!(error.report().contains("with release 0.9"), "{error}");
    assert!(matches!(new.down_to(0, &mut *connection).await, Err(Error::BelowFloor { .. })));
    old.up(&mut *connection).await.unwrap();
    assert_eq!(new.up(&mut *connection).await.unwrap().applied.len(), 1);
    assert!(matches!(new.down_to(1, &mut *connection).await, Err(Error::BeforeChain { first: Version(2), .. })));
    let upgraded = catalog(connection, "acme").await;
    fresh(connection, &late::CHAIN, true, &upgraded).await;
    fresh(connection, &late::CHAIN, false, &upgraded).await;
}

/// Installs it anew, and takes it away.
async fn fresh(connection: &mut PgConnection, chain: &'static Chain, baseline: bool, expected: &str) {
    let migrator = chain.migrator().prefix("fresh").baseline(baseline).allow_data_loss(true);
    migrator.up(&mut *connection).await.unwrap();
    same(&catalog(connection, "fresh").await, expected, "fresh");
    migrator.down_to(0, &mut *connection).await.unwrap();
    same(&catalog(connection, "fresh").await, "", "gone");
}

#[tokio::test]
async fn a_transaction_of_the_callers_takes_a_fresh_install_along() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let mut transaction = connection.begin().await.unwrap();
    rows::CHAIN.migrator().prefix("acme").up(&mut *transaction).await.unwrap();
    transaction.rollback().await.unwrap();
    assert_eq!(ask(connection, "SELECT to_regnamespace('acme')::text").await, "-");
}
