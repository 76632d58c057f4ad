//! Chains that random ones were cut down to, each with what it showed: guards that took something else for their own work, and
//! values whose type PostgreSQL was not told.

use crate::support::{ODD, ask, catalog, database, quoted, same, stamp, walk, walk_in};

mod indexes {
    pkmig::migration! {
        V01 "a name to be given on" {
            create_table track { id: integer }
            create_table drafts { id: integer, body: text, unique held (body) }
        }
    }
    pkmig::migration! {
        V02 "it changes hands" {
            create_index later on drafts (id);
            drop_constraint drafts held;
            rename_index later => held;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "indexes" tracked_by track { V01, V02 }
    }
}

/// The name that a new index has at the end is a constraint's when the version begins.
#[tokio::test]
async fn the_index_of_a_constraint_is_no_sign_of_a_second_run() {
    walk(&indexes::CHAIN, "CREATE TABLE drafts (id integer, body text); CREATE INDEX held ON drafts (id)").await;
}

mod tables {
    pkmig::migration! {
        V01 "a name to be given on" {
            create_table track { id: integer }
            create_table letters { id: integer primary_key, note: text }
        }
    }
    pkmig::migration! {
        V02 "it changes hands" {
            create_table sent { at: timestamptz not_null, page: integer, index sent_page (page) }
            rename_table letters => received;
            rename_table sent => letters;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "tables" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn a_table_that_still_has_the_name_is_no_sign_of_a_second_run() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = tables::CHAIN.migrator().baseline(false).prefix(ODD).allow_data_loss(true);
    migrator.up_to(1, &mut *connection).await.unwrap();
    let first = catalog(connection, ODD).await;
    migrator.up(&mut *connection).await.unwrap();
    let second = catalog(connection, ODD).await;
    stamp(connection, ODD, 1).await;
    migrator.up(&mut *connection).await.unwrap();
    same(&catalog(connection, ODD).await, &second, "up again");
    migrator.down_to(1, &mut *connection).await.unwrap();
    same(&catalog(connection, ODD).await, &first, "down");
}

mod in_vain {
    pkmig::migration! {
        V01 "keys" {
            create_table track { id: integer }
            create_table notes { id: integer, code: integer, check codes ("code > 0"), unique ids (id), index by_code (code) }
        }
    }
    pkmig::migration! {
        V02 "the same again, and other names" {
            add_check notes codes ("code > 0") if_not_exists;
            add_unique notes ids (id) if_not_exists;
            create_index by_code on notes (code) if_not_exists;
            rename_column notes.code => number;
            rename_column notes.id => key;
            rename_table notes => letters;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "in vain" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn what_history_has_is_not_expected_as_the_version_leaves_it() {
    walk(
        &in_vain::CHAIN,
        "CREATE TABLE letters (key integer CONSTRAINT ids UNIQUE, number integer CONSTRAINT codes CHECK (number > 0));
         CREATE INDEX by_code ON letters (number)",
    )
    .await;
}

mod views {
    pkmig::migration! {
        V01 "one upon the other" {
            create_table track { id: integer }
            create_table notes { id: integer }
            create_materialized_view kept as "SELECT id FROM @.notes" with_no_data;
            create_view recent as "SELECT k.id FROM @.kept k";
            create_or_replace_view recent as "SELECT k.id, 1 AS page FROM @.kept k";
            create_or_replace_view constant as "SELECT 1 AS one";
            create_or_replace_view constant as "SELECT 1 AS one, 2 AS two";
            drop_table notes cascade;
            drop_view constant;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "views" tracked_by track { V01 }
    }
}

#[tokio::test]
async fn a_view_that_shows_no_table_is_replaced() {
    walk(&views::CHAIN, "").await;
}

mod values {
    pkmig::migration! {
        V01 "types that a cast would cut, and that no number is by itself" {
            create_table track { id: integer }
            create_table prices {
                id: integer primary_key,
                flags: bit(8),
                masks: bit(4)[],
                code: char(3),
                price: money,
                at: timestamptz,
                note: text,
            }
            seed prices (id, flags, masks, code, price, at, note) on_conflict(id) do_update(flags, price) {
                (1, "10101010", "{1010}", "abc", null, sql("now() - interval '1 day'"), 1),
                (2, "01010101", "{0101}", "def", 2.5, null, true),
                (3, "11111111", null, null, 3, sql("now() + interval '1 day'"), "three"),
            }
        }
    }
    pkmig::chain! {
        pub static CHAIN: "values" tracked_by track { V01 }
    }
}

#[tokio::test]
async fn a_seed_gives_each_value_the_type_of_its_column() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    walk_in(
        connection,
        &values::CHAIN,
        "CREATE TABLE prices (id integer PRIMARY KEY, flags bit(8), masks bit(4)[], code character(3), price money,
             at timestamptz, note text)",
    )
    .await;
    let rows = "SELECT concat_ws(' ', id, flags, masks, code, price::numeric, note) FROM acme.prices ORDER BY id";
    let expected = ["1 10101010 {1010} abc 1", "2 01010101 {0101} def 2.50 true", "3 11111111 3.00 three"];
    assert_eq!(ask(connection, rows).await.lines().collect::<Vec<_>>(), expected);
}

mod unlogged {
    pkmig::migration! {
        V01 "beside the log" {
            create_table track { id: integer }
            create_table peers unlogged { id: integer primary_key }
            create_table jobs unlogged { peer_id: integer references(peers.id) }
            create_table empty unlogged {}
        }
    }
    pkmig::chain! {
        pub static CHAIN: "unlogged" tracked_by track { V01 }
    }
}

#[tokio::test]
async fn an_unlogged_table_references_another_one() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let tables = "CREATE UNLOGGED TABLE peers (id integer PRIMARY KEY);
                  CREATE UNLOGGED TABLE jobs (peer_id integer REFERENCES peers (id)); CREATE UNLOGGED TABLE empty ()";
    walk_in(connection, &unlogged::CHAIN, tables).await;
    let kinds = "SELECT string_agg(relname || relpersistence::text, ' ' ORDER BY relname) FROM pg_class
                 WHERE relnamespace = 'acme'::regnamespace AND relkind = 'r'";
    assert_eq!(ask(connection, kinds).await, "emptyu jobsu peersu trackp");
}

mod collations {
    pkmig::migration! {
        V01 "in the order of bytes" {
            create_table track { id: integer }
            create_table notes { code: varchar(9) collate("C"), tag: text, body: text collate("C"), span: tstzrange default("[2020-01-01,2021-01-01)") }
        }
    }
    pkmig::migration! {
        V02 "other types" {
            set_type notes.code: text;
            set_type notes.tag: varchar(20) collate("POSIX") down_using("tag");
            set_type notes.body: text collate("default");
            set_type notes.span: text down_using("span::tstzrange");
        }
    }
    pkmig::migration! {
        V03 "what has no collation" {
            set_type notes.code: bytea using("code::bytea") down_using("encode(code, 'escape')");
        }
    }
    pkmig::chain! {
        pub static CHAIN: "collations" tracked_by track { V01, V02, V03 }
    }
}

#[tokio::test]
async fn a_collation_stays_with_its_column_and_comes_back() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = collations::CHAIN.migrator().baseline(false).prefix(ODD).allow_data_loss(true);
    let query = format!(
        "SELECT string_agg(concat_ws(' ', attname, collname, pg_get_expr(adbin, adrelid)), ', ' ORDER BY attnum)
         FROM pg_attribute LEFT JOIN pg_collation c ON c.oid = attcollation
         LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum WHERE attrelid = '{}.notes'::regclass AND attnum > 0",
        quoted(ODD).replace('\'', "''")
    );
    let range = r#"'["2020-01-01 00:00:00+00","2021-01-01 00:00:00+00")'::tstzrange"#;
    let expected = [
        format!("code C, tag default, body C, span {range}"),
        "code C, tag POSIX, body default, span default '[2020-01-01,2021-01-01)'::text".to_owned(),
        "code, tag POSIX, body default, span default '[2020-01-01,2021-01-01)'::text".to_owned(),
    ];
    let mut found = Vec::new();
    for version in [1, 2, 3, 2, 1] {
        match found.len() {
            0..3 => drop(migrator.up_to(version, &mut *connection).await.unwrap()),
            _ => drop(migrator.down_to(version, &mut *connection).await.unwrap()),
        }
        found.push(ask(connection, &query).await);
    }
    assert_eq!(found[..3], expected);
    assert_eq!(found[3..], [&*expected[1], &expected[0]]);
}

mod given_on {
    pkmig::migration! {
        V01 "names that are given on" {
            create_table track { id: integer }
            create_view drafts as "SELECT id FROM @.track";
            create_table letters { id: bigserial, note: text not_null, index marks (note) }
            drop_view drafts;
            rename_table letters => drafts;
            rename_index marks => first;
            rename_index lost => seconds if_exists;
            create_table tags { id: integer, index by_id (id) }
            rename_table tags => labels;
            rename_index by_id => tags;
            create_table pages { number: integer, index seconds (number) }
            drop_index second if_exists;
            create_sequence second;
            create_materialized_view shown as "SELECT number FROM @.pages";
            create_index on shown (number);
            rename_index shown_number_idx => third;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "names given on" tracked_by track { V01 }
    }
}

/// A new table is called as a view is when the version begins, and a sequence as an index that history may have.
#[tokio::test]
async fn a_name_of_another_kind_is_no_sign_of_a_second_run() {
    twice(&given_on::CHAIN).await;
}

mod gone_again {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
            create_table notes { id: integer not_null, mood: boolean, tags: text, page: integer, unique paged (page) }
        }
    }
    pkmig::migration! {
        V02 "what the version takes away again" {
            create_enum moods { "calm", "busy" }
            add_enum_value moods "glad";
            drop_enum moods;
            add_column notes.code: integer not_null default(0);
            drop_not_null notes.code;
            add_primary_key notes (code);
            create_or_replace_view letters as "SELECT mood FROM @.notes";
            drop_view letters;
            create_table letters { id: integer }
            create_function shown() returns setof bigint language sql stable set search_path = "" {
                "SELECT count(*) FROM @.letters"
            }
            drop_function shown();
            create_function shown() returns bigint language sql stable set search_path = "" {
                "SELECT count(*) FROM @.letters"
            }
            create_view moody as "SELECT mood FROM @.notes";
            create_function clear() returns trigger language plpgsql set search_path = "" { "BEGIN RETURN NEW; END" }
            create_table drafts { id: integer, trigger cleared after delete execute clear() }
            rename_table drafts => sent;
            drop_trigger cleared on sent;
            seed notes (id, code, page) on_conflict(page) do_nothing { (1, 1, 7), (2, 2, 8) }
            drop_constraint notes paged;
            create_sequence pages owned_by notes.page;
            drop_column notes.page cascade;
            add_column notes.key: integer identity(always) unique;
            drop_index marked if_exists;
            rename_constraint notes notes_key_key => marked;
            create_table kinds { id: integer }
            drop_table kinds;
            create_enum kinds { "one" }
            irreversible("an enum keeps its values");
        }
    }
    pkmig::chain! {
        pub static CHAIN: "gone again" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn what_a_version_takes_away_again_is_left_alone_the_second_time() {
    twice(&gone_again::CHAIN).await;
}

mod secured {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
            create_table notes { id: integer, page: integer }
        }
    }
    pkmig::migration! {
        V02 "two tables of one name" {
            create_table drafts { id: integer, row_level_security, policy all_of_them using("true") }
            rename_table drafts => sent;
            create_table drafts { id: integer }
            create_table pages { id: integer, row_level_security }
            rename_table pages => leaves;
            create_index pages on leaves (id);
            create_table tags { id: integer, page: integer, row_level_security, policy some using("page > 0") }
            drop_column tags.page cascade;
            rename_table notes => letters;
            create_table notes { page: timestamptz }
            drop_column letters.page;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "two tables of one name" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn what_a_table_brings_is_not_given_to_the_next_one_of_its_name() {
    twice(&secured::CHAIN).await;
    back(secured::CHAIN.migrator().allow_data_loss(true)).await;
}

mod seeded {
    pkmig::migration! {
        V01 "a column that refuses nulls" {
            create_table track { id: integer }
            create_table notes { id: integer primary_key, code: integer not_null }
        }
    }
    pkmig::migration! {
        V02 "rows without it" {
            drop_column notes.code;
            seed notes (id) on_conflict(id) do_nothing { (1) }
        }
    }
    pkmig::chain! {
        pub static CHAIN: "rows without it" tracked_by track { V01, V02 }
    }
}

/// The rows that a version brings go before the column comes back.
#[tokio::test]
async fn rows_of_the_version_are_in_no_columns_way() {
    back(seeded::CHAIN.migrator()).await;
}

/// The down of V2 leads back.
async fn back(migrator: pkmig::Migrator) {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = migrator.baseline(false).prefix(ODD);
    migrator.up_to(1, &mut *connection).await.unwrap();
    let first = catalog(connection, ODD).await;
    migrator.up(&mut *connection).await.unwrap();
    migrator.down_to(1, &mut *connection).await.unwrap();
    same(&catalog(connection, ODD).await, &first, "down");
}

/// Up, and the newest version once more: nothing is changed, and all is as declared.
async fn twice(chain: &'static pkmig::Chain) {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = chain.migrator().baseline(false).prefix(ODD);
    migrator.up(&mut *connection).await.unwrap();
    let once = catalog(connection, ODD).await;
    let latest = chain.latest().0;
    stamp(connection, ODD, latest - 1).await;
    migrator.up(&mut *connection).await.unwrap();
    same(&catalog(connection, ODD).await, &once, "up again");
    let verification = migrator.verify(&mut *connection).await.unwrap();
    assert!(verification.differences.is_empty(), "{:?}", verification.differences);
}
