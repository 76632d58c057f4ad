//! `verify`: nothing is found where nothing differs, and everything that differs is found and named.

use std::time::Duration;

use pkmig::schema::ObjectKind;
use pkmig::testing::Database;
use pkmig::verify::{Property, PropertyValue};
use pkmig::{Chain, DifferenceKind, Error, Verification};
use sqlx::{Connection, PgConnection};

use crate::support::{ODD, WAITING, ask, catalog, database, quoted, run, same, stamp, until};

mod drift;
mod kept;
mod repair;

mod chain {
    pkmig::migration! {
        V01 "everything" {
            create_extension citext;
            create_table track { id: integer }
            create_enum mood { "sad", "it's", "naïve" }
            create_sequence numbers as integer start 10 increment 5;
            create_function shout(a: text, times: integer default("1")) returns text language plpgsql immutable strict {
                "BEGIN RETURN repeat(upper(a), times); END"
            }
            create_table things {
                id: bigserial primary_key,
                nr: integer identity(always),
                name: varchar(50) not_null default("it's") comment("what it is called"),
                kind: varchar(9) default("a") check("kind IN ('a', 'b')"),
                email: citext unique,
                code: text collate("C"),
                mood: mood not_null default("sad"),
                amount: integer default(-1),
                total: integer generated("amount * 2"),
                drawn: integer default(sql("nextval('@.numbers'::regclass)")),
                loud: text default(@.shout("x")),
                at: timestamptz not_null default(now()),
                comment "all there is",
                check amount_is_small ("amount < 1000 AND @.shout(name, 1) <> 'X'"),
                unique things_name_code (name, code),
                index things_code_index (code),
                index things_lower ("lower(name)") where("mood <> 'sad'"),
                index things_words (email, amount desc nulls_last),
            }
            create_function busy() returns bigint language sql stable security_definer set search_path = "" {
                "SELECT count(*) FROM @.things WHERE name <> '@.things'"
            }
            create_unique_index "@_things_amount" on things (amount, id) where("amount > 0");
            create_table pads unlogged { id: serial primary_key, thing_id: bigint references(things.id) }
            create_table parts {
                id: serial primary_key,
                thing_id: bigint not_null references(things.id, on_delete: cascade),
                next_id: integer references(parts.id),
            }
            add_check parts later ("thing_id > 0") not_valid;
        }
    }
    pkmig::migration! {
        V02 "other names and types" {
            rename_table parts => pieces;
            rename_column things.code => label;
            set_type things.kind: text;
            set_type things.name: text;
            set_type pieces.id: bigint;
            drop_column things.at;
            rename_index things_words => things_by_email;
            comment_on constraint things amount_is_small "not too many";
        }
    }
    pkmig::migration! {
        V03 "another value" {
            add_enum_value mood "angry" before "it's";
            irreversible("an enum keeps its values");
        }
    }
    pkmig::migration! {
        V04 "loops" {
            create_table hubs { id: bigserial primary_key, piece_id: integer references(pieces.id) }
            add_column pieces.hub_id: bigint references(hubs.id, on_delete: set_null);
            create_or_replace_function shout(a: text, times: integer default("1")) returns text language plpgsql immutable strict {
                "BEGIN RETURN upper(repeat(a, times)); END"
            }
            add_column things.at: timestamptz;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "verified" tracked_by track { V01, V02, V03, V04 }
    }
}

static CHAIN: &Chain = &chain::CHAIN;

async fn verified(connection: &mut PgConnection, prefix: &str) -> Verification {
    CHAIN.migrator().prefix(prefix).verify(connection).await.unwrap_or_else(|error| panic!("{prefix}: {error}"))
}

fn lines(verification: &Verification) -> Vec<String> {
    verification.differences.iter().map(ToString::to_string).collect()
}

async fn installed(prefixes: &[&str]) -> (Database, PgConnection) {
    let database = database().await;
    let mut connection = database.connect().await.unwrap();
    for prefix in prefixes {
        CHAIN.migrator().prefix(*prefix).up(&mut connection).await.unwrap();
    }
    (database, connection)
}

/// Every schema of the database.
async fn schemas(connection: &mut PgConnection) -> String {
    ask(connection, "SELECT nspname::text FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_t%' ORDER BY 1").await
}

#[tokio::test]
async fn an_install_is_clean_at_every_version_in_any_prefix() {
    let (_database, mut connection) = installed(&[]).await;
    for prefix in ["public", ODD, "My-Schema", "a", "pkmig_verify", "a\\b", "a.b", &"x".repeat(63), &"é".repeat(31)] {
        for version in 1..=CHAIN.latest().0 {
            CHAIN.migrator().prefix(prefix).up_to(version, &mut connection).await.unwrap();
            let verification = verified(&mut connection, prefix).await;
            assert_eq!(lines(&verification), [""; 0], "{prefix} at V{version}");
            assert_eq!((verification.version.0, verification.is_clean()), (version, true));
        }
    }
}

/// Does something to an install and takes it back, and returns what is said in between.
async fn said_of(connection: &mut PgConnection, prefix: &str, sql: &str) -> Verification {
    run(connection, "BEGIN").await;
    // Names in literals have their quotes doubled.
    let literal = sql.replace("'@.", &format!("'{}.", quoted(prefix).replace('\'', "''")));
    run(connection, &literal.replace("@.", &format!("{}.", quoted(prefix)))).await;
    let verification = verified(connection, prefix).await;
    run(connection, "ROLLBACK").await;
    verification
}

#[tokio::test]
async fn the_drift_of_one_install_is_not_the_others() {
    let (_database, mut connection) = installed(&["public", ODD]).await;
    run(&mut connection, "DROP INDEX things_lower").await;
    assert_eq!(lines(&verified(&mut connection, "public").await), ["missing: index `things_lower` of table `things`"]);
    assert_eq!(lines(&verified(&mut connection, ODD).await), [""; 0]);
    let name = format!("{}.{}", quoted(ODD), quoted(&format!("{ODD}_things_amount")));
    run(&mut connection, &format!("DROP INDEX {name}")).await;
    let verification = verified(&mut connection, ODD).await;
    assert_eq!(lines(&verification), [format!("missing: index `{ODD}_things_amount` of table `things`")]);
}

#[tokio::test]
async fn an_extension_that_is_gone_is_missing() {
    let (_database, mut connection) = installed(&["acme"]).await;
    let verification = said_of(&mut connection, "acme", "DROP EXTENSION citext CASCADE").await;
    let expected = [
        "missing: extension `citext`",
        "missing: column `email` of table `things`",
        "missing: constraint `things_email_key` of table `things`",
        "missing: index `things_by_email` of table `things`",
    ];
    assert_eq!(lines(&verification), expected);
}

/// Constraints and defaults are printed otherwise once a dump was restored; the search path of a session must not
/// matter either.
#[tokio::test]
async fn neither_a_dump_nor_a_search_path_is_drift() {
    let (_database, mut connection) = installed(&["acme"]).await;
    let restored = "ALTER TABLE @.things DROP CONSTRAINT things_kind_check, ADD CONSTRAINT things_kind_check
        CHECK ((kind)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))";
    assert_eq!(lines(&said_of(&mut connection, "acme", restored).await), [""; 0]);
    for path in ["acme", "''", "pg_temp, acme, public"] {
        run(&mut connection, &format!("SET search_path = {path}; SET quote_all_identifiers = on")).await;
        assert_eq!(lines(&verified(&mut connection, "acme").await), [""; 0], "{path}");
        assert_eq!(ask(&mut connection, "SHOW quote_all_identifiers").await, "on", "the session is as it was");
    }
}

