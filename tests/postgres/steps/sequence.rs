//! Enums, sequences, and the sequences of columns.

use crate::support::{database, failed, run, walk};

mod sequences {
    pkmig::migration! {
        V01 "sequences" {
            create_table track { id: integer }
            create_table t { id: bigint not_null, other: integer }
            create_sequence plain;
            create_sequence numbers as integer start -5 increment -2;
            create_sequence owned owned_by t.id;
            set_default t.id = sql("nextval('@.owned'::regclass)");
            set_default t.other = sql("nextval('@.numbers'::regclass)");
        }
    }
    pkmig::migration! {
        V02 "some go" {
            drop_sequence plain;
            drop_sequence gone if_exists;
            drop_default t.other;
            drop_sequence numbers;
        }
    }
    pkmig::migration! {
        V03 "the owner goes" {
            drop_table t;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "sequences" tracked_by track { V01, V02, V03 }
    }
}

#[tokio::test]
async fn sequences_are_made_owned_dropped_and_come_back() {
    walk(&sequences::CHAIN, "").await;
}

mod serials {
    pkmig::migration! {
        V01 "a serial" {
            create_table track { id: integer }
            create_table a { id: bigserial primary_key, small: smallserial, number: integer identity(always) }
        }
    }
    pkmig::migration! {
        V02 "the sequences keep the old name of the table" {
            rename_table a => b;
            rename_column b.id => key;
            rename_column b.number => nr;
        }
    }
    pkmig::migration! {
        V03 "one column is gone" {
            drop_column b.small;
        }
    }
    pkmig::migration! {
        V04 "the table is gone" {
            drop_table b;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "serials" tracked_by track { V01, V02, V03, V04 }
    }
}

#[tokio::test]
async fn sequences_come_back_under_their_old_names() {
    walk(&serials::CHAIN, "").await;
}

mod enums {
    pkmig::migration! {
        V01 "enums" {
            create_table track { id: integer }
            create_enum mood { "it's", "say \"hi\"", "" }
            create_enum "Strange type" { "a", "b" }
            create_enum unused { "x" }
            create_table t { a: mood default("it's"), b: "Strange type" not_null, c: mood[] default("{}") }
        }
    }
    pkmig::migration! {
        V02 "gone" {
            drop_enum unused;
            drop_column t.b;
            drop_enum "Strange type";
        }
    }
    pkmig::chain! {
        pub static CHAIN: "enums" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn enums_are_made_dropped_and_come_back() {
    walk(
        &enums::CHAIN,
        "CREATE TYPE mood AS ENUM ('it''s', 'say \"hi\"', '');
         CREATE TABLE t (a mood DEFAULT 'it''s', c mood[] DEFAULT '{}')",
    )
    .await;
}

mod widened {
    pkmig::migration! {
        V01 "small numbers" {
            create_table track { id: integer }
            create_table a { id: serial primary_key, nr: integer identity(always) }
        }
    }
    pkmig::migration! {
        V02 "large numbers" {
            set_type a.id: bigint;
            set_type a.nr: bigint;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "widened" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn a_sequence_counts_as_far_as_its_column() {
    let expected = "CREATE TABLE a (id bigserial PRIMARY KEY, nr bigint GENERATED ALWAYS AS IDENTITY)";
    walk(&widened::CHAIN, expected).await;
}

mod taken {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
        }
    }
    pkmig::migration! {
        V02 "a sequence that a host may have" {
            create_sequence numbers as integer start 10;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "taken" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn a_sequence_that_counts_otherwise_stops_the_version() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = taken::CHAIN.migrator().prefix("acme");
    migrator.up_to(1, &mut *connection).await.unwrap();
    for (sql, found) in [
        ("CREATE SEQUENCE acme.numbers START 10", "bigint start 10 increment 1"),
        ("CREATE SEQUENCE acme.numbers AS integer START 10 INCREMENT 5", "integer start 10 increment 5"),
        ("CREATE VIEW acme.numbers AS SELECT 1", "none"),
    ] {
        run(connection, sql).await;
        let failed = failed(migrator.up(&mut *connection).await);
        let expected = "sequence \"acme\".\"numbers\" is not as declared: expected integer start 10 increment 1, found";
        assert_eq!(failed.message, format!("{expected} {found}"));
        let kind = if found == "none" { "VIEW" } else { "SEQUENCE" };
        run(connection, &format!("DROP {kind} acme.numbers")).await;
    }
    run(connection, "CREATE SEQUENCE acme.numbers AS integer START 10").await;
    migrator.up(&mut *connection).await.unwrap();
}
