//! What others have that depends on what a plan takes away: refused before the first statement, and only where PostgreSQL
//! would refuse it.

use pkmig::{Chain, Effect, Error};
use sqlx::PgConnection;

use crate::support::{ask, catalog, database, run, same};

mod library {
    pkmig::migration! {
        V01 "jobs" {
            create_table track { id: integer }
            create_enum mood { "sad", "ok" }
            create_function touch() returns trigger language plpgsql { "BEGIN RETURN NEW; END" }
            create_function twice(n: integer) returns integer language sql immutable { "SELECT 2 * n" }
            create_table kinds { id: integer primary_key, name: text not_null unique }
            create_table jobs {
                id: integer primary_key,
                kind: text references(kinds.name),
                mood: mood default("ok"),
                code: integer,
                note: text,
                index jobs_code (code),
            }
            create_view open_jobs as "SELECT id, code FROM @.jobs";
        }
    }
    pkmig::migration! {
        V02 "longer codes" {
            drop_view open_jobs;
            set_type jobs.code: bigint;
            create_view open_jobs as "SELECT id, code FROM @.jobs";
        }
    }
    pkmig::migration! {
        V03 "other names" {
            rename_table jobs => tasks;
            rename_column tasks.note => remark;
        }
    }
    pkmig::migration! {
        V04 "no remarks" {
            add_column tasks.words: integer;
            drop_column tasks.remark;
        }
    }
    pkmig::migration! {
        V05 "no words, whoever counts them" {
            drop_column tasks.words cascade;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "library" tracked_by track { V01, V02, V03, V04, V05 }
    }
}

fn migrator() -> pkmig::Migrator {
    let chain: &'static Chain = &library::CHAIN;
    chain.migrator().prefix("acme").allow_data_loss(true)
}

/// What is in the way, in words; nothing is changed by a refused run.
async fn in_the_way(connection: &mut PgConnection, from: u32, to: u32) -> Vec<(u32, String, String)> {
    let before = catalog(connection, "acme").await;
    let result = match to > from {
        true => migrator().up_to(to, &mut *connection).await,
        false => migrator().down_to(to, &mut *connection).await,
    };
    let error = result.expect_err("something is in the way");
    let Error::Dependents { dependents } = &error else { panic!("{error}") };
    same(&catalog(connection, "acme").await, &before, "a refused run");
    assert_eq!(migrator().version(&mut *connection).await.unwrap().0, from);
    assert!(error.report().contains("\nhelp: drop or change them first"), "{error}");
    dependents.iter().map(|one| (one.version.0, one.what(), one.on.clone())).collect()
}

async fn install(connection: &mut PgConnection, version: u32) {
    run(
        connection,
        "DROP SCHEMA IF EXISTS host, acme CASCADE; DROP PUBLICATION IF EXISTS host_pub; CREATE SCHEMA host",
    )
    .await;
    migrator().up_to(version, &mut *connection).await.unwrap();
    let (jobs, note) = if version < 3 { ("jobs", "note") } else { ("tasks", "remark") };
    let note = if version < 4 { format!(", {note}") } else { String::new() };
    let value = if note.is_empty() { "" } else { ", 'x'" };
    let kinds = "INSERT INTO acme.kinds VALUES (1, 'a')";
    run(connection, &format!("{kinds}; INSERT INTO acme.{jobs} (id, kind, code{note}) VALUES (1, 'a', 7{value})"))
        .await;
}

fn expected(version: u32, what: &str, on: &str) -> Vec<(u32, String, String)> {
    vec![(version, what.to_owned(), on.to_owned())]
}

#[tokio::test]
async fn what_the_host_has_on_a_column_that_goes_stops_the_whole_plan() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    for (host, what) in [
        ("CREATE VIEW host.v AS SELECT remark FROM acme.tasks", "view `host.v`"),
        ("CREATE VIEW host.v AS SELECT count(*) FROM (SELECT 1 FROM acme.tasks ORDER BY remark) t", "view `host.v`"),
        ("CREATE MATERIALIZED VIEW host.v AS SELECT remark FROM acme.tasks", "materialized view `host.v`"),
        (
            "CREATE VIEW host.v AS SELECT id FROM acme.tasks; CREATE POLICY p ON acme.kinds USING (EXISTS (SELECT FROM acme.tasks WHERE remark = name))",
            "policy `p on acme.kinds`",
        ),
        (
            "CREATE FUNCTION host.f() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT remark FROM acme.tasks; END",
            "function `host.f()`",
        ),
        ("CREATE VIEW acme.\"Odd view\" AS SELECT remark FROM acme.tasks", "view `acme.\"Odd view\"`"),
    ] {
        // PostgreSQL 13 keeps the body of a function as text, and knows of nothing that it depends on.
        if connection.server_version_num().is_some_and(|number| number < 140_000) && what.starts_with("function") {
            pkmig::testing::left_out("a function that depends on a column, which PostgreSQL 13 does not know");
            continue;
        }
        // From the version before the rename: the table and the column have other names then.
        install(connection, 2).await;
        run(connection, &host.replace("tasks", "jobs").replace("remark", "note")).await;
        assert_eq!(in_the_way(connection, 2, 4).await, expected(4, what, "column `jobs.note`"), "{host}");
        install(connection, 3).await;
        run(connection, host).await;
        assert_eq!(in_the_way(connection, 3, 5).await, expected(4, what, "column `tasks.remark`"), "{host}");
    }
    // PostgreSQL 15 and later have lists of columns in publications.
    if ask(connection, "SELECT current_setting('server_version_num')").await.parse::<u32>().unwrap() >= 150_000 {
        install(connection, 3).await;
        run(connection, "CREATE PUBLICATION host_pub FOR TABLE acme.tasks (id, remark)").await;
        let what = "publication relation `acme.tasks in publication host_pub`";
        assert_eq!(in_the_way(connection, 3, 4).await, expected(4, what, "column `tasks.remark`"));
        run(connection, "DROP PUBLICATION host_pub").await;
        run(connection, "CREATE PUBLICATION host_pub FOR TABLE acme.tasks").await;
        migrator().up_to(4, &mut *connection).await.unwrap();
        run(connection, "DROP PUBLICATION host_pub").await;
    }
}

