//! Rows: seeds, backfills, deletes, raw SQL.

use pkmig::Error;
use pkmig::schema::Version;
use sqlx::PgConnection;

use crate::support::{ODD, ask, database, failed, quoted, run, stamp};

mod seeds {
    pkmig::migration! {
        V01 "tables" {
            create_table track { id: integer }
            create_enum mood { "sad", "it's" }
            create_table settings { id: bigserial primary_key, key: text not_null unique, value: text, at: timestamptz }
            create_table roles {
                id: integer identity(by_default),
                name: varchar(10) not_null,
                rank: integer,
                moods: mood[],
                mood: mood,
                price: numeric(6, 2),
                data: jsonb,
                unique_index roles_name (name),
            }
            create_table pairs { id: serial, a: text, b: integer }
        }
    }
    pkmig::migration! {
        V02 "rows" {
            seed settings (key, value, at) on_conflict(key) do_nothing {
                ("a", "it's $pkmig$ \\ \"x\"", now()),
                ("b", null, null),
                ("c", sql("upper('c') || (SELECT count(*) FROM @.roles)"), sql("now() - interval '1 day'")),
            }
            seed roles (name, rank, moods, mood, price, data) on_conflict(name) do_update(rank, mood, data) {
                ("Owner", 1, "{}", null, 1.5, "{\"a\": [1]}"),
                ("User", -2, sql("ARRAY['sad']::@.mood[]"), "it's", 12, "{}"),
            }
            seed pairs (a, b) unless_exists(a, b) {
                ("x", 1),
                ("x", null),
                (null, null),
            }
        }
    }
    pkmig::chain! {
        pub static CHAIN: "seeds" tracked_by track { V01, V02 }
    }
}

const SETTINGS: &str = "SELECT id || ' ' || key || ' ' || coalesce(value, '-') FROM settings ORDER BY id";
const ROLES: &str = "SELECT concat_ws(' ', id, name, rank, moods, mood, price, data) FROM roles ORDER BY id";
const PAIRS: &str = "SELECT id || ' ' || coalesce(a, '-') || ' ' || coalesce(b::text, '-') FROM pairs ORDER BY id";
const NUMBERS: &str = "SELECT concat_ws(' ', s.last_value, r.last_value, p.last_value)
    FROM settings_id_seq s, roles_id_seq r, pairs_id_seq p";

async fn rows(connection: &mut PgConnection) -> Vec<String> {
    let mut rows = Vec::new();
    for query in [SETTINGS, ROLES, PAIRS, NUMBERS] {
        rows.push(ask(connection, query).await);
    }
    rows
}

#[tokio::test]
async fn a_seed_run_again_adds_no_row_and_draws_no_number() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    for prefix in ["acme", ODD] {
        let migrator = seeds::CHAIN.migrator().baseline(false).prefix(prefix);
        migrator.up(&mut *connection).await.unwrap();
        run(connection, &format!("SET search_path = {}", quoted(prefix))).await;
        let expected = [
            "1 a it's $pkmig$ \\ \"x\"\n2 b -\n3 c C0",
            "1 Owner 1 {} 1.50 {\"a\": [1]}\n2 User -2 {sad} it's 12.00 {}",
            "1 x 1\n2 x -\n3 - -",
            "3 2 3",
        ];
        assert_eq!(rows(connection).await, expected);
        for _ in 0..2 {
            stamp(connection, prefix, 1).await;
            migrator.up(&mut *connection).await.unwrap();
            assert_eq!(rows(connection).await, expected);
        }
    }
}

#[tokio::test]
async fn a_seed_leaves_rows_of_users_alone_or_brings_them_up_to_date_as_it_says() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = seeds::CHAIN.migrator().baseline(false);
    migrator.up_to(1, &mut *connection).await.unwrap();
    run(connection, "INSERT INTO settings (key, value) VALUES ('b', 'theirs'); INSERT INTO roles (name, rank, price) VALUES ('User', 7, 3); INSERT INTO pairs (a) VALUES ('x')").await;
    migrator.up(&mut *connection).await.unwrap();
    let found = rows(connection).await;
    assert_eq!(found[0], "1 b theirs\n2 a it's $pkmig$ \\ \"x\"\n3 c C1");
    assert_eq!(found[1], "1 User -2 it's 3.00 {}\n2 Owner 1 {} 1.50 {\"a\": [1]}");
    assert_eq!(found[2], "1 x -\n2 x 1\n3 - -");

    run(
        connection,
        "UPDATE settings SET value = 'changed'; UPDATE roles SET rank = 0, price = 0; DELETE FROM pairs WHERE id = 2",
    )
    .await;
    stamp(connection, "public", 1).await;
    migrator.up(&mut *connection).await.unwrap();
    let found = rows(connection).await;
    assert_eq!(found[0], "1 b changed\n2 a changed\n3 c changed");
    assert_eq!(found[1], "1 User -2 it's 0.00 {}\n2 Owner 1 {} 0.00 {\"a\": [1]}");
    assert_eq!(found[2], "1 x -\n3 - -\n4 x 1");
}

