//! Indexes: create, drop, rename.

use crate::support::{ask, catalog, database, same, walk, walk_in};

mod kinds {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
            create_table t { a: integer, b: text, c: jsonb, d: text[], e: timestamptz, f: inet }
        }
    }
    pkmig::migration! {
        V02 "indexes of every kind" {
            create_index on t (a);
            create_index on t (a);
            create_index on t (a, b);
            create_index named on t (a desc, b);
            create_index nulls on t (a nulls_first, b desc nulls_last, e asc nulls_last, d desc nulls_first);
            create_unique_index unique_ on t (a) include (b, e) where("b IS NOT NULL");
            create_index expression on t ("lower(b)", "(a + 1)" desc);
            create_index pattern on t (b text_pattern_ops desc);
            create_index pattern_expression on t ("lower(b)" text_pattern_ops);
            create_index gin on t (c jsonb_path_ops) using gin;
            create_index gin_array on t (d) using gin;
            create_index gist on t (f inet_ops) using gist;
            create_index brin on t (e) using brin;
            create_index hash on t (b) using hash;
            create_unique_index distinct_ on t (a, b);
            create_index "Strange \"index\"" on t (a);
            create_index "@_t_index" on t (a);
            create_index partial on t (b) where("b IN ('x', 'it''s') AND a > -1");
        }
    }
    pkmig::migration! {
        V03 "history has these already" {
            create_index named on t (a desc, b) if_not_exists;
            drop_index gone if_exists;
        }
    }
    pkmig::migration! {
        V04 "renamed" {
            rename_index named => other;
            rename_index "Strange \"index\"" => "Stranger";
            rename_index gone => away if_exists;
        }
    }
    pkmig::migration! {
        V05 "dropped" {
            drop_index {nulls, unique_, expression, pattern, gist, other, "Stranger", distinct_};
        }
    }
    pkmig::chain! {
        pub static CHAIN: "kinds" tracked_by track { V01, V02, V03, V04, V05 }
    }
}

/// The name of an index that begins with the prefix is not the same in every prefix.
#[tokio::test]
async fn indexes_of_every_kind_are_made_dropped_and_come_back() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    for prefix in ["acme", crate::support::ODD] {
        let migrator = kinds::CHAIN.migrator().baseline(false).prefix(prefix);
        let mut snapshots = vec![String::new()];
        for version in 1..=5 {
            migrator.up_to(version, &mut *connection).await.unwrap();
            let after = catalog(connection, prefix).await;
            crate::support::stamp(connection, prefix, version - 1).await;
            migrator.up_to(version, &mut *connection).await.unwrap();
            same(&catalog(connection, prefix).await, &after, &format!("V{version} again"));
            snapshots.push(after);
        }
        for version in (0..5).rev() {
            migrator.down_to(version, &mut *connection).await.unwrap();
            same(&catalog(connection, prefix).await, &snapshots[version as usize], &format!("down to {version}"));
        }
        if prefix == "acme" {
            let expected = "\
index CREATE INDEX \"Strange \"\"index\"\"\" ON t USING btree (a)
index CREATE INDEX acme_t_index ON t USING btree (a)
index CREATE INDEX brin ON t USING brin (e)
index CREATE INDEX expression ON t USING btree (lower(b), ((a + 1)) DESC)
index CREATE INDEX gin ON t USING gin (c jsonb_path_ops)
index CREATE INDEX gin_array ON t USING gin (d)
index CREATE INDEX gist ON t USING gist (f inet_ops)
index CREATE INDEX hash ON t USING hash (b)
index CREATE INDEX named ON t USING btree (a DESC, b)
index CREATE INDEX nulls ON t USING btree (a NULLS FIRST, b DESC NULLS LAST, e, d DESC)
index CREATE INDEX partial ON t USING btree (b) WHERE ((b = ANY (ARRAY['x'::text, 'it''s'::text])) AND (a > '-1'::integer))
index CREATE INDEX pattern ON t USING btree (b text_pattern_ops DESC)
index CREATE INDEX pattern_expression ON t USING btree (lower(b) text_pattern_ops)
index CREATE INDEX t_a_b_idx ON t USING btree (a, b)
index CREATE INDEX t_a_idx ON t USING btree (a)
index CREATE INDEX t_a_idx1 ON t USING btree (a)
index CREATE UNIQUE INDEX distinct_ ON t USING btree (a, b)
index CREATE UNIQUE INDEX unique_ ON t USING btree (a) INCLUDE (b, e) WHERE (b IS NOT NULL)";
            let indexes = snapshots[2].lines().filter(|line| line.starts_with("index"));
            same(&indexes.collect::<Vec<_>>().join("\n"), expected, "indexes");
        }
    }
}

