//! Runs that are refused with a clear error, and have changed nothing.

use std::time::Duration;

use pkmig::testing::Database;
use pkmig::{Chain, Error};
use sqlx::postgres::PgPoolOptions;
use sqlx::{Connection, PgConnection};

use crate::migrator::chain::CHAIN;
use crate::support::{ODD, ask, catalog, database, quoted, run, same, stamp};

/// The message of a run that is refused.
fn refused<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    result.unwrap_err().report()
}

/// Everything in the database that a run could have made.
async fn everything(connection: &mut PgConnection) -> String {
    ask(connection, "SELECT nspname || '.' || coalesce(relname, '') || coalesce(obj_description(c.oid), '') FROM pg_namespace n
        LEFT JOIN pg_class c ON relnamespace = n.oid WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' ORDER BY 1").await
}

#[tokio::test]
async fn a_prefix_that_no_schema_can_have_is_refused() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let before = everything(connection).await;
    for (prefix, expected) in [
        ("", "the prefix is empty\nhelp: "),
        (&*"x".repeat(64), "has 64 bytes, and PostgreSQL cuts names at 63\nhelp: "),
        (&*"ï".repeat(32), "has 64 bytes, and PostgreSQL cuts names at 63\nhelp: "),
        ("a\0b", "the prefix \"a\\0b\" contains a NUL character"),
        ("pg_acme", "the prefix `pg_acme` is one of PostgreSQL's own schemas\nhelp: "),
    ] {
        let migrator = CHAIN.migrator().baseline(false).prefix(prefix);
        for message in [
            refused(migrator.up(&mut *connection).await),
            refused(migrator.down_to(0, &mut *connection).await),
            refused(migrator.status(&mut *connection).await),
            refused(migrator.script(0, 1)),
        ] {
            assert!(message.contains(expected), "{message}");
        }
    }
    assert_eq!(everything(connection).await, before);
}

#[tokio::test]
async fn any_other_prefix_holds_an_install() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let long = "x".repeat(63);
    let mut whole = String::new();
    for prefix in [
        "My-Schema",
        "naïve",
        "select",
        "a\"b",
        "a'b",
        "a$pkmig$b",
        "a$check$b",
        "with spaces",
        "a.b",
        "a\\b",
        "%s",
        "A",
        "a",
        &long,
    ] {
        let migrator = CHAIN.migrator().baseline(false).prefix(prefix).allow_data_loss(true);
        migrator.up(&mut *connection).await.unwrap_or_else(|error| panic!("{prefix}: {error}"));
        let made = catalog(connection, prefix).await;
        if whole.is_empty() {
            whole.clone_from(&made);
        }
        same(&made, &whole, prefix);
        stamp(connection, prefix, 3).await;
        migrator.up(&mut *connection).await.unwrap_or_else(|error| panic!("{prefix}: {error}"));
    }
    let migrator = CHAIN.migrator().baseline(false).prefix("a\"b").allow_data_loss(true);
    migrator.down_to(0, &mut *connection).await.unwrap();
    same(&catalog(connection, "a'b").await, &whole, "another prefix");
}

#[tokio::test]
async fn a_target_that_lies_the_wrong_way_is_refused() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = CHAIN.migrator().baseline(false).prefix(ODD);
    migrator.up_to(2, &mut *connection).await.unwrap();
    let before = everything(connection).await;
    let above = "`runners` has no V5: its newest version is V4\nhelp: ";
    assert!(refused(migrator.up_to(5, &mut *connection).await).starts_with(above));
    assert!(refused(migrator.down_to(5, &mut *connection).await).starts_with(above));
    assert!(refused(migrator.plan(Some(5), &mut *connection).await).starts_with(above));
    assert!(refused(migrator.script(0, 5)).starts_with(above));
    let expected = format!("cannot go up to V1: `runners` in schema `{ODD}` is at V2\nhelp: `down --to 1` goes back");
    assert_eq!(refused(migrator.up_to(1, &mut *connection).await), expected);
    let expected = format!("cannot go down to V3: `runners` in schema `{ODD}` is at V2\nhelp: `up --to 3` goes there");
    assert_eq!(refused(migrator.down_to(3, &mut *connection).await), expected);
    assert_eq!(everything(connection).await, before);
}