#[tokio::test]
async fn only_an_install_of_a_known_version_is_verified() {
    let (_database, mut connection) = installed(&["acme"]).await;
    let migrator = CHAIN.migrator().prefix("acme");
    for prefix in ["public", "nowhere"] {
        let error = CHAIN.migrator().prefix(prefix).verify(&mut connection).await.unwrap_err();
        assert!(matches!(error, Error::NotInstalled { .. }), "{error}");
        assert!(error.report().contains(&format!("is not installed in schema `{prefix}`: table `track`")), "{error}");
    }
    stamp(&mut connection, "acme", 99).await;
    assert!(matches!(migrator.verify(&mut connection).await, Err(Error::NewerThanChain { .. })));
    run(&mut connection, "COMMENT ON TABLE acme.track IS 'new'").await;
    assert!(matches!(migrator.verify(&mut connection).await, Err(Error::NotAVersion { .. })));
    stamp(&mut connection, "acme", 1).await;
    let verification = migrator.verify(&mut connection).await.unwrap();
    assert_eq!(verification.version.0, 1);
    assert!(lines(&verification).contains(&"missing: table `parts`".to_owned()), "the stamp says which model");
}

#[tokio::test]
async fn nothing_stays_behind_and_nobody_is_kept_waiting() {
    let (database, mut connection) = installed(&["acme"]).await;
    let (before, held) = (schemas(&mut connection).await, catalog(&mut connection, "acme").await);
    // Every lock on a table but ACCESS SHARE would wait for this one.
    let mut other = database.connect().await.unwrap();
    run(&mut other, "BEGIN; LOCK TABLE acme.things, acme.pieces, acme.track IN EXCLUSIVE MODE").await;
    run(&mut connection, "SET lock_timeout = '1s'").await;
    assert_eq!(lines(&verified(&mut connection, "acme").await), [""; 0]);
    run(&mut other, "ROLLBACK").await;
    assert_eq!(schemas(&mut connection).await, before);
    same(&catalog(&mut connection, "acme").await, &held, "after a verification");
    let locks = "SELECT mode FROM pg_locks WHERE pid = pg_backend_pid() AND locktype = 'advisory'";
    assert_eq!(ask(&mut connection, locks).await, "", "the lock among runners is given back");

    run(&mut connection, "BEGIN; SELECT 1").await;
    verified(&mut connection, "acme").await;
    assert_eq!(schemas(&mut connection).await, before, "in a transaction of the caller's, too");
    run(&mut connection, "COMMIT").await;
}