mod nulls {
    pkmig::migration! {
        V01 "nulls are the same" {
            create_table track { id: integer, unique_index one (id) nulls_not_distinct }
            create_unique_index other on track (id) nulls_not_distinct;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "nulls" tracked_by track { V01 }
    }
}

#[tokio::test]
async fn nulls_not_distinct_is_made_or_refused_before_anything_is_done() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let major: i32 = ask(connection, "SHOW server_version_num").await.parse().unwrap();
    let run = nulls::CHAIN.migrator().prefix("acme").up(&mut *connection).await;
    if major < 150_000 {
        let error = run.unwrap_err().report();
        assert!(
            error.starts_with("V1 uses `nulls_not_distinct`, which needs PostgreSQL 15; this server is "),
            "{error}"
        );
        assert_eq!(catalog(connection, "acme").await, "");
        return;
    }
    run.unwrap();
    let found = catalog(connection, "acme").await;
    assert_eq!(found.matches("USING btree (id) NULLS NOT DISTINCT").count(), 2, "{found}");
    nulls::CHAIN.migrator().prefix("acme").down_to(0, &mut *connection).await.unwrap();
    assert_eq!(catalog(connection, "acme").await, "");
}

mod at {
    pkmig::migration! {
        V01 "an index whose name begins with the prefix" {
            create_table track { id: integer, other: text, index "@_track_id_index" (id), index "@_track_other_index_with_a_long_name" ("lower(other)") }
        }
    }
    pkmig::migration! {
        V02 "one of them is renamed" {
            rename_index "@_track_id_index" => "@_id";
        }
    }
    pkmig::chain! {
        pub static CHAIN: "at" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn an_index_name_is_cut_where_the_prefix_makes_it_too_long() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let prefix = "p".repeat(45);
    let migrator = at::CHAIN.migrator().baseline(false).prefix(&prefix);
    for target in [2, 0, 2] {
        match target {
            0 => migrator.down_to(0, &mut *connection).await.unwrap(),
            _ => migrator.up(&mut *connection).await.unwrap(),
        };
        if target > 0 {
            crate::support::stamp(connection, &prefix, 1).await;
            migrator.up(&mut *connection).await.unwrap();
        }
    }
    let found = catalog(connection, &prefix).await;
    let cut = &format!("{prefix}_track_other_index_with_a_long_name")[..63];
    assert!(found.contains(&format!("INDEX {cut} ON")) && found.contains(&format!("INDEX {prefix}_id ON")), "{found}");
}

mod extension {
    pkmig::migration! {
        V01 "a case-insensitive column" {
            create_extension citext;
            create_extension pg_trgm;
            create_table track { id: integer }
            create_table t { email: citext not_null default("x"), emails: citext[], name: text, unique (email), index trigram (name gin_trgm_ops) using gin }
        }
    }
    pkmig::migration! {
        V02 "others" {
            set_type t.name: citext;
            add_column t.more: citext default("a");
            drop_index trigram;
        }
    }
    pkmig::migration! {
        V03 "made again" {
            set_type t.name: text;
            create_index trigram on t (name gin_trgm_ops) using gin;
            seed t (email, name) on_conflict(email) do_nothing { ("A", "b"), ("c", null) }
        }
    }
    pkmig::chain! {
        pub static CHAIN: "extension" tracked_by track { V01, V02, V03 }
    }
}

const EXTENSION: &str =
    "CREATE TABLE t (email citext NOT NULL DEFAULT 'x' UNIQUE, emails citext[], name text, more citext DEFAULT 'a');
    CREATE INDEX trigram ON t USING gin (name gin_trgm_ops)";

#[tokio::test]
async fn types_and_operator_classes_of_extensions_are_found() {
    walk(&extension::CHAIN, EXTENSION).await;
}

#[tokio::test]
async fn an_extension_is_found_in_the_schema_that_it_lives_in() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let sql = "CREATE SCHEMA \"ext's\"; CREATE EXTENSION citext SCHEMA \"ext's\"";
    crate::support::run(connection, sql).await;
    let expected = EXTENSION.replace("citext", "\"ext's\".citext");
    walk_in(connection, &extension::CHAIN, &expected).await;
}

mod at_once {
    pkmig::migration! {
        V01 "one index whose name begins with the prefix" {
            create_table track { id: integer, index "@_track_id_index" (id) }
        }
    }
    pkmig::chain! {
        pub static CHAIN: "at_once" tracked_by track { V01 }
    }
}

#[tokio::test]
async fn a_prefix_of_63_bytes_leaves_nothing_of_an_index_name_but_itself() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let prefix = "p".repeat(63);
    let migrator = at_once::CHAIN.migrator().baseline(false).prefix(&prefix);
    migrator.up(&mut *connection).await.unwrap();
    let made = catalog(connection, &prefix).await;
    assert!(made.contains(&format!("INDEX {prefix} ON")), "{made}");
    crate::support::stamp(connection, &prefix, 0).await;
    migrator.up(&mut *connection).await.unwrap();
    same(&catalog(connection, &prefix).await, &made, "again");
    migrator.down_to(0, &mut *connection).await.unwrap();

    // Two such names are one there: the second index stops the version, and nothing of it stays.
    let two = at::CHAIN.migrator().baseline(false).prefix(&prefix);
    let failed = crate::support::failed(two.up(&mut *connection).await);
    assert!(failed.message.contains("is not as declared"), "{failed}");
    same(&catalog(connection, &prefix).await, "", "a refused version");
}
