//! Exclusion constraints.

use crate::support::{catalog, database, failed, run, same, walk_in};

mod kinds {
    pkmig::migration! {
        V01 "exclusion constraints of a new table" {
            create_table track { id: integer }
            create_extension btree_gist;
            create_table visits {
                id: integer primary_key,
                room: bigint,
                starts_at: timestamptz,
                ends_at: timestamptz,
                status: text,
                during: tstzrange,
                "Odd": text,

                exclude visits_overlap using gist (room with "=", "tstzrange(starts_at, ends_at)" with "&&")
                    where("status IN ('confirmed', 'it''s')"),
                exclude using gist (room with "=", during with "&&"),
                exclude using hash ("Odd" with "="),
            }
            create_table plain { a: integer, b: text }
        }
    }
    pkmig::migration! {
        V02 "added" {
            add_exclude plain using gist (b gist_text_ops with "<>", a with "=");
            add_exclude plain named using btree (a with "=") where("a > 0");
            add_exclude plain named using btree (a with "=") where("a > 0") if_not_exists;
            add_exclude plain using gist ("int4range(a, a + 1)" with "&&");
            comment_on constraint plain named "one of each";
        }
    }
    pkmig::migration! {
        V03 "renamed" {
            rename_constraint plain named => other;
            rename_column visits.starts_at => "Starts at";
            rename_index plain_b_a_excl => "Excludes";
            rename_table plain => simple;
        }
    }
    pkmig::migration! {
        V04 "dropped" {
            drop_constraint simple "Excludes";
            drop_column simple.a cascade;
            drop_column visits.room;
        }
    }
    pkmig::migration! {
        V05 "and the table" {
            drop_table {visits, simple};
        }
    }
    pkmig::chain! {
        pub static CHAIN: "kinds" tracked_by track { V01, V02, V03, V04, V05 }
    }
}

#[tokio::test]
async fn exclusion_constraints_are_made_renamed_dropped_and_come_back() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    run(connection, "CREATE EXTENSION btree_gist").await;
    walk_in(connection, &kinds::CHAIN, "SELECT 1").await;
    let migrator = kinds::CHAIN.migrator().baseline(false).prefix("acme").allow_data_loss(true);
    migrator.down_to(2, &mut *connection).await.unwrap();
    let found = catalog(connection, "acme").await;
    run(connection, "CREATE SCHEMA by_hand; SET search_path = by_hand, public").await;
    run(
        connection,
        r#"CREATE TABLE track (id integer);
        CREATE TABLE visits (id integer PRIMARY KEY, room bigint, starts_at timestamptz, ends_at timestamptz, status text,
            during tstzrange, "Odd" text,
            CONSTRAINT visits_overlap EXCLUDE USING gist (room WITH =, tstzrange(starts_at, ends_at) WITH &&)
                WHERE (status IN ('confirmed', 'it''s')),
            EXCLUDE USING gist (room WITH =, during WITH &&), EXCLUDE USING hash ("Odd" WITH =));
        CREATE TABLE plain (a integer, b text, EXCLUDE USING gist (b gist_text_ops WITH <>, a WITH =),
            CONSTRAINT named EXCLUDE (a WITH =) WHERE (a > 0), EXCLUDE USING gist (int4range(a, a + 1) WITH &&));
        COMMENT ON CONSTRAINT named ON plain IS 'one of each'; RESET search_path"#,
    )
    .await;
    same(&found, &catalog(connection, "by_hand").await, "by hand");
}

/// Runs V1 where the table has this constraint already.
async fn after(constraint: &str) -> Result<(), String> {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let host = format!(
        "CREATE EXTENSION btree_gist; CREATE SCHEMA acme; SET search_path = acme, public;
        CREATE TABLE visits (id integer PRIMARY KEY, room bigint, starts_at timestamptz, ends_at timestamptz, status text,
            during tstzrange, \"Odd\" text, CONSTRAINT visits_overlap {constraint}); RESET search_path"
    );
    run(connection, &host).await;
    let migrator = kinds::CHAIN.migrator().baseline(false).prefix("acme").take_over(["visits"]);
    match migrator.up_to(1, &mut *connection).await {
        Ok(_) => Ok(()),
        Err(error) => {
            let failed = failed::<()>(Err(error));
            assert_eq!(failed.sqlstate, "PKM03", "{failed}");
            Err(failed.message)
        }
    }
}

#[tokio::test]
async fn an_exclusion_constraint_that_is_there_is_compared() {
    let declared = "EXCLUDE USING gist (room WITH =, tstzrange(starts_at, ends_at) WITH &&)
        WHERE (status IN ('confirmed', 'it''s'))";
    assert_eq!(after(declared).await, Ok(()));
    for (from, to) in [("&&", "-|-"), ("room WITH =, ", ""), ("'confirmed'", "'open'"), ("room", "id")] {
        let error = after(&declared.replace(from, to)).await.unwrap_err();
        let expected = "constraint visits_overlap of table \"acme\".\"visits\" is not as declared: \
                        expected EXCLUDE USING gist (room WITH =, ";
        assert!(error.starts_with(expected), "{error}");
    }
    let error = after("UNIQUE (room)").await.unwrap_err();
    assert!(error.ends_with("found UNIQUE (room)"), "{error}");
}

#[tokio::test]
async fn rows_that_exclude_each_other_are_refused() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    kinds::CHAIN.migrator().baseline(false).prefix("acme").up_to(1, &mut *connection).await.unwrap();
    let insert = |room: i64, status: &str| {
        format!(
            "INSERT INTO acme.visits (id, room, starts_at, ends_at, status)
             SELECT count(*), {room}, '2026-01-01', '2026-01-02', '{status}' FROM acme.visits"
        )
    };
    for (room, status) in [(1, "confirmed"), (2, "confirmed"), (1, "open")] {
        run(connection, &insert(room, status)).await;
    }
    let error = sqlx::raw_sql(sqlx::AssertSqlSafe(insert(1, "confirmed"))).execute(&mut *connection).await.unwrap_err();
    assert_eq!(error.as_database_error().and_then(|it| it.code()).as_deref(), Some("23P01"), "{error}");
}