#[tokio::test]
async fn a_stamp_that_the_chain_does_not_know_is_refused() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = CHAIN.migrator().baseline(false).prefix("acme");
    migrator.up_to(2, &mut *connection).await.unwrap();
    stamp(connection, "acme", 9).await;
    let before = everything(connection).await;
    let newer =
        "`runners` in schema `acme` is at V9, which this release does not know: its newest version is V4\nhelp: ";
    assert!(refused(migrator.up(&mut *connection).await).starts_with(newer));
    assert!(refused(migrator.down_to(1, &mut *connection).await).starts_with(newer));
    assert_eq!(migrator.version(&mut *connection).await.unwrap().0, 9);
    assert_eq!(everything(connection).await, before);
    for comment in ["two", "-1", "1.5", "99999999999", "it's 2"] {
        run(connection, &format!("COMMENT ON TABLE acme.track IS '{}'", comment.replace('\'', "''"))).await;
        let before = everything(connection).await;
        let expected =
            format!("the comment of table \"acme\".\"track\" should be a version number, but is {comment:?}\nhelp: ");
        assert!(refused(migrator.up(&mut *connection).await).starts_with(&expected));
        assert!(refused(migrator.version(&mut *connection).await).starts_with(&expected));
        assert_eq!(everything(connection).await, before);
    }
}

mod missing_extension {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
        }
    }
    pkmig::migration! {
        V02 "an extension that no server has" {
            create_extension pkmig_no_such_extension;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "missing_extension" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn an_extension_that_the_server_does_not_have_is_refused_before_anything_is_done() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let before = everything(connection).await;
    let message =
        refused(missing_extension::CHAIN.migrator().baseline(false).prefix("acme").up(&mut *connection).await);
    let expected = "extension `pkmig_no_such_extension`, which V2 creates, is not available on this server\nhelp: ";
    assert!(message.starts_with(expected), "{message}");
    assert_eq!(everything(connection).await, before);
}

#[tokio::test]
async fn a_missing_schema_is_not_created_where_that_is_switched_off() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let before = everything(connection).await;
    let migrator = CHAIN.migrator().baseline(false).prefix("it's").create_schema(false);
    let expected = "schema `it's` does not exist, and creating it is disabled\nhelp: run `CREATE SCHEMA \"it's\"`";
    assert_eq!(refused(migrator.up(&mut *connection).await), expected);
    assert_eq!(everything(connection).await, before);
    run(connection, "CREATE SCHEMA \"it's\"").await;
    migrator.up(&mut *connection).await.unwrap();
}

/// A role that may do nothing, and a connection of its own.
pub(crate) async fn role(database: &Database, connection: &mut PgConnection) -> (String, PgConnection) {
    let role = format!("{} 'role'", ask(connection, "SELECT current_database()").await);
    run(connection, &format!("CREATE ROLE {} LOGIN PASSWORD 'secret'", quoted(&role))).await;
    let url = database.url_for(&role, "secret").unwrap();
    (role, PgConnection::connect(&url).await.unwrap())
}

/// Roles belong to the whole server.
pub(crate) async fn drop_role(connection: &mut PgConnection, role: &str) {
    run(connection, &format!("DROP OWNED BY {0} CASCADE; DROP ROLE {0}", quoted(role))).await;
}

#[tokio::test]
async fn a_role_is_told_which_right_it_lacks() {
    let database = database().await;
    let owner = &mut database.connect().await.unwrap();
    let (name, mut theirs) = role(&database, owner).await;
    let (quoted_name, db) = (quoted(&name), ask(owner, "SELECT current_database()").await);
    let migrator = CHAIN.migrator().baseline(false).prefix("acme");
    let privilege =
        |right: &str, object: &str, help: &str| format!("role `{name}` lacks {right} on {object}\nhelp: {help}");

    let before = everything(owner).await;
    let expected = privilege(
        "CREATE",
        &format!("database `{db}`"),
        &format!("GRANT CREATE ON DATABASE {} TO {quoted_name}", quoted(&db)),
    );
    assert_eq!(refused(migrator.up(&mut theirs).await), expected);
    assert_eq!(everything(owner).await, before);

    run(owner, "CREATE SCHEMA acme").await;
    let expected =
        privilege("CREATE", "schema `acme`", &format!("GRANT USAGE, CREATE ON SCHEMA \"acme\" TO {quoted_name}"));
    assert_eq!(refused(migrator.up(&mut theirs).await), expected);
    run(owner, &format!("GRANT USAGE ON SCHEMA acme TO {quoted_name}")).await;
    assert_eq!(refused(migrator.up(&mut theirs).await), expected);
    run(owner, &format!("GRANT CREATE ON SCHEMA acme TO {quoted_name}")).await;
    migrator.up_to(2, &mut theirs).await.unwrap();

    // Without USAGE the version can still be asked for, and a run is refused.
    run(owner, &format!("REVOKE ALL ON SCHEMA acme FROM {quoted_name}")).await;
    assert_eq!(migrator.version(&mut theirs).await.unwrap().0, 2);
    assert_eq!(refused(migrator.up(&mut theirs).await), expected);
    assert_eq!(refused(migrator.down_to(0, &mut theirs).await), expected);
    run(owner, &format!("GRANT ALL ON SCHEMA acme TO {quoted_name}; ALTER TABLE acme.items OWNER TO CURRENT_USER"))
        .await;
    let before = everything(owner).await;
    let expected = privilege(
        "ownership",
        "table `items` of schema `acme`",
        &format!("ALTER TABLE \"acme\".\"items\" OWNER TO {quoted_name}, or run as its owner"),
    );
    assert_eq!(refused(migrator.up(&mut theirs).await), expected);
    assert_eq!(refused(migrator.down_to(1, &mut theirs).await), expected);
    assert_eq!(everything(owner).await, before);
    // Nothing to do asks for no right.
    assert_eq!(migrator.up_to(2, &mut theirs).await.unwrap().applied.len(), 0);
    theirs.close().await.unwrap();
    drop_role(owner, &name).await;
}

