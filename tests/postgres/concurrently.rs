//! What does not run in the version's transaction.

use pkmig::schema::Version;

use crate::support::{ODD, ask, catalog, database, failed, quoted, run, same, stamp};

mod indexes {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
            create_table items { id: serial primary_key, name: text }
        }
    }
    pkmig::migration! {
        V02 "indexes that lock nobody out" {
            add_column items.more: text;
            create_unique_index items_name on items (name) concurrently;
            create_index on items ("lower(name)") where("name IS NOT NULL") concurrently;
            create_index items_more on items (more) concurrently;
            comment_on index items_more "more";
            add_column items.last: text;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "concurrently" tracked_by track { V01, V02 }
    }
}

const INDEXES: &str = "SELECT relname || CASE WHEN indisvalid THEN '' ELSE ' invalid' END FROM pg_index
    JOIN pg_class ON oid = indexrelid WHERE indrelid = 'items'::regclass AND NOT indisprimary ORDER BY 1";

#[tokio::test]
async fn indexes_are_built_outside_of_a_transaction() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    for prefix in ["acme", ODD] {
        let migrator = indexes::CHAIN.migrator().baseline(false).prefix(prefix);
        migrator.up(&mut *connection).await.unwrap();
        let made = catalog(connection, prefix).await;
        run(connection, &format!("SET search_path = {}", quoted(prefix))).await;
        assert_eq!(ask(connection, INDEXES).await, "items_lower_idx\nitems_more\nitems_name");
        stamp(connection, prefix, 1).await;
        migrator.up(&mut *connection).await.unwrap();
        same(&catalog(connection, prefix).await, &made, "again");
        migrator.down_to(1, &mut *connection).await.unwrap();
        assert_eq!(ask(connection, INDEXES).await, "");
        migrator.up(&mut *connection).await.unwrap();
        same(&catalog(connection, prefix).await, &made, "after a down");
    }
}

#[tokio::test]
async fn an_invalid_index_left_behind_is_replaced() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = indexes::CHAIN.migrator().baseline(false);
    migrator.up_to(1, &mut *connection).await.unwrap();
    run(connection, "INSERT INTO items (name) VALUES ('a'), ('a')").await;
    let failed = failed(migrator.up(&mut *connection).await);
    assert_eq!((failed.version, failed.sqlstate.as_str()), (Version(2), "23505"));
    assert_eq!(failed.step.as_deref(), Some("create_unique_index items_name on items (name) concurrently"));
    assert_eq!(ask(connection, INDEXES).await, "items_name invalid");
    run(connection, "UPDATE items SET name = id").await;
    migrator.up(&mut *connection).await.unwrap();
    assert_eq!(ask(connection, INDEXES).await, "items_lower_idx\nitems_more\nitems_name");
}

#[tokio::test]
async fn another_index_of_the_name_stops_the_version() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = indexes::CHAIN.migrator().baseline(false);
    migrator.up_to(1, &mut *connection).await.unwrap();
    run(connection, "CREATE INDEX items_name ON items (id)").await;
    let failed = failed(migrator.up(&mut *connection).await);
    let expected = "index \"public\".\"items_name\" is not as declared: expected unique btree (name), found btree (id)";
    assert_eq!(failed.message, expected);
    assert_eq!(failed.step.as_deref(), Some("create_unique_index items_name on items (name) concurrently"));
    assert_eq!(migrator.version(&mut *connection).await.unwrap(), Version(1));
}

mod labels {
    pkmig::migration! {
        V01 "an enum" {
            create_table track { id: integer }
            create_enum mood { "sad", "ok" }
            create_table items { id: integer primary_key, mood: mood }
        }
    }
    pkmig::migration! {
        V02 "a value that is used at once" {
            add_enum_value mood "it's" after "sad";
            add_enum_value mood "first" before "sad";
            add_enum_value mood "last";
            set_default items.mood = "it's";
            seed items (id, mood) on_conflict(id) do_nothing { (1, "last"), (2, "first") }
            add_check items moody ("mood <> 'ok'");
            down {
                drop_constraint items moody;
                delete_rows items where("id IN (1, 2)");
                drop_default items.mood;
                set_type items.mood: text using("items.mood::text");
                drop_enum mood;
                create_enum mood { "sad", "ok" }
                set_type items.mood: mood using("items.mood::@.mood");
            }
        }
    }
    pkmig::chain! {
        pub static CHAIN: "labels" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn a_new_enum_value_can_be_used_in_its_version() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    for prefix in ["acme", ODD] {
        let migrator = labels::CHAIN.migrator().baseline(false).prefix(prefix);
        migrator.up(&mut *connection).await.unwrap();
        let made = catalog(connection, prefix).await;
        assert!(made.contains("enum mood ('first', 'sad', 'it''s', 'ok', 'last')"), "{made}");
        stamp(connection, prefix, 1).await;
        migrator.up(&mut *connection).await.unwrap();
        same(&catalog(connection, prefix).await, &made, "again");
    }
}