/// How many sessions of the database but this one are at work, or in a transaction.
const BUSY: &str = "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'
    AND pid <> pg_backend_pid()";

/// A verification is stopped amid the making of its schema, by a lock on the catalog of enums, and then cut.
#[tokio::test]
async fn a_verification_that_is_cut_short_leaves_nothing() {
    let (database, mut watcher) = installed(&["acme"]).await;
    let mut holder = database.connect().await.unwrap();
    let before = schemas(&mut watcher).await;
    let migrator = CHAIN.migrator().prefix("acme").lock_timeout(Duration::from_secs(60));
    for end in ["dropped", "closed", "killed", "cancelled"] {
        run(&mut holder, "BEGIN; LOCK TABLE pg_catalog.pg_enum IN EXCLUSIVE MODE").await;
        let mut connection = database.connect().await.unwrap();
        let pid = ask(&mut connection, "SELECT pg_backend_pid()::text").await;
        {
            let mut verification = std::pin::pin!(migrator.verify(&mut connection));
            let ended = tokio::select! {
                ended = &mut verification => Some(ended),
                () = until(&mut watcher, WAITING, "1") => None,
            };
            assert!(ended.is_none(), "{ended:?}");
            let function = match end {
                "killed" => "pg_terminate_backend",
                "cancelled" => "pg_cancel_backend",
                _ => "",
            };
            if !function.is_empty() {
                ask(&mut watcher, &format!("SELECT {function}({pid})::text")).await;
                let error = verification.await.unwrap_err();
                assert!(matches!(error, Error::NotComparable { .. } | Error::Connection(_)), "{end}: {error}");
            }
        }
        let mut kept = (end != "closed").then_some(connection);
        run(&mut holder, "ROLLBACK").await;
        if let Some(connection) = kept.as_mut().filter(|_| end != "killed") {
            assert_eq!(schemas(connection).await, before, "{end}, and the connection goes on");
        }
        until(&mut watcher, BUSY, "0").await;
        assert_eq!(schemas(&mut watcher).await, before, "{end}");
    }
}