#[tokio::test]
async fn what_belongs_to_what_goes_is_listed_and_not_refused() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    install(connection, 3).await;
    run(
        connection,
        "CREATE INDEX host_index ON acme.tasks (remark); ALTER TABLE acme.tasks ADD CONSTRAINT host_check CHECK (remark <> ''); \
         CREATE STATISTICS host.stats ON code, remark FROM acme.tasks; CREATE VIEW host.other AS SELECT id FROM acme.tasks",
    )
    .await;
    let plan = migrator().plan(Some(4), &mut *connection).await.unwrap();
    let listed: Vec<_> = plan.iter().flat_map(|it| &it.dependents).map(|one| (one.what(), one.effect)).collect();
    assert!(listed.contains(&("index `acme.host_index`".to_owned(), Effect::Goes)), "{listed:?}");
    assert!(listed.contains(&("table constraint `host_check on acme.tasks`".to_owned(), Effect::Goes)), "{listed:?}");
    assert!(listed.contains(&("statistics object `host.stats`".to_owned(), Effect::Goes)), "{listed:?}");
    assert_eq!(listed.len(), 3, "{listed:?}");
    migrator().up_to(4, &mut *connection).await.unwrap();
}

#[tokio::test]
async fn what_keeps_a_columns_type_stops_the_plan() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    for (host, what) in [
        ("CREATE VIEW host.v AS SELECT code FROM acme.jobs", "view `host.v`"),
        ("CREATE VIEW host.v AS SELECT code FROM acme.open_jobs", "view `host.v`"),
        ("CREATE TABLE host.t (job acme.jobs)", "table column `host.t.job`"),
        (
            "CREATE TRIGGER t BEFORE UPDATE ON acme.jobs FOR EACH ROW WHEN (NEW.code > 1) EXECUTE FUNCTION acme.touch()",
            "trigger `t on acme.jobs`",
        ),
        (
            "ALTER TABLE acme.jobs ADD host_sum integer GENERATED ALWAYS AS (code + 1) STORED",
            "table column `acme.jobs.host_sum`",
        ),
        ("CREATE POLICY p ON acme.jobs USING (code > 1)", "policy `p on acme.jobs`"),
    ] {
        install(connection, 1).await;
        run(connection, host).await;
        let before = catalog(connection, "acme").await;
        let error = migrator().up_to(2, &mut *connection).await.expect_err(host);
        let Error::Dependents { dependents } = &error else { panic!("{host}: {error}") };
        assert!(dependents.iter().any(|one| one.what() == what || one.kind == "default value"), "{host}: {error}");
        same(&catalog(connection, "acme").await, &before, host);
        // And PostgreSQL would have refused it.
        let alter = "BEGIN; DROP VIEW acme.open_jobs; ALTER TABLE acme.jobs ALTER code TYPE bigint; ROLLBACK";
        sqlx::raw_sql(alter).execute(&mut *connection).await.expect_err(host);
        run(connection, "ROLLBACK").await;
    }
    // These are made anew, or ask for nothing.
    install(connection, 1).await;
    run(
        connection,
        "CREATE INDEX host_index ON acme.jobs ((code + 1)); ALTER TABLE acme.jobs ADD CHECK (code > 0); \
         CREATE VIEW host.v AS SELECT id FROM acme.jobs; CREATE FUNCTION host.f(acme.jobs) RETURNS integer LANGUAGE sql AS 'SELECT 1'; \
         CREATE TRIGGER t BEFORE UPDATE ON acme.jobs FOR EACH ROW EXECUTE FUNCTION acme.touch()",
    )
    .await;
    migrator().up_to(2, &mut *connection).await.unwrap();
}

