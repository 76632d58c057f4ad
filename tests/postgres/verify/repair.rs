//! What is done about each drift: it is repaired, or it is left with a reason, and nothing else changes.

use std::fmt::Write as _;
use std::time::Duration;

use pkmig::{Error, Repair};
use sqlx::{Connection, PgConnection};

use super::drift::DRIFT;
use super::{CHAIN, installed, lines};
use crate::support::{ODD, ask, catalog, quoted, run, same, stamp};

fn told(repair: &Repair) -> String {
    let mut text = String::new();
    for done in &repair.done {
        let _ = writeln!(text, "    {done}");
    }
    for left in &repair.left {
        let _ = writeln!(text, "    left: {}", left.to_string().replace('\n', "\n        "));
    }
    text
}

/// SQL with the prefix in it; names in literals have their quotes doubled.
fn in_prefix(sql: &str, prefix: &str) -> String {
    let literal = sql.replace("'@.", &format!("'{}.", quoted(prefix).replace('\'', "''")));
    literal.replace("@.", &format!("{}.", quoted(prefix)))
}

#[tokio::test]
async fn every_drift_is_repaired_or_left_with_a_reason() {
    let (_database, mut connection) = installed(&["acme", ODD]).await;
    for prefix in ["acme", ODD] {
        let declared = catalog(&mut connection, prefix).await;
        let migrator = CHAIN.migrator().prefix(prefix);
        let mut all = String::new();
        for (sql, _) in DRIFT {
            let mut transaction = connection.begin().await.unwrap();
            run(&mut transaction, &in_prefix(sql, prefix)).await;
            let planned = migrator.plan_repair(None, &mut *transaction).await.unwrap();
            let repair = migrator.repair(&mut *transaction).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
            assert!(!planned.done.is_empty() || !planned.left.is_empty(), "{sql}");
            assert_eq!(repair.is_complete(), repair.verification.is_clean() && repair.left.is_empty(), "{sql}");
            if prefix == "acme" {
                let again = migrator.repair(&mut *transaction).await.unwrap();
                assert_eq!(again.done, [], "{sql}: nothing is done twice");
            }
            transaction.rollback().await.unwrap();
            let _ = writeln!(all, "{sql}\n{}", told(&repair).replace(&quoted(prefix), "@"));
        }
        same(&catalog(&mut connection, prefix).await, &declared, "after all");
        if prefix == "acme" {
            insta::assert_snapshot!("repairs", all);
        }
    }
}

#[tokio::test]
async fn rows_that_are_in_the_way_are_shown() {
    let (_database, mut connection) = installed(&["acme"]).await;
    let sql = "ALTER TABLE @.things DROP CONSTRAINT things_name_code, DROP CONSTRAINT amount_is_small,
            ALTER name DROP NOT NULL, DROP CONSTRAINT things_pkey CASCADE;
        ALTER TABLE @.pieces DROP COLUMN thing_id;
        INSERT INTO @.things (id, name, label, amount) VALUES (1, 'a', 'x', 1), (1, 'a', 'x', 2000), (2, NULL, 'y', 1);
        INSERT INTO @.pads (thing_id) VALUES (3);
        INSERT INTO @.pieces DEFAULT VALUES";
    run(&mut connection, &in_prefix(sql, "acme")).await;
    let before = catalog(&mut connection, "acme").await;
    let repair = CHAIN.migrator().prefix("acme").repair(&mut connection).await.unwrap();
    assert!(repair.done.is_empty() && !repair.is_complete(), "{:?}", repair.done);
    insta::assert_snapshot!("rows_in_the_way", told(&repair));
    same(&catalog(&mut connection, "acme").await, &before, "nothing is half done");
    for left in &repair.left {
        let query = left.help.as_deref().unwrap_or_default().strip_prefix("these rows are in the way: ");
        let Some(query) = query else { continue };
        let rows = sqlx::raw_sql(sqlx::AssertSqlSafe(query.to_owned())).fetch_all(&mut connection).await;
        assert!(!rows.unwrap().is_empty(), "{query}");
    }
    run(&mut connection, "TRUNCATE acme.things, acme.pieces, acme.pads CASCADE").await;
    let repair = CHAIN.migrator().prefix("acme").repair(&mut connection).await.unwrap();
    assert!(repair.is_complete(), "{}", told(&repair));
}