#[tokio::test]
async fn a_role_that_may_only_use_the_schema_needs_no_right_on_the_database() {
    let database = database().await;
    let owner = &mut database.connect().await.unwrap();
    let (name, mut theirs) = role(&database, owner).await;
    run(owner, &format!("CREATE SCHEMA acme AUTHORIZATION {}; CREATE EXTENSION citext", quoted(&name))).await;
    CHAIN.migrator().baseline(false).prefix("acme").up(&mut theirs).await.unwrap();
    CHAIN.migrator().baseline(false).prefix("acme").allow_data_loss(true).down_to(0, &mut theirs).await.unwrap();
    theirs.close().await.unwrap();
    drop_role(owner, &name).await;
}

#[tokio::test]
async fn a_server_that_cannot_be_reached_is_told_from_one_that_refuses() {
    let database = database().await;
    let lazy = |url: &str| PgPoolOptions::new().acquire_timeout(Duration::from_secs(1)).connect_lazy(url).unwrap();
    let nobody = "postgres://postgres@127.0.0.1:1/postgres";
    let message = refused(CHAIN.migrator().baseline(false).up(&lazy(nobody)).await);
    assert!(
        message.starts_with("no connection within the pool's time-out\nhelp: check that PostgreSQL is running"),
        "{message}"
    );

    let mut elsewhere = url::Url::parse(database.url()).unwrap();
    elsewhere.set_path("pkmig_no_such_database");
    let message = refused(CHAIN.migrator().baseline(false).up(&lazy(elsewhere.as_str())).await);
    assert!(message.contains("(SQLSTATE 3D000)\nhelp: create the database first"), "{message}");

    let owner = &mut database.connect().await.unwrap();
    let (name, theirs) = role(&database, owner).await;
    theirs.close().await.unwrap();
    let url = database.url_for(&name, "wrong").unwrap();
    // A server may be set up to ask for no password.
    if PgConnection::connect(&url).await.is_err() {
        let message = refused(CHAIN.migrator().baseline(false).up(&lazy(&url)).await);
        assert!(message.contains("(SQLSTATE 28P01)\nhelp: check user and password"), "{message}");
        assert!(!message.contains("wrong"), "{message}");
    }
    drop_role(owner, &name).await;
}

mod losing {
    pkmig::migration! {
        V01 "the tracking table" {
            create_table track { id: integer }
        }
    }
    pkmig::migration! {
        V02 "tables" {
            create_table empty { id: integer }
            create_table items { id: integer primary_key }
        }
    }
    pkmig::migration! {
        V03 "columns" {
            add_column items.name: text;
            add_column items.note: text;
            seed items (id) unless_exists(id) { (1) }
        }
    }
    pkmig::migration! {
        V04 "other names" {
            rename_column items.name => title;
            rename_table items => things;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "losing" tracked_by track { V01, V02, V03, V04 }
    }
}

#[tokio::test]
async fn a_down_that_would_lose_rows_lists_what_holds_them() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let chain: &'static Chain = &losing::CHAIN;
    for prefix in ["acme", ODD] {
        let migrator = chain.migrator().baseline(false).prefix(prefix);
        migrator.up(&mut *connection).await.unwrap();
        let things = format!("{}.things", quoted(prefix));
        run(connection, &format!("INSERT INTO {things} VALUES (2, 'a'), (3, 'b')")).await;
        let before = catalog(connection, prefix).await;
        let message = refused(migrator.down_to(1, &mut *connection).await);
        let expected =
            "going down would drop data, first in V3: column `things.title` (2 rows), table `things` (3 rows)\nhelp: ";
        assert!(message.starts_with(expected), "{message}");
        same(&catalog(connection, prefix).await, &before, "a refused down");
        assert_eq!(migrator.down_to(3, &mut *connection).await.unwrap().applied.len(), 1);
        let items = format!("{}.items", quoted(prefix));
        run(connection, &format!("UPDATE {items} SET name = NULL")).await;
        migrator.down_to(2, &mut *connection).await.unwrap();
        assert!(refused(migrator.down_to(1, &mut *connection).await).contains("table `items` (2 rows)"));
        run(connection, &format!("DELETE FROM {items}")).await;
        migrator.down_to(0, &mut *connection).await.unwrap();
    }
}