#[tokio::test]
async fn the_down_of_a_seed_takes_exactly_its_rows_and_gives_their_numbers_back() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = seeds::CHAIN.migrator().baseline(false);
    migrator.up(&mut *connection).await.unwrap();
    let first = rows(connection).await;
    for _ in 0..2 {
        migrator.down_to(1, &mut *connection).await.unwrap();
        assert_eq!(rows(connection).await[..3], ["", "", ""]);
        migrator.up(&mut *connection).await.unwrap();
        assert_eq!(rows(connection).await, first);
    }
    // A number that a user has drawn since stays drawn, and so do the ones before it. What somebody has changed stays; a
    // value that is SQL is not compared.
    run(connection, "INSERT INTO settings (key) VALUES ('theirs'); INSERT INTO pairs (a, b) VALUES ('x', 2); UPDATE settings SET value = 'changed' WHERE key IN ('a', 'c')").await;
    migrator.down_to(1, &mut *connection).await.unwrap();
    let left = rows(connection).await;
    assert_eq!(left[..3], ["1 a changed\n4 theirs -", "", "4 x 2"]);
    migrator.up(&mut *connection).await.unwrap();
    assert_eq!(rows(connection).await[0], "1 a changed\n4 theirs -\n5 b -\n6 c C0");
}

mod fills {
    pkmig::migration! {
        V01 "tables" {
            create_table track { id: integer }
            create_table others { id: integer primary_key, name: text }
            create_table items { id: serial primary_key, other_id: integer, name: text }
        }
    }
    pkmig::migration! {
        V02 "columns are filled" {
            add_column items.upper: text;
            add_column items.other: text;
            add_column items.twice: integer;
            backfill items.upper = "upper(items.name)" where("items.upper IS NULL AND items.name IS NOT NULL");
            backfill items.other = "o.name" from("@.others AS o") where("o.id = items.other_id AND items.other IS NULL");
            backfill items.twice = "id * 2";
        }
    }
    pkmig::migration! {
        V03 "columns are filled in batches" {
            add_column items.batched: text;
            add_column items.joined: text;
            backfill items.batched = "items.name || '!'" where("items.batched IS NULL") batch(10);
            backfill items.joined = "o.name || items.id" from("@.others AS o") where("o.id = items.other_id AND items.joined IS NULL") batch(10);
        }
    }
    pkmig::chain! {
        pub static CHAIN: "fills" tracked_by track { V01, V02, V03 }
    }
}

/// 25 rows, every fifth without a name: filling those changes nothing.
#[tokio::test]
async fn a_backfill_fills_what_its_where_says_and_a_batch_at_a_time() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    for prefix in ["acme", ODD] {
        let migrator = fills::CHAIN.migrator().baseline(false).prefix(prefix);
        migrator.up_to(1, &mut *connection).await.unwrap();
        run(connection, &format!("SET search_path = {}", quoted(prefix))).await;
        run(connection, "INSERT INTO others VALUES (1, 'one'), (2, null);
            INSERT INTO items (other_id, name) SELECT n % 4, CASE WHEN n % 5 <> 0 THEN 'n' || n END FROM generate_series(1, 25) AS n").await;
        migrator.up_to(2, &mut *connection).await.unwrap();
        stamp(connection, prefix, 1).await;
        migrator.up_to(2, &mut *connection).await.unwrap();
        let sums = "SELECT concat_ws(' ', count(*) FILTER (WHERE upper = 'N' || id), count(upper), count(*) FILTER (WHERE other = 'one'), count(other), sum(twice)) FROM items";
        assert_eq!(ask(connection, sums).await, "20 20 7 7 650");

        let up = migrator.up(&mut *connection);
        tokio::time::timeout(std::time::Duration::from_secs(20), up)
            .await
            .expect("the batches come to an end")
            .unwrap();
        let sums = "SELECT concat_ws(' ', count(*) FILTER (WHERE batched = name || '!'), count(batched), count(*) FILTER (WHERE joined = 'one' || id), count(joined)) FROM items";
        assert_eq!(ask(connection, sums).await, "20 20 7 7");
        let transactions =
            "SELECT count(DISTINCT xmin::text)::text FROM items WHERE batched IS NOT NULL AND joined IS NULL";
        assert_ne!(ask(connection, transactions).await, "1");
        stamp(connection, prefix, 2).await;
        migrator.up(&mut *connection).await.unwrap();
        migrator.allow_data_loss(true).down_to(0, &mut *connection).await.unwrap();
    }
}