#[tokio::test]
async fn a_sequence_that_is_made_anew_goes_on_behind_the_numbers_that_there_are() {
    let (_database, mut connection) = installed(&[ODD]).await;
    let sql = "INSERT INTO @.hubs (id) VALUES (41); DROP SEQUENCE @.hubs_id_seq CASCADE";
    run(&mut connection, &in_prefix(sql, ODD)).await;
    let repair = CHAIN.migrator().prefix(ODD).repair(&mut connection).await.unwrap();
    assert!(repair.is_complete(), "{}", told(&repair));
    let drawn = in_prefix("INSERT INTO @.hubs DEFAULT VALUES RETURNING id::text", ODD);
    assert_eq!(ask(&mut connection, &drawn).await, "42");
}

#[tokio::test]
async fn new_values_of_an_enum_are_there_for_what_needs_them() {
    let (_database, mut connection) = installed(&["acme"]).await;
    let sql = "ALTER TABLE @.things ALTER mood DROP DEFAULT; DROP INDEX @.things_lower;
        CREATE TYPE @.old AS ENUM ('it''s', 'naïve');
        ALTER TABLE @.things ALTER mood TYPE @.old USING mood::text::@.old;
        DROP TYPE @.mood; ALTER TYPE @.old RENAME TO mood";
    run(&mut connection, &in_prefix(sql, "acme")).await;
    let repair = CHAIN.migrator().prefix("acme").repair(&mut connection).await.unwrap();
    assert!(repair.is_complete(), "{}", told(&repair));
    let done: Vec<_> = repair.done.iter().map(ToString::to_string).collect();
    assert_eq!(done[0], "add_enum_value mood \"sad\" before \"it's\"");
    assert_eq!(done.len(), 4, "{done:?}");
}

#[tokio::test]
async fn values_of_an_enum_are_read_whatever_is_in_them() {
    let (_database, mut connection) = installed(&["acme"]).await;
    let sql = r#"ALTER TYPE acme.mood RENAME VALUE 'sad' TO 'a, {"b"}\'; ALTER TYPE acme.mood RENAME VALUE 'naïve' TO 'NULL';
        ALTER TYPE acme.mood ADD VALUE ''; CREATE TYPE acme.none AS ENUM ()"#;
    run(&mut connection, sql).await;
    let verification = CHAIN.migrator().prefix("acme").verify(&mut connection).await.unwrap();
    let enums: Vec<_> = lines(&verification).into_iter().filter(|line| line.contains(" enum ")).collect();
    let found = r#"E'a, {"b"}\\', 'angry', 'it''s', 'NULL', ''"#;
    let expected = [
        format!("different: enum `mood`: labels: expected 'sad', 'angry', 'it''s', 'naïve', found {found}"),
        "extra: enum `none`".to_owned(),
    ];
    assert_eq!(enums, expected);
}

#[tokio::test]
async fn a_runner_at_work_is_waited_for_and_a_lock_on_a_table_breaks_a_repair_off() {
    let (database, mut connection) = installed(&["acme"]).await;
    run(&mut connection, "DROP INDEX acme.things_lower; ALTER TABLE acme.hubs DROP piece_id").await;
    let before = catalog(&mut connection, "acme").await;
    let mut other = database.connect().await.unwrap();
    let impatient = CHAIN.migrator().prefix("acme").runner_timeout(Duration::from_millis(100));
    run(&mut other, "BEGIN; SELECT pg_advisory_xact_lock(hashtextextended('pkmig verified acme', 0))").await;
    assert!(matches!(impatient.repair(&mut connection).await, Err(Error::Locked { .. })));
    assert!(matches!(impatient.heal(&mut connection).await, Err(Error::Locked { .. })));
    run(&mut other, "ROLLBACK; BEGIN; LOCK TABLE acme.things IN SHARE UPDATE EXCLUSIVE MODE").await;
    let impatient = impatient.lock_timeout(Duration::from_millis(100));
    let error = impatient.repair(&mut connection).await.unwrap_err();
    let expected =
        "the repair was rolled back: canceling statement due to lock timeout (SQLSTATE 55P03)\nstep: create_index";
    assert!(error.report().starts_with(expected), "{error}");
    same(&catalog(&mut connection, "acme").await, &before, "nothing is half done");
    run(&mut other, "ROLLBACK").await;
    let migrator = CHAIN.migrator().prefix("acme");
    let mut second = database.connect().await.unwrap();
    let (one, two) = tokio::join!(migrator.repair(&mut connection), migrator.repair(&mut second));
    let (one, two) = (one.unwrap(), two.unwrap());
    assert!(one.is_complete() && two.is_complete());
    let counts = [one.done.len(), two.done.len()];
    assert!(counts == [0, 3] || counts == [3, 0], "one of them repairs: {counts:?}");
}

