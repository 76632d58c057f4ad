//! Domains: made, used, dropped, and what is there already.

use pkmig::Error;

use crate::support::{ask, catalog, database, failed, run, same, walk};

mod domains {
    pkmig::migration! {
        V01 "domains" {
            create_table track { id: integer }
            create_enum mood { "it's", "b" }
            create_function is_even(n: integer) returns boolean language sql immutable { "SELECT n % 2 = 0" }
            create_domain email: varchar(200) not_null default("none@x.y")
                check an_at ("VALUE LIKE '%@%'") check ("VALUE <> '%s $$ it''s {table} IS NOT NULL'");
            create_domain even: integer check("@.is_even(VALUE)") default(2);
            create_domain "Strange type": mood default("it's");
            create_domain words: text[];
            create_domain unused: numeric(12, 2) default(0.5);
            create_function mail(a: email, b: email[]) returns even language sql { "SELECT 4" }
            create_table people {
                id: integer primary_key,
                email: email unique,
                seats: even,
                mood: "Strange type" not_null,
                words: words default("{a}"),
                others: email[] default("{}"),
                index people_seats (seats),
            }
            create_table mails { to: email references(people.email) }
            create_view seated as "SELECT p.email, seats FROM @.people p WHERE seats > 2::@.even";
            seed people (id, seats, email) on_conflict(id) do_nothing { (1, 4, "a@x.y"), (2, null, "none@x.y") }
        }
    }
    pkmig::migration! {
        V02 "used and gone" {
            drop_view seated;
            set_type people.seats: integer using("seats::integer") down_using("seats::@.even");
            drop_function mail(email, "email"[]);
            drop_domain even;
            drop_column people.mood;
            drop_domain {"Strange type", unused};
            add_column people.second: email default("s@x.y");
        }
    }
    pkmig::migration! {
        V03 "once more" {
            create_domain short: text check("length(VALUE) < 9");
            add_column people.nick: short;
            drop_column people.nick;
            drop_domain short;
            create_domain even: integer;
            add_column people.third: email;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "domains" tracked_by track { V01, V02, V03 }
    }
}

#[tokio::test]
async fn domains_are_made_dropped_and_come_back() {
    walk(
        &domains::CHAIN,
        r#"
        CREATE TYPE mood AS ENUM ('it''s', 'b');
        CREATE FUNCTION is_even(n integer) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT n % 2 = 0';
        CREATE DOMAIN email AS varchar(200) NOT NULL DEFAULT 'none@x.y' CONSTRAINT an_at CHECK (VALUE LIKE '%@%')
            CONSTRAINT email_check CHECK (VALUE <> '%s $$ it''s {table} IS NOT NULL');
        CREATE DOMAIN words AS text[];
        CREATE DOMAIN even AS integer;
        CREATE TABLE people (id integer PRIMARY KEY, email email UNIQUE, seats integer, words words DEFAULT '{a}',
            others email[] DEFAULT '{}', second email DEFAULT 's@x.y', third email);
        CREATE INDEX people_seats ON people (seats);
        CREATE TABLE mails ("to" email REFERENCES people (email))
        "#,
    )
    .await;
}

#[tokio::test]
async fn a_domain_guards_rows_and_fills_them() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = domains::CHAIN.migrator().prefix("acme");
    for baseline in [true, false] {
        let migrator = migrator.clone().baseline(baseline);
        migrator.up_to(1, &mut *connection).await.unwrap();
        let rows = "SELECT string_agg(concat_ws(' ', id, email, seats, mood), ', ' ORDER BY id) FROM acme.people";
        assert_eq!(ask(connection, rows).await, "1 a@x.y 4 it's, 2 none@x.y it's");
        for refused in ["(3, 'x', 2)", "(3, NULL, 2)", "(3, 'y@x.y', 3)"] {
            let insert = format!("INSERT INTO acme.people (id, email, seats) VALUES {refused}");
            let refused = sqlx::query(sqlx::AssertSqlSafe(insert)).execute(&mut *connection).await;
            assert!(refused.is_err());
        }
        migrator.up(&mut *connection).await.unwrap();
        let later = "SELECT string_agg(concat_ws(' ', id, seats, second, third), ', ' ORDER BY id) FROM acme.people";
        assert_eq!(ask(connection, later).await, "1 4 s@x.y none@x.y, 2 s@x.y none@x.y");
        migrator.clone().allow_data_loss(true).down_to(1, &mut *connection).await.unwrap();
        assert_eq!(ask(connection, rows).await, "1 a@x.y 4 it's, 2 none@x.y it's");
        migrator.clone().allow_data_loss(true).down_to(0, &mut *connection).await.unwrap();
    }
}