mod endless {
    pkmig::migration! {
        V01 "rows" {
            create_table track { id: integer }
            create_table items { id: integer primary_key, n: integer }
            seed items (id, n) on_conflict(id) do_nothing { (1, 1), (2, 2) }
        }
    }
    pkmig::migration! {
        V02 "a where that stays true" {
            backfill items.n = "n % 1000 + 1" where("n > 0") batch(10);
        }
    }
    pkmig::chain! {
        pub static CHAIN: "endless" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn a_backfill_in_batches_whose_where_stays_true_is_stopped() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let up = endless::CHAIN.migrator().baseline(false).prefix(ODD).up(&mut *connection).await;
    let failed = failed(up);
    let expected = "backfill items.n = \"n % 1000 + 1\" where(\"n > 0\") batch(10): its where still matches the rows that it \
                    has filled";
    assert_eq!(failed.message, expected);
    assert!(failed.step.is_some_and(|step| expected.starts_with(&step)));
}

mod raw {
    pkmig::migration! {
        V01 "tables" {
            create_table track { id: integer }
            create_table log { line: text }
            create_table items { id: integer primary_key, name: text }
            seed items (id, name) on_conflict(id) do_nothing { (1, "a"), (2, "b"), (3, "it's") }
        }
    }
    pkmig::migration! {
        V02 "raw SQL of every kind" {
            execute "INSERT INTO @.log VALUES ('unless $execute$ @.log it''s')" unless("SELECT 1 FROM @.log WHERE line LIKE 'unless%'") down "DELETE FROM @.log WHERE line LIKE 'unless%'";
            execute "INSERT INTO @.log VALUES ('when')" when("SELECT 1 FROM @.items WHERE name = 'it''s'") lossy_down "INSERT INTO @.log VALUES ('when down')";
            execute r#"DO $$ DECLARE n integer; BEGIN SELECT count(*) INTO n FROM @.items; UPDATE @.items SET name = name; END $$; SELECT 1"# idempotent down_noop("nothing was changed");
            delete_rows items where("name = 'it''s'") down "INSERT INTO @.items VALUES (3, 'it''s')";
            on_down "INSERT INTO @.log VALUES ('on down')";
        }
    }
    pkmig::migration! {
        V03 "no way back" {
            delete_rows items where("id > 0") irreversible("the items are gone");
        }
    }
    pkmig::chain! {
        pub static CHAIN: "raw" tracked_by track { V01, V02, V03 }
    }
}

#[tokio::test]
async fn raw_sql_runs_as_its_condition_says_and_its_down_undoes_it() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let log = "SELECT line FROM log ORDER BY line";
    for prefix in ["acme", "a'b"] {
        let migrator = raw::CHAIN.migrator().baseline(false).prefix(prefix);
        migrator.up_to(2, &mut *connection).await.unwrap();
        run(connection, &format!("SET search_path = {}", quoted(prefix))).await;
        let unless = ask(connection, "SELECT line FROM log WHERE line LIKE 'unless%'").await;
        assert_eq!(
            ask(connection, log).await,
            format!("{unless}\nwhen")
                .trim_start()
                .split('\n')
                .collect::<std::collections::BTreeSet<_>>()
                .into_iter()
                .collect::<Vec<_>>()
                .join("\n")
        );
        assert_eq!(ask(connection, "SELECT name FROM items ORDER BY id").await, "a\nb");
        // Again: neither condition holds any more.
        stamp(connection, prefix, 1).await;
        migrator.up_to(2, &mut *connection).await.unwrap();
        assert_eq!(ask(connection, "SELECT count(*)::text FROM log").await, "2");
        migrator.down_to(1, &mut *connection).await.unwrap();
        assert_eq!(ask(connection, log).await, "on down\nwhen\nwhen down");
        assert_eq!(ask(connection, "SELECT name FROM items ORDER BY id").await, "a\nb\nit's");
    }
}