#[tokio::test]
async fn a_role_that_does_not_own_a_table_repairs_the_rest() {
    let (database, mut owner) = installed(&["acme"]).await;
    let name = ask(&mut owner, "SELECT current_database()").await;
    let role = format!("{name}_mender");
    let grants = format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'secret'; GRANT CREATE ON DATABASE {name} TO {role};
         GRANT USAGE, CREATE ON SCHEMA acme TO {role}; ALTER TABLE acme.hubs OWNER TO {role};
         GRANT REFERENCES ON acme.pieces TO {role}; DROP INDEX acme.things_lower; ALTER TABLE acme.hubs DROP piece_id"
    );
    run(&mut owner, &grants).await;
    let mut mender = PgConnection::connect(&database.url_for(&role, "secret").unwrap()).await.unwrap();
    let repair = CHAIN.migrator().prefix("acme").repair(&mut mender).await.unwrap();
    let expected = "    add_column hubs.piece_id: integer
    add_foreign_key hubs hubs_piece_id_fkey (piece_id) references pieces (id)
    left: create_index things_lower on things (\"lower(name)\") where(\"mood <> 'sad'\"): must be owner of table things (SQLSTATE 42501)
        help: remove the cause and repair again, or run: CREATE INDEX \"things_lower\" ON \"acme\".\"things\" ((lower(\"name\"))) WHERE \"mood\" <> 'sad'
";
    assert_eq!(told(&repair), expected);
    mender.close().await.unwrap();
    run(&mut owner, &format!("REASSIGN OWNED BY {role} TO CURRENT_USER; DROP OWNED BY {role}; DROP ROLE {role}")).await;
}

/// The stamp and what was found, in a line each.
fn found(fit: &pkmig::Fit) -> String {
    format!("{} is {}\n{}", fit.stamped, fit.version, fit.evidence.join("\n"))
}

#[tokio::test]
async fn a_wrong_stamp_is_healed_whichever_way_it_is_wrong() {
    let (_database, mut connection) = installed(&[]).await;
    for prefix in ["public", ODD] {
        let migrator = CHAIN.migrator().prefix(prefix);
        for version in 1..=CHAIN.latest().0 {
            migrator.up_to(version, &mut connection).await.unwrap();
            for wrong in 1..=CHAIN.latest().0 {
                stamp(&mut connection, prefix, wrong).await;
                let planned = migrator.plan_heal(&mut connection).await.unwrap();
                assert_eq!(migrator.version(&mut connection).await.unwrap().0, wrong, "a plan changes nothing");
                let fit = migrator.heal(&mut connection).await.unwrap();
                assert_eq!((fit.stamped.0, fit.version.0), (wrong, version), "{prefix}");
                assert_eq!(found(&fit), found(&planned));
                assert_eq!(migrator.version(&mut connection).await.unwrap().0, version);
            }
        }
    }
    stamp(&mut connection, "public", 1).await;
    let fit = CHAIN.migrator().plan_heal(&mut connection).await.unwrap();
    assert_eq!(found(&fit), "V1 is V4\nhas table `hubs` and 8 more, which V4 brings");
}

