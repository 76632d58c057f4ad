//! What a version made and changed goes on the way down as it is, whatever rows and names would be in the way.

use crate::support::{ODD, ask, catalog, database, quoted, same, walk};

mod rows {
    pkmig::migration! {
        V01 "a table" {
            create_table track { id: integer }
            create_table notes { id: integer primary_key, note: text }
        }
    }
    pkmig::migration! {
        V02 "rows that would not fit back" {
            create_table shifts {
                id: integer primary_key,
                span: tstzrange not_null,
                room: text not_null unique,
                desk: integer not_null,
                code: integer,
                note_id: integer references(notes.id),
            }
            drop_not_null shifts.span;
            drop_column shifts.desk;
            drop_constraint shifts shifts_room_key;
            set_type shifts.code: text using("code::text") down_using("code::integer");
            drop_constraint shifts shifts_note_id_fkey;
            create_unique_index shifts_code_idx on shifts (code);
            drop_index shifts_code_idx;
            rename_value shifts.code { "old" => "new" } on_conflict do_nothing;
            rename_table shifts => slots;
            seed slots (id, span, room, code, note_id) on_conflict(id) do_nothing {
                (1, null, "blue", "none", 7),
                (2, null, "blue", "none", 8),
            }
            seed notes (id, note) on_conflict(id) do_nothing { (1, "kept") }
        }
    }
    pkmig::chain! {
        pub static CHAIN: "rows of a new table" tracked_by track { V01, V02 }
    }
}

#[tokio::test]
async fn rows_are_in_no_new_tables_way() {
    walk(
        &rows::CHAIN,
        "CREATE TABLE notes (id integer PRIMARY KEY, note text);
         CREATE TABLE slots (id integer CONSTRAINT shifts_pkey PRIMARY KEY, span tstzrange, room text NOT NULL, code text,
             note_id integer)",
    )
    .await;
}

#[tokio::test]
async fn rows_of_older_tables_go_as_they_came() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = rows::CHAIN.migrator().baseline(false).prefix(ODD).allow_data_loss(true);
    for _ in 0..2 {
        migrator.up(&mut *connection).await.unwrap();
        let count = |table| format!("SELECT count(*)::text FROM {}.{table}", quoted(ODD));
        assert_eq!(ask(connection, &count("slots")).await, "2");
        assert_eq!(ask(connection, &count("notes")).await, "1");
        migrator.down_to(1, &mut *connection).await.unwrap();
        assert_eq!(ask(connection, &count("notes")).await, "0");
    }
}

mod bodies {
    pkmig::migration! {
        V01 "a function in between" {
            create_table track { id: integer }
            create_table first { id: integer }
            rename_table first => second;
            create_function counted() returns bigint language sql stable { "SELECT count(*) FROM @.second" }
            rename_table second => third;
            drop_function counted();
            create_function listed() returns setof integer language sql stable { "SELECT id FROM @.third" }
        }
    }
    pkmig::migration! {
        V02 "another name" {
            drop_function listed();
            rename_table third => fourth;
        }
    }
    pkmig::migration! {
        V03 "a name that the body does not know" {
            rename_table fourth => fifth;
            create_function total() returns bigint language sql stable { "SELECT count(*) FROM @.fifth" }
        }
    }
    pkmig::migration! {
        V04 "gone before its table is called so again" {
            rename_table fifth => sixth;
            drop_function total();
        }
    }
    pkmig::chain! {
        pub static CHAIN: "bodies" tracked_by track { V01, V02, V03, V04 }
    }
}

/// The down of V1 has no use for `counted`; that of V4 brings `total` back before its table has the name that it knows.
#[tokio::test]
async fn a_body_may_name_what_comes_back_after_it() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let migrator = bodies::CHAIN.migrator().baseline(false).prefix(ODD);
    let mut versions = vec![String::new()];
    for version in 1..=4 {
        migrator.up_to(version, &mut *connection).await.unwrap();
        versions.push(catalog(connection, ODD).await);
    }
    for version in (0..4).rev() {
        migrator.down_to(version, &mut *connection).await.unwrap();
        same(&catalog(connection, ODD).await, &versions[version as usize], &format!("down to V{version}"));
    }
    migrator.up(&mut *connection).await.unwrap();
    same(&catalog(connection, ODD).await, &versions[4], "up again");
    migrator.down_to(3, &mut *connection).await.unwrap();
    assert_eq!(ask(connection, &format!("SELECT {}.total()::text", quoted(ODD))).await, "0");
}

#[test]
fn bodies_are_looked_into_where_they_are_new() {
    let script = |from, to| {
        let versions = bodies::CHAIN.migrator().script(from, to).unwrap();
        versions.iter().map(|version| version.sql()).collect::<String>()
    };
    assert!(!script(0, 4).contains("check_function_bodies"));
    assert!(script(4, 3).contains("check_function_bodies"));
    assert!(!script(1, 0).contains("check_function_bodies"));
}