#[tokio::test]
async fn an_irreversible_version_is_left_only_with_all_others() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = raw::CHAIN.migrator().baseline(false).allow_data_loss(true);
    migrator.up(&mut *connection).await.unwrap();
    let error = migrator.down_to(1, &mut *connection).await.unwrap_err();
    assert_eq!(error.report(), "V3 is irreversible: the items are gone");
    assert!(matches!(error, Error::Irreversible { version: Version(3), .. }));
    assert_eq!(migrator.version(&mut *connection).await.unwrap(), Version(3));
    migrator.down_to(0, &mut *connection).await.unwrap();
    assert_eq!(migrator.version(&mut *connection).await.unwrap(), Version(0));
}

mod failing {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
            create_table items { id: integer primary_key, name: text }
        }
    }
    pkmig::migration! {
        V02 "a column" {
            add_column items.a: text;
        }
    }
    pkmig::migration! {
        V03 "steps, one of which can fail" {
            add_column items.b: text not_null default("two\nlines");
            seed items (id, name) on_conflict(id) do_nothing {
                (1, "a"),
                (2, "b"),
            }
            create_function one() returns integer language plpgsql {
                "
                BEGIN
                    RETURN 1;
                END
                "
            }
            execute "
                UPDATE @.items
                SET name = name
                WHERE id / (SELECT count(*) FROM @.items WHERE name = 'x') = 0" idempotent down_noop("nothing");
            set_not_null items.name;
            create_unique_index items_name on items (name);
            add_check items short ("length(name) < 3");
        }
    }
    pkmig::chain! {
        pub static CHAIN: "failing" tracked_by track { V01, V02, V03 }
    }
}

#[tokio::test]
async fn a_failing_version_rolls_back_alone_and_names_its_step() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = failing::CHAIN.migrator().baseline(false);
    let step = |failed: &pkmig::Failed| failed.step.clone().unwrap_or_default();

    let by_zero = failed(migrator.up(&mut *connection).await);
    assert_eq!((by_zero.version, by_zero.sqlstate.as_str()), (Version(3), "22012"));
    assert_eq!(by_zero.applied, [Version(1), Version(2)]);
    assert!(step(&by_zero).starts_with("execute"), "{by_zero}");
    assert!(by_zero.report().ends_with("\nnote: V1 to V2 were done before it and stay"), "{by_zero}");
    assert_eq!(migrator.version(&mut *connection).await.unwrap(), Version(2));
    let columns = "SELECT string_agg(attname, ' ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'items'::regclass AND attnum > 0";
    assert_eq!(ask(connection, columns).await, "id name a");

    for (rows, sqlstate, expected) in [
        ("(3, 'x'), (4, null)", "23502", "set_not_null items.name"),
        ("(3, 'x'), (4, 'x')", "23505", "create_unique_index items_name on items (name)"),
        ("(3, 'x'), (4, 'long')", "23514", "add_check items short (\"length(name) < 3\")"),
    ] {
        run(connection, &format!("TRUNCATE items; INSERT INTO items VALUES {rows}")).await;
        let failed = failed(migrator.up(&mut *connection).await);
        assert_eq!((failed.sqlstate.as_str(), step(&failed).as_str()), (sqlstate, expected));
        assert_eq!(failed.applied, []);
    }
    run(connection, "TRUNCATE items; INSERT INTO items VALUES (3, 'x')").await;
    run(connection, "ALTER TABLE items ADD CHECK (name <> 'b')").await;
    let seed = failed(migrator.up(&mut *connection).await);
    assert!(step(&seed).starts_with("seed items"), "{seed}");
    run(connection, "ALTER TABLE items DROP CONSTRAINT items_name_check; ALTER TABLE items ADD b integer").await;
    let column = failed(migrator.up(&mut *connection).await);
    assert!(step(&column).starts_with("add_column items.b"), "{column}");
}