/// Makes something by hand where V1 wants its domain, and runs V1 again.
async fn host_has(sql: &str) -> Result<(), String> {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = guarded::CHAIN.migrator().baseline(false).prefix("acme");
    migrator.up_to(1, &mut *connection).await.unwrap();
    run(connection, sql).await;
    let before = catalog(connection, "acme").await;
    let up = migrator.up(&mut *connection).await;
    if up.is_ok() {
        return Ok(());
    }
    same(&catalog(connection, "acme").await, &before, "after a refusal");
    let failed = failed(up);
    assert_eq!(failed.sqlstate, "PKM03", "{failed:?}");
    Err(failed.message)
}

mod guarded {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
        }
    }
    pkmig::migration! {
        V02 "a domain" {
            create_domain amount: numeric(9) default(1) check few ("VALUE < 10");
        }
    }
    pkmig::chain! {
        pub static CHAIN: "guarded domains" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn a_domain_that_is_there_is_as_declared_or_stops_the_version() {
    let declared = "CREATE DOMAIN acme.amount AS numeric(9) DEFAULT 1 CONSTRAINT few CHECK ((VALUE) < 10)";
    assert_eq!(host_has(declared).await, Ok(()));
    let expected = "numeric(9,0) default 1 few CHECK ((VALUE < (10)::numeric))";
    let differs =
        |found: &str| Err(format!("domain \"acme\".\"amount\" is not as declared: expected {expected}, found {found}"));
    let others = [
        (declared.replace("10)", "11)"), expected.replace("10", "11")),
        (declared.replace("few", "many"), expected.replace("few", "many")),
        (declared.replace(" DEFAULT 1", ""), expected.replace(" default 1", "")),
        (declared.replace("(9)", "(8)"), expected.replace("9,0", "8,0")),
        (declared.replace(" CONSTRAINT", " NOT NULL CONSTRAINT"), expected.replace(" default", " not null default")),
        ("CREATE TYPE acme.amount AS ENUM ('a')".to_owned(), "no domain".to_owned()),
    ];
    for (made, found) in others {
        assert_eq!(host_has(&made).await, differs(&found), "{made}");
    }
}

#[tokio::test]
async fn what_was_done_to_a_domain_is_told_and_left_to_a_person() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = guarded::CHAIN.migrator().prefix("acme");
    migrator.up(&mut *connection).await.unwrap();
    assert_eq!(migrator.verify(&mut *connection).await.unwrap().differences, []);
    let told = async |connection: &mut sqlx::PgConnection, sql: &str| {
        run(connection, sql).await;
        let differences = migrator.verify(&mut *connection).await.unwrap().differences;
        differences.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    };
    let altered = "ALTER DOMAIN acme.amount DROP CONSTRAINT few; ALTER DOMAIN acme.amount SET NOT NULL; \
                   ALTER DOMAIN acme.amount DROP DEFAULT";
    let differences = told(connection, altered).await;
    for part in ["domain", "amount", "checks", "nullability", "default"] {
        assert!(differences.contains(part), "{part}: {differences}");
    }
    let repaired = migrator.repair(&mut *connection).await.unwrap();
    assert_eq!(repaired.left.len(), 3, "{repaired:?}");
    assert!(told(connection, "DROP DOMAIN acme.amount").await.contains("missing"));
    migrator.repair(&mut *connection).await.unwrap();
    assert_eq!(migrator.verify(&mut *connection).await.unwrap().differences, []);
    assert!(told(connection, "CREATE DOMAIN acme.other AS text").await.contains("other"));
}

#[tokio::test]
async fn a_domain_that_a_host_uses_stays() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = guarded::CHAIN.migrator().prefix("acme");
    migrator.up(&mut *connection).await.unwrap();
    run(connection, "CREATE SCHEMA host; CREATE TABLE host.bills (amounts acme.amount[])").await;
    let before = catalog(connection, "acme").await;
    let refused = migrator.down_to(1, &mut *connection).await.unwrap_err();
    let Error::Dependents { .. } = &refused else { panic!("{refused}") };
    assert!(refused.report().contains("domain `amount`"), "{}", refused.report());
    same(&catalog(connection, "acme").await, &before, "after a refusal");
}