#[tokio::test]
async fn a_schema_that_no_version_fits_keeps_its_stamp() {
    let (_database, mut connection) = installed(&["acme"]).await;
    run(&mut connection, "ALTER TABLE acme.things DROP COLUMN loud").await;
    stamp(&mut connection, "acme", 2).await;
    let migrator = CHAIN.migrator().prefix("acme");
    let error = migrator.heal(&mut connection).await.unwrap_err();
    let expected = "schema `acme` does not match any version of `verified`: it comes closest to V4, of which something is missing or \
                    different\n\
                    help: if it is V4, set the comment that holds the version to 4, then `repair`";
    assert_eq!(error.report(), expected);
    let Error::NoFit { verification, .. } = error else { panic!("{error}") };
    assert_eq!(lines(&verification), ["missing: column `loud` of table `things`"]);
    assert_eq!(migrator.version(&mut connection).await.unwrap().0, 2);
    run(&mut connection, "COMMENT ON TABLE acme.track IS NULL").await;
    let error = migrator.heal(&mut connection).await.unwrap_err().report();
    assert!(error.ends_with("help: `repair --at 4` adds what is missing, and records the version"), "{error}");
    let error = migrator.adopt(None, &mut connection).await.unwrap_err().report();
    assert!(error.ends_with("help: `repair --at 4` adds what is missing, and records the version"), "{error}");
    let error = CHAIN.migrator().prefix("nowhere").adopt(None, &mut connection).await.unwrap_err();
    assert!(matches!(error, Error::NotInstalled { .. }), "{error}");
    assert_eq!(migrator.version(&mut connection).await.unwrap().0, 0);
    let repair = migrator.repair_at(4, &mut connection).await.unwrap();
    assert!(repair.is_complete() && lines(&repair.verification) == [""; 0], "{}", told(&repair));
    assert_eq!(migrator.version(&mut connection).await.unwrap().0, 4);
}

#[tokio::test]
async fn an_install_without_a_stamp_is_adopted_with_what_its_host_has_added() {
    let (_database, mut connection) = installed(&[]).await;
    for version in 1..=CHAIN.latest().0 {
        let migrator = CHAIN.migrator().prefix(ODD);
        migrator.up_to(version, &mut connection).await.unwrap();
        let sql =
            "COMMENT ON TABLE @.track IS NULL; CREATE TABLE @.theirs (a text); ALTER TABLE @.things ADD theirs text";
        run(&mut connection, &in_prefix(sql, ODD)).await;
        let fit = migrator.adopt(None, &mut connection).await.unwrap();
        assert_eq!((fit.stamped.0, fit.version.0, fit.verification.extras().count()), (0, version, 2));
        let error = migrator.adopt(None, &mut connection).await.unwrap_err();
        assert!(error.report().contains(&format!("is already recorded at V{version}")), "{error}");
        let error = migrator.repair_at(version % 4 + 1, &mut connection).await.unwrap_err();
        assert!(matches!(error, Error::Stamped { .. }), "{error}");
        let sql = "COMMENT ON TABLE @.track IS NULL; DROP TABLE @.theirs; ALTER TABLE @.things DROP theirs";
        run(&mut connection, &in_prefix(sql, ODD)).await;
        assert_eq!(migrator.adopt(Some(version), &mut connection).await.unwrap().version.0, version);
    }
}

/// Without the tracking table nothing says where the stamp should go, and adopting makes no table.
#[tokio::test]
async fn a_tracking_table_that_is_gone_is_made_by_a_repair() {
    let (_database, mut connection) = installed(&["acme"]).await;
    run(&mut connection, "DROP TABLE acme.track").await;
    let migrator = CHAIN.migrator().prefix("acme");
    assert!(matches!(migrator.repair(&mut connection).await, Err(Error::NotInstalled { .. })));
    let error = migrator.adopt(Some(4), &mut connection).await.unwrap_err();
    let Error::NoFit { verification, .. } = error else { panic!("{error}") };
    assert_eq!(lines(&verification), ["missing: table `track`"]);
    assert!(migrator.repair_at(4, &mut connection).await.unwrap().is_complete());
    assert_eq!(migrator.version(&mut connection).await.unwrap().0, 4);
    let error = CHAIN.migrator().prefix("nowhere").repair_at(4, &mut connection).await.unwrap_err();
    assert!(matches!(error, Error::NotInstalled { .. }), "{error}");
}
