//! `verify`: nothing is found where nothing differs, and everything that differs is found and named.

use std::time::Duration;

use pkmig::testing::Database;
use pkmig::{Chain, DifferenceKind, Error, Verification};
use sqlx::{Connection, PgConnection};

use crate::support::{ODD, ask, catalog, database, quoted, run, same, stamp};

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
            create_function busy() returns bigint language sql stable security_definer {
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

/// What is done to an install, and what must then be said of it.
const DRIFT: &[(&str, &[&str])] = &[
    (
        "DROP TABLE @.pieces CASCADE",
        &["missing: constraint `hubs_piece_id_fkey` of table `hubs`", "missing: table `pieces`"],
    ),
    (
        "ALTER TABLE @.hubs RENAME TO centres",
        &[
            "extra: table `centres`",
            "missing: table `hubs`",
            "different: constraint `pieces_hub_id_fkey` of table `pieces`: definition: expected FOREIGN KEY (hub_id) REFERENCES @.hubs(id) ON DELETE SET NULL, found FOREIGN KEY (hub_id) REFERENCES @.centres(id) ON DELETE SET NULL",
        ],
    ),
    ("ALTER TABLE @.pads SET LOGGED", &["different: table `pads`: persistence: expected unlogged, found permanent"]),
    (
        "ALTER TABLE @.things ENABLE ROW LEVEL SECURITY",
        &["different: table `things`: row level security: expected disabled, found enabled"],
    ),
    (
        "COMMENT ON TABLE @.things IS 'nothing'",
        &["different: table `things`: comment: expected all there is, found nothing"],
    ),
    ("ALTER TABLE @.things DROP COLUMN loud", &["missing: column `loud` of table `things`"]),
    (
        "ALTER TABLE @.things RENAME loud TO noisy",
        &["missing: column `loud` of table `things`", "extra: column `noisy` of table `things`"],
    ),
    (
        "ALTER TABLE @.things ALTER loud TYPE varchar(7)",
        &["different: column `loud` of table `things`: type: expected text, found character varying(7)"],
    ),
    (
        "ALTER TABLE @.things ALTER name DROP NOT NULL",
        &["different: column `name` of table `things`: nullability: expected not null, found null"],
    ),
    (
        "ALTER TABLE @.things ALTER loud SET NOT NULL",
        &["different: column `loud` of table `things`: nullability: expected null, found not null"],
    ),
    (
        "ALTER TABLE @.things ALTER name SET DEFAULT 'its'",
        &["different: column `name` of table `things`: default: expected 'it''s'::text, found 'its'::text"],
    ),
    (
        "ALTER TABLE @.things ALTER loud DROP DEFAULT",
        &["different: column `loud` of table `things`: default: expected @.shout('x'::text), found none"],
    ),
    (
        "ALTER TABLE @.things ALTER label SET DEFAULT upper('x')",
        &["different: column `label` of table `things`: default: expected none, found upper('x'::text)"],
    ),
    (
        "ALTER TABLE @.things ALTER nr SET GENERATED BY DEFAULT",
        &["different: column `nr` of table `things`: identity: expected always, found by default"],
    ),
    (
        "ALTER TABLE @.things ALTER nr DROP IDENTITY",
        &[
            "different: column `nr` of table `things`: identity: expected always, found none",
            "missing: sequence `things_nr_seq` of table `things`",
        ],
    ),
    (
        "ALTER TABLE @.things ALTER total DROP EXPRESSION",
        &["different: column `total` of table `things`: generated: expected (amount * 2), found none"],
    ),
    (
        "ALTER TABLE @.things DROP total, ADD total integer GENERATED ALWAYS AS (amount * 3) STORED",
        &["different: column `total` of table `things`: generated: expected (amount * 2), found (amount * 3)"],
    ),
    (
        "ALTER TABLE @.things ALTER label TYPE text COLLATE \"POSIX\"",
        &["different: column `label` of table `things`: collation: expected \"C\", found \"POSIX\""],
    ),
    (
        "COMMENT ON COLUMN @.things.name IS NULL",
        &["different: column `name` of table `things`: comment: expected what it is called, found none"],
    ),
    (
        "ALTER TABLE @.pieces DROP CONSTRAINT parts_next_id_fkey",
        &["missing: constraint `parts_next_id_fkey` of table `pieces`"],
    ),
    (
        "ALTER TABLE @.things DROP CONSTRAINT things_name_code",
        &["missing: constraint `things_name_code` of table `things`"],
    ),
    (
        "ALTER TABLE @.things DROP CONSTRAINT things_name_code, ADD CONSTRAINT things_name_code UNIQUE (label, name)",
        &[
            "different: constraint `things_name_code` of table `things`: definition: expected UNIQUE (name, label), found UNIQUE (label, name)",
        ],
    ),
    (
        "ALTER TABLE @.things DROP CONSTRAINT amount_is_small, ADD CONSTRAINT amount_is_small CHECK (amount < 1000)",
        &[
            "different: constraint `amount_is_small` of table `things`: comment: expected not too many, found none",
            "different: constraint `amount_is_small` of table `things`: definition: expected CHECK (((amount < 1000) AND (@.shout(name, 1) <> 'X'::text))), found CHECK ((amount < 1000))",
        ],
    ),
    (
        "ALTER TABLE @.pieces DROP CONSTRAINT parts_thing_id_fkey, ADD CONSTRAINT parts_thing_id_fkey FOREIGN KEY (thing_id) REFERENCES @.things (id) ON DELETE RESTRICT",
        &[
            "different: constraint `parts_thing_id_fkey` of table `pieces`: definition: expected FOREIGN KEY (thing_id) REFERENCES @.things(id) ON DELETE CASCADE, found FOREIGN KEY (thing_id) REFERENCES @.things(id) ON DELETE RESTRICT",
        ],
    ),
    (
        "ALTER TABLE @.pieces DROP CONSTRAINT parts_thing_id_fkey, ADD CONSTRAINT parts_thing_id_fkey FOREIGN KEY (thing_id) REFERENCES @.things (id) ON DELETE CASCADE NOT VALID",
        &["different: constraint `parts_thing_id_fkey` of table `pieces`: validity: expected valid, found NOT VALID"],
    ),
    (
        "ALTER TABLE @.pieces DISABLE TRIGGER ALL",
        &[
            "different: constraint `hubs_piece_id_fkey` of table `hubs`: enforcement: expected enabled, found disabled",
            "different: constraint `parts_next_id_fkey` of table `pieces`: enforcement: expected enabled, found disabled",
            "different: constraint `parts_thing_id_fkey` of table `pieces`: enforcement: expected enabled, found disabled",
            "different: constraint `pieces_hub_id_fkey` of table `pieces`: enforcement: expected enabled, found disabled",
        ],
    ),
    (
        "ALTER TABLE @.pieces DROP CONSTRAINT parts_next_id_fkey, DROP CONSTRAINT parts_pkey CASCADE",
        &[
            "missing: constraint `hubs_piece_id_fkey` of table `hubs`",
            "missing: constraint `parts_next_id_fkey` of table `pieces`",
            "missing: constraint `parts_pkey` of table `pieces`",
        ],
    ),
    ("DROP INDEX @.things_lower", &["missing: index `things_lower` of table `things`"]),
    (
        "DROP INDEX @.things_code_index; CREATE INDEX things_code_index ON @.things (label, id)",
        &[
            "different: index `things_code_index` of table `things`: definition: expected CREATE INDEX things_code_index ON @.things USING btree (label), found CREATE INDEX things_code_index ON @.things USING btree (label, id)",
        ],
    ),
    (
        "DROP INDEX @.things_code_index; CREATE UNIQUE INDEX things_code_index ON @.things (label)",
        &[
            "different: index `things_code_index` of table `things`: definition: expected CREATE INDEX things_code_index ON @.things USING btree (label), found CREATE UNIQUE INDEX things_code_index ON @.things USING btree (label)",
        ],
    ),
    (
        "DROP INDEX @.things_code_index; CREATE INDEX things_code_index ON @.things USING hash (label)",
        &[
            "different: index `things_code_index` of table `things`: definition: expected CREATE INDEX things_code_index ON @.things USING btree (label), found CREATE INDEX things_code_index ON @.things USING hash (label)",
        ],
    ),
    (
        "DROP INDEX @.things_code_index; CREATE INDEX things_code_index ON @.pieces (hub_id)",
        &[
            "different: index `things_code_index` of table `things`: definition: expected CREATE INDEX things_code_index ON @.things USING btree (label), found CREATE INDEX things_code_index ON @.pieces USING btree (hub_id)",
        ],
    ),
    (
        "DROP INDEX @.things_lower; CREATE INDEX things_lower ON @.things (lower(name)) WHERE mood <> 'angry'",
        &[
            "different: index `things_lower` of table `things`: definition: expected CREATE INDEX things_lower ON @.things USING btree (lower(name)) WHERE (mood <> 'sad'::@.mood), found CREATE INDEX things_lower ON @.things USING btree (lower(name)) WHERE (mood <> 'angry'::@.mood)",
        ],
    ),
    (
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = '@.things_lower'::regclass",
        &["different: index `things_lower` of table `things`: validity: expected valid, found INVALID"],
    ),
    (
        "DROP SEQUENCE @.numbers CASCADE",
        &[
            "different: column `drawn` of table `things`: default: expected nextval('@.numbers'::regclass), found none",
            "missing: sequence `numbers`",
        ],
    ),
    ("ALTER SEQUENCE @.numbers INCREMENT 1", &["different: sequence `numbers`: increment: expected 5, found 1"]),
    (
        "ALTER SEQUENCE @.numbers START 11 CYCLE",
        &[
            "different: sequence `numbers`: range: expected 1 to 2147483647, found 1 to 2147483647, cycling",
            "different: sequence `numbers`: start: expected 10, found 11",
        ],
    ),
    (
        "ALTER SEQUENCE @.things_id_seq OWNED BY NONE",
        &["different: sequence `things_id_seq` of table `things`: owner: expected things.id, found none"],
    ),
    (
        "DROP INDEX @.things_lower; ALTER TABLE @.things ALTER mood DROP DEFAULT, ALTER mood TYPE text; DROP TYPE @.mood",
        &[
            "different: column `mood` of table `things`: default: expected 'sad'::@.mood, found none",
            "different: column `mood` of table `things`: type: expected @.mood, found text",
            "missing: index `things_lower` of table `things`",
            "missing: enum `mood`",
        ],
    ),
    (
        "ALTER TYPE @.mood RENAME VALUE 'it''s' TO 'its'",
        &[
            "different: enum `mood`: labels: expected 'sad', 'angry', 'it''s', 'naïve', found 'sad', 'angry', 'its', 'naïve'",
        ],
    ),
    (
        "UPDATE pg_enum SET enumsortorder = 99 WHERE enumlabel = 'angry' AND enumtypid = '@.mood'::regtype",
        &[
            "different: enum `mood`: labels: expected 'sad', 'angry', 'it''s', 'naïve', found 'sad', 'it''s', 'naïve', 'angry'",
        ],
    ),
    ("DROP FUNCTION @.busy()", &["missing: function `busy()`"]),
    (
        "DROP FUNCTION @.busy(); CREATE FUNCTION @.busy(a text) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        &["missing: function `busy()`", "extra: function `busy(text)`"],
    ),
    (
        "CREATE OR REPLACE FUNCTION @.busy() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER AS 'SELECT 1::bigint'",
        &[
            "different: function `busy()`: body: expected SELECT count(*) FROM @.\"things\" WHERE name <> '@.\"things\"', found SELECT 1::bigint",
        ],
    ),
    (
        "ALTER FUNCTION @.busy() VOLATILE SECURITY INVOKER STRICT",
        &[
            "different: function `busy()`: security: expected definer, found invoker",
            "different: function `busy()`: strictness: expected called on null, found strict",
            "different: function `busy()`: volatility: expected stable, found volatile",
        ],
    ),
    (
        "ALTER FUNCTION @.busy() SET work_mem = '1MB'",
        &["different: function `busy()`: settings: expected none, found work_mem=1MB"],
    ),
    (
        "CREATE OR REPLACE FUNCTION @.shout(a text, times integer DEFAULT 2) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS 'BEGIN RETURN upper(repeat(a, times)); END'",
        &[
            "different: function `shout(text, integer)`: arguments: expected a text, times integer DEFAULT 1, found a text, times integer DEFAULT 2",
        ],
    ),
    (
        "DROP FUNCTION @.busy(); CREATE FUNCTION @.busy() RETURNS integer LANGUAGE plpgsql STABLE SECURITY DEFINER AS 'BEGIN RETURN 1; END'",
        &[
            "different: function `busy()`: body: expected SELECT count(*) FROM @.\"things\" WHERE name <> '@.\"things\"', found BEGIN RETURN 1; END",
            "different: function `busy()`: language: expected sql, found plpgsql",
            "different: function `busy()`: result: expected bigint, found integer",
        ],
    ),
];

/// What a host application may do, and what is then said to be extra.
const EXTRA: &[(&str, &[&str])] = &[
    ("ALTER TABLE @.things ADD theirs text DEFAULT 'x'", &["extra: column `theirs` of table `things`"]),
    ("CREATE TABLE @.theirs (id bigserial PRIMARY KEY, a text UNIQUE)", &["extra: table `theirs`"]),
    ("CREATE INDEX theirs ON @.things (amount)", &["extra: index `theirs` of table `things`"]),
    (
        "ALTER TABLE @.things ADD CONSTRAINT theirs CHECK (amount > 0) NOT VALID",
        &["extra: constraint `theirs` of table `things`"],
    ),
    (
        "CREATE EXTENSION btree_gist; ALTER TABLE @.things ADD CONSTRAINT theirs EXCLUDE USING gist (amount WITH =)",
        &["extra: constraint `theirs` of table `things`"],
    ),
    (
        "CREATE FUNCTION @.theirs() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
      CREATE TRIGGER theirs BEFORE UPDATE ON @.things FOR EACH ROW EXECUTE FUNCTION @.theirs()",
        &["extra: trigger `theirs` of table `things`", "extra: function `theirs()`"],
    ),
    ("CREATE POLICY \"their own\" ON @.things USING (amount > 0)", &["extra: policy `their own` of table `things`"]),
    ("CREATE VIEW @.theirs AS SELECT id FROM @.things", &["extra: view `theirs`"]),
    (
        "CREATE MATERIALIZED VIEW @.theirs AS SELECT id FROM @.things; CREATE INDEX i ON @.theirs (id)",
        &["extra: materialized view `theirs`"],
    ),
    (
        "CREATE SEQUENCE @.theirs; CREATE TYPE @.their_type AS ENUM ('a')",
        &["extra: enum `their_type`", "extra: sequence `theirs`"],
    ),
    ("COMMENT ON COLUMN @.things.label IS 'theirs'; COMMENT ON INDEX @.things_lower IS 'theirs'", &[]),
    ("ALTER TABLE @.pieces VALIDATE CONSTRAINT later", &[]),
    (
        "ALTER TABLE @.things SET (fillfactor = 70); GRANT SELECT ON @.things TO PUBLIC; CLUSTER @.things USING things_pkey",
        &[],
    ),
];

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
async fn every_drift_is_found_and_named() {
    let (_database, mut connection) = installed(&["public", ODD]).await;
    let mut wrong = Vec::new();
    for prefix in ["public", ODD] {
        for (sql, expected) in DRIFT {
            let verification = said_of(&mut connection, prefix, sql).await;
            if lines(&verification) != *expected || verification.is_clean() {
                wrong.push(format!("{prefix}: {sql}\n{:#?}", lines(&verification)));
            }
        }
        assert_eq!(lines(&verified(&mut connection, prefix).await), [""; 0]);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_a_host_adds_is_extra_and_no_drift() {
    let (_database, mut connection) = installed(&["public", ODD]).await;
    for prefix in ["public", ODD] {
        for (sql, expected) in EXTRA {
            let verification = said_of(&mut connection, prefix, sql).await;
            assert_eq!(lines(&verification), *expected, "{prefix}: {sql}");
            assert!(verification.is_clean() && verification.extras().count() == expected.len(), "{sql}");
        }
    }
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
        assert!(
            error.to_string().contains(&format!("is not installed in schema `{prefix}`: table `track`")),
            "{error}"
        );
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

/// How many sessions of the database wait for a lock.
const WAITING: &str =
    "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
/// How many sessions of the database but this one are at work, or in a transaction.
const BUSY: &str = "SELECT count(*)::text FROM pg_stat_activity WHERE datname = current_database() AND state <> 'idle'
    AND pid <> pg_backend_pid()";

async fn until(connection: &mut PgConnection, question: &str, answer: &str) {
    while ask(connection, question).await != answer {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

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
    let expected = "the schema of V4 could not be made to compare with: cannot execute CREATE SCHEMA in a read-only \
                    transaction (SQLSTATE 25006)\nhelp: verify on the primary server, ";
    assert!(error.to_string().starts_with(expected), "{error}");
    run(&mut connection, "SET default_transaction_read_only = off").await;
    run(&mut connection, "SET max_stack_depth = '100kB'; SET statement_timeout = '2ms'").await;
    assert!(CHAIN.migrator().prefix("acme").verify(&mut connection).await.is_err());
    run(&mut connection, "RESET ALL").await;
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
    let error = CHAIN.migrator().prefix("acme").verify(&mut watcher).await.unwrap_err().to_string();
    let expected =
        format!("role `{role}` lacks CREATE on database `{name}`\nhelp: the version is made in a schema of its own");
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
    assert_eq!(difference.object.kind, pkmig::verify::ObjectKind::Column);
    assert_eq!(difference.object.table.as_deref(), Some("things"));
    let expected = DifferenceKind::Different {
        what: "type".to_owned(),
        expected: Some("text".to_owned()),
        found: Some("character varying(7)".to_owned()),
    };
    assert_eq!(difference.kind, expected);
}
