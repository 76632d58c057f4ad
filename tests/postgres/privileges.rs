//! What roles may do: verified where a version speaks of it, and repaired.

use pkmig::Chain;
use sqlx::{Connection, PgConnection};

use crate::steps::policy::roles;
use crate::support::{ODD, ask, database, quoted, run};

mod chain {
    pkmig::migration! {
        V01 "what roles may do, and rows" {
            create_table track { id: integer }
            create_table notes { id: bigserial primary_key, name: text not_null unique, body: text, kind: text }
            create_table quiet { id: integer }
            create_function secret(a: text) returns text language sql immutable { "SELECT a" }
            create_function open() returns text language sql immutable { "SELECT ''" }
            grant select, insert on table notes to pkmig_reader;
            grant usage on schema to pkmig_reader;
            revoke execute on function secret(text) from public;
            grant execute on function secret(text) to pkmig_reader;
            seed notes (name, body) on_conflict(name) do_nothing { ("a", "1"), ("b", "2") }
        }
    }
    pkmig::migration! {
        V02 "other names" {
            rename_column notes.name => title;
            rename_value notes.title { "b" => "c" } on_conflict do_nothing;
            rename_table notes => papers;
        }
    }
    pkmig::migration! {
        V03 "rows only" {
            seed papers (title) on_conflict(title) do_nothing { ("d") }
        }
    }
    pkmig::migration! {
        V04 "rows only, again" {
            seed papers (title, kind) on_conflict(title) do_nothing { ("e", "5") }
            backfill papers.kind = "upper(title)" where("title = 'd'");
        }
    }
    pkmig::chain! {
        pub static CHAIN: "guarded" tracked_by track {
            requires role pkmig_reader;
            V01, V02, V03, V04
        }
    }
}

static CHAIN: &Chain = &chain::CHAIN;

fn in_prefix(sql: &str, prefix: &str) -> String {
    sql.replace("@.", &format!("{}.", quoted(prefix))).replace("@@", &quoted(prefix))
}

/// What is done to the privileges, and what is then said of it; an extra does no harm.
const CHANGES: &[(&str, &[&str])] = &[
    ("REVOKE INSERT ON @.papers FROM pkmig_reader", &["missing: privilege `insert to pkmig_reader` of table `papers`"]),
    (
        "REVOKE ALL ON @.papers FROM pkmig_reader",
        &["missing: privilege `insert, select to pkmig_reader` of table `papers`"],
    ),
    (
        "REVOKE EXECUTE ON FUNCTION @.secret(text) FROM pkmig_reader",
        &["missing: privilege `execute to pkmig_reader on function secret(text)`"],
    ),
    ("REVOKE USAGE ON SCHEMA @@ FROM pkmig_reader", &["missing: privilege `usage to pkmig_reader on the schema`"]),
    (
        "GRANT UPDATE, DELETE ON @.papers TO pkmig_reader, PUBLIC",
        &[
            "extra: privilege `delete, update to pkmig_reader` of table `papers`",
            "extra: privilege `delete, update to public` of table `papers`",
        ],
    ),
    (
        "GRANT EXECUTE ON FUNCTION @.secret(text) TO PUBLIC",
        &["extra: privilege `execute to public on function secret(text)`"],
    ),
    ("GRANT CREATE ON SCHEMA @@ TO pkmig_reader", &["extra: privilege `create to pkmig_reader on the schema`"]),
    // Nobody has spoken of these.
    ("GRANT SELECT ON @.quiet TO PUBLIC; REVOKE EXECUTE ON FUNCTION @.open() FROM PUBLIC", &[]),
    ("ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO pkmig_reader; GRANT SELECT ON @.papers TO CURRENT_USER", &[]),
    ("DROP FUNCTION @.secret(text)", &["missing: function `secret(text)`"]),
];

async fn lines(prefix: &str, connection: &mut PgConnection) -> Vec<String> {
    let verification = CHAIN.migrator().prefix(prefix).verify(connection).await.unwrap();
    verification.differences.iter().map(ToString::to_string).collect()
}

#[tokio::test]
async fn privileges_that_a_version_declares_are_verified_and_repaired() {
    let database = database().await;
    let mut connection = database.connect().await.unwrap();
    roles(&mut connection).await;
    for prefix in ["public", ODD] {
        let migrator = CHAIN.migrator().prefix(prefix);
        for version in 1..=CHAIN.latest().0 {
            migrator.up_to(version, &mut connection).await.unwrap();
            assert_eq!(lines(prefix, &mut connection).await, [""; 0], "{prefix} at V{version}");
        }
        for (sql, expected) in CHANGES {
            let mut transaction = connection.begin().await.unwrap();
            run(&mut transaction, &in_prefix(sql, prefix)).await;
            assert_eq!(lines(prefix, &mut transaction).await, *expected, "{prefix}: {sql}");
            let repair = migrator.repair(&mut *transaction).await.unwrap();
            assert!(repair.is_complete(), "{:?}", repair.left);
            let extra: Vec<_> = expected.iter().filter(|line| line.starts_with("extra")).copied().collect();
            assert_eq!(lines(prefix, &mut transaction).await, extra, "{prefix}: {sql}");
            transaction.rollback().await.unwrap();
        }
    }
}

#[tokio::test]
async fn seeded_rows_that_are_gone_come_back_by_their_keys_of_today() {
    let database = database().await;
    let mut connection = database.connect().await.unwrap();
    roles(&mut connection).await;
    let migrator = CHAIN.migrator().prefix("acme");
    migrator.up(&mut connection).await.unwrap();
    run(&mut connection, "DELETE FROM acme.papers; INSERT INTO acme.papers (title, body) VALUES ('a', 'mine')").await;
    let planned = migrator.plan_repair(None, &mut connection).await.unwrap();
    let repair = migrator.repair(&mut connection).await.unwrap();
    assert_eq!(repair.done, planned.done);
    let done: Vec<_> = repair.done.iter().map(ToString::to_string).collect();
    assert_eq!(done, ["seed papers of V1: 1 row", "seed papers of V3: 1 row"]);
    assert!(repair.is_complete(), "{:?}", repair.left);
    let rows = "SELECT title || ' ' || coalesce(body, '-') FROM acme.papers ORDER BY 1";
    assert_eq!(ask(&mut connection, rows).await, "a mine\nc 2\nd -");
    let [unknown] = repair.unknown.as_slice() else { panic!("{:?}", repair.unknown) };
    assert!(unknown.starts_with("seed papers of V4, since V4: backfill papers.kind = "), "{unknown}");
    assert!(migrator.repair(&mut connection).await.unwrap().done.is_empty());
}

/// V3 and V4 change rows only: the schema cannot tell which of them it has been through.
#[tokio::test]
async fn of_versions_that_change_rows_only_the_stamp_decides_or_else_the_first() {
    let database = database().await;
    let mut connection = database.connect().await.unwrap();
    roles(&mut connection).await;
    let migrator = CHAIN.migrator().prefix("acme");
    migrator.up(&mut connection).await.unwrap();
    for (stamped, healed) in [(1, 2), (2, 2), (3, 3), (4, 4)] {
        run(&mut connection, &format!("COMMENT ON TABLE acme.track IS '{stamped}'")).await;
        let fit = migrator.heal(&mut connection).await.unwrap();
        assert_eq!(fit.version.0, healed);
        assert_eq!(fit.evidence.last().unwrap(), "V2 to V4 have the same schema: they change rows only");
    }
    run(&mut connection, "COMMENT ON TABLE acme.track IS NULL").await;
    assert_eq!(migrator.adopt(None, &mut connection).await.unwrap().version.0, 2);
}