#[tokio::test]
async fn what_a_cascade_would_take_of_the_hosts_stops_the_plan() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    install(connection, 4).await;
    run(connection, "CREATE VIEW host.v AS SELECT words FROM acme.tasks; CREATE VIEW host.w AS SELECT * FROM host.v")
        .await;
    let found = in_the_way(connection, 4, 5).await;
    let view = |name: &str| (5, format!("view `host.{name}`"), "column `tasks.words`".to_owned());
    assert_eq!(found, [view("v"), view("w")]);
    run(connection, "DROP VIEW host.w, host.v; CREATE INDEX host_index ON acme.tasks (words)").await;
    migrator().up_to(5, &mut *connection).await.unwrap();
}

#[tokio::test]
async fn an_uninstall_asks_for_all_kinds_of_objects() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    for (host, what, on) in [
        ("CREATE VIEW host.v AS SELECT id FROM acme.tasks", "view `host.v`", "table `tasks`"),
        ("CREATE VIEW host.v AS SELECT 1 AS one FROM acme.open_jobs", "view `host.v`", "view `open_jobs`"),
        (
            "CREATE TABLE host.t (id integer REFERENCES acme.tasks)",
            "table constraint `t_id_fkey on host.t`",
            "table `tasks`",
        ),
        (
            "CREATE TABLE host.t (name text REFERENCES acme.kinds (name))",
            "table constraint `t_name_fkey on host.t`",
            "table `kinds`",
        ),
        ("CREATE TABLE host.t (mood acme.mood)", "table column `host.t.mood`", "enum `mood`"),
        ("CREATE TABLE host.t (moods acme.mood[])", "table column `host.t.moods`", "enum `mood`"),
        ("CREATE DOMAIN host.d AS acme.mood", "type `host.d`", "enum `mood`"),
        (
            "CREATE FUNCTION host.f(acme.mood) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
            "function `host.f(acme.mood)`",
            "enum `mood`",
        ),
        (
            "CREATE FUNCTION host.f(acme.tasks) RETURNS integer LANGUAGE sql AS 'SELECT 1'",
            "function `host.f(acme.tasks)`",
            "table `tasks`",
        ),
        (
            "CREATE TABLE host.t (id integer DEFAULT acme.twice(1))",
            "default value `for host.t.id`",
            "function `twice(integer)`",
        ),
        (
            "CREATE TABLE host.t (id integer CHECK (acme.twice(id) > 1))",
            "table constraint `t_id_check on host.t`",
            "function `twice(integer)`",
        ),
        (
            "CREATE TABLE host.t (id integer); CREATE INDEX i ON host.t (acme.twice(id))",
            "index `host.i`",
            "function `twice(integer)`",
        ),
        (
            "CREATE TABLE host.t (id integer); CREATE TRIGGER g BEFORE INSERT ON host.t FOR EACH ROW EXECUTE FUNCTION acme.touch()",
            "trigger `g on host.t`",
            "function `touch()`",
        ),
        (
            "CREATE TABLE acme.hosts_own (id integer REFERENCES acme.tasks)",
            "table constraint `hosts_own_id_fkey on acme.hosts_own`",
            "table `tasks`",
        ),
    ] {
        install(connection, 4).await;
        run(connection, host).await;
        assert_eq!(in_the_way(connection, 4, 0).await, expected(4, what, on), "{host}");
    }
    // A table that inherits ours has its columns of our types, too.
    install(connection, 4).await;
    run(connection, "CREATE TABLE host.t () INHERITS (acme.tasks)").await;
    let found = in_the_way(connection, 4, 0).await;
    assert!(found.contains(&(4, "table `host.t`".to_owned(), "table `tasks`".to_owned())), "{found:?}");
    assert!(found.contains(&(4, "table column `host.t.mood`".to_owned(), "enum `mood`".to_owned())), "{found:?}");
    // What belongs to a table goes with it, although it calls our function too.
    install(connection, 4).await;
    run(
        connection,
        "CREATE TRIGGER g BEFORE INSERT ON acme.tasks FOR EACH ROW EXECUTE FUNCTION acme.touch(); \
         ALTER TABLE acme.tasks ADD host_column acme.mood; CREATE PUBLICATION host_pub FOR TABLE acme.tasks; \
         CREATE INDEX i ON acme.tasks (acme.twice(id::integer)); CREATE FUNCTION acme.twice(text) RETURNS text LANGUAGE sql AS 'SELECT $1'",
    )
    .await;
    migrator().down_to(0, &mut *connection).await.unwrap();
    assert_eq!(
        ask(connection, "SELECT count(*)::text FROM pg_class WHERE relnamespace = 'acme'::regnamespace").await,
        "0"
    );
    assert_eq!(ask(connection, "SELECT to_regprocedure('acme.twice(text)')::text").await, "acme.twice(text)");
    run(connection, "DROP PUBLICATION host_pub").await;
}