#[tokio::test]
async fn an_error_in_between_leaves_nothing() {
    let (_database, mut connection) = installed(&["acme"]).await;
    let before = schemas(&mut connection).await;
    run(&mut connection, "SET default_transaction_read_only = on").await;
    let error = CHAIN.migrator().prefix("acme").verify(&mut connection).await.unwrap_err();
    let expected = "could not create the schema of V4 to compare with: cannot execute CREATE SCHEMA in a read-only \
                    transaction (SQLSTATE 25006)\nhelp: verify on the primary server, ";
    assert!(error.report().starts_with(expected), "{error}");
    run(&mut connection, "SET default_transaction_read_only = off").await;
    let refuse = "CREATE FUNCTION public.no() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'; \
                  CREATE EVENT TRIGGER no ON ddl_command_end WHEN TAG IN ('CREATE INDEX') EXECUTE FUNCTION public.no()";
    run(&mut connection, refuse).await;
    assert!(CHAIN.migrator().prefix("acme").verify(&mut connection).await.is_err());
    run(&mut connection, "DROP EVENT TRIGGER no; DROP FUNCTION public.no()").await;
    assert_eq!(schemas(&mut connection).await, before);
    assert_eq!(lines(&verified(&mut connection, "acme").await), [""; 0], "the connection goes on");
}

#[tokio::test]
async fn a_role_needs_no_more_than_to_create_a_schema() {
    let (database, mut owner) = installed(&["acme"]).await;
    let name = ask(&mut owner, "SELECT current_database()").await;
    let role = format!("{name}_watcher");
    run(&mut owner, &format!("CREATE ROLE {role} LOGIN PASSWORD 'secret'")).await;
    let url = database.url_for(&role, "secret").unwrap();
    let mut watcher = PgConnection::connect(&url).await.unwrap();
    let error = CHAIN.migrator().prefix("acme").verify(&mut watcher).await.unwrap_err().report();
    let expected =
        format!("role `{role}` lacks CREATE on database `{name}`\nhelp: the version is created in a separate schema");
    assert!(
        error.starts_with(&expected) && error.contains(&format!("GRANT CREATE ON DATABASE \"{name}\" TO \"{role}\"")),
        "{error}"
    );
    run(&mut owner, &format!("GRANT CREATE ON DATABASE {name} TO {role}")).await;
    assert_eq!(lines(&verified(&mut watcher, "acme").await), [""; 0]);
    run(&mut owner, "DROP INDEX acme.things_lower").await;
    assert_eq!(lines(&verified(&mut watcher, "acme").await), ["missing: index `things_lower` of table `things`"]);
    watcher.close().await.unwrap();
    run(&mut owner, &format!("DROP OWNED BY {role}; DROP ROLE {role}")).await;
}

#[tokio::test]
async fn a_run_is_waited_for() {
    let (database, mut connection) = installed(&["acme"]).await;
    let mut runner = database.connect().await.unwrap();
    let lock = "SELECT pg_advisory_xact_lock(hashtextextended('pkmig verified acme', 0))";
    run(&mut runner, &format!("BEGIN; {lock}")).await;
    let migrator = CHAIN.migrator().prefix("acme").runner_timeout(Duration::from_millis(100));
    let error = migrator.verify(&mut connection).await.unwrap_err();
    assert!(matches!(error, Error::Locked { .. }), "{error}");
    let mut second = database.connect().await.unwrap();
    let patient = CHAIN.migrator().prefix("acme");
    let (one, two, ()) = tokio::join!(patient.verify(&mut connection), patient.verify(&mut second), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        run(&mut runner, "COMMIT").await;
    });
    assert!(one.unwrap().is_clean() && two.unwrap().is_clean(), "verifications do not wait for each other");
}

#[tokio::test]
async fn differences_are_typed() {
    let (_database, mut connection) = installed(&["acme"]).await;
    let verification = said_of(&mut connection, "acme", "ALTER TABLE @.things ALTER loud TYPE varchar(7)").await;
    let [difference] = verification.differences.as_slice() else { panic!("{verification:?}") };
    assert_eq!(difference.object.kind, ObjectKind::Column);
    assert_eq!(difference.object.of.as_deref(), Some("things"));
    let expected = DifferenceKind::Different {
        property: Property::Type,
        expected: Some(PropertyValue::Text("text".to_owned())),
        found: Some(PropertyValue::Text("character varying(7)".to_owned())),
    };
    assert_eq!(difference.kind, expected);
}