#[tokio::test]
async fn a_down_that_cannot_succeed_does_not_begin() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    install(connection, 3).await;
    migrator().up_to(5, &mut *connection).await.unwrap();
    // In the way of V2's down only.
    run(connection, "CREATE VIEW host.v AS SELECT code FROM acme.tasks").await;
    assert_eq!(in_the_way(connection, 5, 1).await, expected(2, "view `host.v`", "column `tasks.code`"));
    migrator().down_to(2, &mut *connection).await.unwrap();
}

mod raw {
    pkmig::migration! {
        V01 "a table, and a view by raw SQL" {
            create_table track { id: integer }
            create_table notes { id: integer, body: text }
            execute "DO $$ BEGIN EXECUTE format('CREATE VIEW %s.bodies AS SELECT body FROM @.notes',
                (SELECT relnamespace::regnamespace FROM pg_class WHERE oid = '@.notes'::regclass)); END $$"
                unless("SELECT FROM pg_class c JOIN pg_class t USING (relnamespace) WHERE c.relname = 'bodies' AND t.oid = '@.notes'::regclass")
                on_fresh(run)
                down "DO $$ BEGIN EXECUTE format('DROP VIEW %s.bodies',
                    (SELECT relnamespace::regnamespace FROM pg_class WHERE oid = '@.track'::regclass)); END $$";
        }
    }
    pkmig::migration! {
        V02 "more" {
            add_column notes.more: text;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "raw dependents" tracked_by track { V01, V02 }
    }
}

/// The model does not see what raw SQL makes, nor what it takes away before the step that would meet it.
#[tokio::test]
async fn what_raw_sql_may_take_away_is_listed_and_not_refused() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = raw::CHAIN.migrator().prefix("acme");
    migrator.up(&mut *connection).await.unwrap();
    let plan = migrator.plan(Some(0), &mut *connection).await.unwrap();
    let listed: Vec<_> = plan.iter().flat_map(|it| &it.dependents).map(|one| (one.what(), one.effect)).collect();
    assert_eq!(listed, [("view `acme.bodies`".to_owned(), Effect::Unknown)]);
    migrator.down_to(0, &mut *connection).await.unwrap();
    same(&catalog(connection, "acme").await, "", "all is gone");
}
