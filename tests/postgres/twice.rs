//! A version whose stamp was set back is run a second time, and so is its way back: nothing is changed, and nothing fails.

use pkmig::Chain;
use sqlx::PgConnection;

use crate::support::{ODD, catalog, database, run, same, stamp};

/// Up and down, each version twice.
async fn twice(chain: &'static Chain) {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let latest = chain.latest().0;
    let migrator = chain.migrator().baseline(false).prefix(ODD).allow_data_loss(true);
    for version in 1..=latest {
        migrator.up_to(version, &mut *connection).await.unwrap_or_else(|error| panic!("up to V{version}: {error}"));
        let once = catalog(connection, ODD).await;
        stamp(connection, ODD, version - 1).await;
        let again = migrator.up_to(version, &mut *connection).await;
        again.unwrap_or_else(|error| panic!("up to V{version} again: {error}"));
        same(&catalog(connection, ODD).await, &once, &format!("up to V{version} again"));
    }
    for version in (1..latest).rev() {
        down(connection, &migrator, version, "once").await;
        let once = catalog(connection, ODD).await;
        stamp(connection, ODD, version + 1).await;
        down(connection, &migrator, version, "again").await;
        same(&catalog(connection, ODD).await, &once, &format!("down to V{version} again"));
    }
}

async fn down(connection: &mut PgConnection, migrator: &pkmig::Migrator, version: u32, which: &str) {
    let down = migrator.down_to(version, &mut *connection).await;
    down.unwrap_or_else(|error| panic!("down to V{version}, {which}: {error}"));
}

/// A chain of two versions, and the test that it can be run twice.
macro_rules! twice {
    ($($(#[$doc:meta])* $test:ident: { $($first:tt)* } { $($second:tt)* })*) => { $(
        mod $test {
            pkmig::migration! {
                V01 "before" {
                    create_table track { id: integer }
                    $($first)*
                }
            }
            pkmig::migration! {
                V02 "after" { $($second)* }
            }
            pkmig::chain! {
                pub(super) static CHAIN: "twice" tracked_by track { V01, V02 }
            }
        }

        $(#[$doc])*
        #[tokio::test]
        async fn $test() {
            twice(&$test::CHAIN).await;
        }
    )* };
}

twice! {
    /// The way back makes the trigger again before it drops it, with its function.
    a_trigger_that_goes_again_with_its_function: {
    } {
        create_function second() returns trigger language plpgsql set search_path = "@, pg_temp" {
            "BEGIN RETURN coalesce(NEW, OLD); END"
        }
        create_trigger fourth on track before delete execute second();
        drop_trigger fourth on track;
    }

    /// The second run finds the view under the name that a table of early installs would have got.
    a_view_under_the_new_name_of_a_table_that_is_not_there: {
        create_table notes { id: integer }
    } {
        create_or_replace_view shown as "SELECT n.id AS id FROM @.notes AS n";
        rename_table user => shown if_exists;
    }

    a_table_under_the_name_of_a_view_of_the_stamped_version: {
        create_table notes { id: integer }
        create_materialized_view shown as "SELECT n.id AS id FROM @.notes AS n";
    } {
        drop_materialized_view shown;
        create_table shown { id: integer, body: text }
    }

    a_column_that_goes_again_from_a_table_that_is_renamed: {
    } {
        create_table notes { id: integer }
        add_column notes.body: text;
        drop_column notes.body;
        rename_table notes => letters;
    }

    /// A name that early installs had, and that the version gives to a column of its own.
    a_column_of_early_installs_that_the_version_declares_otherwise: {
        create_table notes { id: integer }
    } {
        set_not_null notes.body if_exists;
        add_column notes.body: text default("x") if_not_exists;
    }

    a_table_that_is_renamed_there_and_back: {
    } {
        create_table notes { id: integer }
        rename_table notes => letters;
        add_column letters.body: text unique;
        rename_table letters => notes;
    }

    a_key_whose_name_a_sequence_gets_when_the_table_goes_again: {
    } {
        create_table notes { id: integer, number: serial, unique taken (id) }
        drop_table notes;
        create_sequence taken;
        create_sequence notes_number_seq;
    }

    a_key_that_goes_again_and_whose_name_a_sequence_gets: {
        create_table notes { id: integer }
    } {
        add_unique notes taken (id);
        drop_constraint notes taken;
        create_sequence taken;
    }

    a_foreign_key_to_a_column_that_goes_again: {
        create_table notes { id: integer primary_key }
    } {
        add_column track.note: integer references(notes.id);
        drop_column notes.id cascade;
    }

    an_index_of_a_view_whose_name_the_next_one_gets: {
        create_materialized_view shown as "SELECT t.id AS id FROM @.track AS t";
    } {
        create_unique_index on shown (id);
        rename_index shown_id_idx => first;
        create_index on shown (id);
    }

    an_index_that_goes_again_on_a_column_of_another_type: {
    } {
        create_table notes { place: inet, index placed (place) using spgist }
        drop_index placed;
        set_type notes.place: uuid using("place::text::uuid") down_using("place::text::inet");
    }

    a_column_under_the_name_of_an_index_until_it_goes: {
        create_table notes { id: integer }
        create_table letters { sent: integer, index posts (sent) }
    } {
        add_column notes.sent: integer not_null default(0);
        drop_column letters.sent;
        rename_table notes => posts;
    }

    a_view_over_a_column_that_is_renamed_behind_it: {
        create_table notes { id: integer, body: text }
        create_view shown as "SELECT n.id AS id, n.body AS text FROM @.notes AS n";
    } {
        rename_column notes.body => text;
        create_or_replace_view shown as "SELECT n.id AS id, n.text AS text, 1 AS one FROM @.notes AS n";
    }

    a_table_of_a_type_that_goes_with_it: {
        create_enum mood { "calm" }
    } {
        create_table notes { mood: mood }
        drop_table notes;
        add_column track.mood: mood;
        drop_column track.mood;
        drop_enum mood;
    }

    a_table_of_a_domain_that_goes_with_it: {
        create_domain amount: integer default(1) check("VALUE > 0");
    } {
        create_table notes { amount: amount }
        drop_table notes;
        add_column track.amount: amount;
        drop_column track.amount;
        drop_domain amount;
    }

    a_view_that_is_renamed_there_and_back: {
        create_view shown as "SELECT t.id AS id FROM @.track AS t";
    } {
        rename_view shown => titles;
        rename_view titles => shown;
    }

    a_view_that_gives_its_name_on_and_is_renamed_again: {
        create_view shown as "SELECT t.id AS id FROM @.track AS t";
    } {
        rename_view shown => first;
        create_view shown as "SELECT t.id AS id, 1 AS one FROM @.track AS t";
        rename_view first => last;
    }

    a_view_over_a_view_that_is_renamed_before_it: {
        create_view shown as "SELECT t.id AS id FROM @.track AS t";
        create_view titles as "SELECT s.id AS id FROM @.shown AS s";
    } {
        rename_view shown => lists;
        drop_view titles;
        create_view titles as "SELECT l.id AS id, 1 AS one FROM @.lists AS l";
    }

    a_view_whose_name_another_one_takes: {
        create_view shown as "SELECT t.id AS id FROM @.track AS t";
        create_materialized_view titles as "SELECT t.id AS id FROM @.track AS t";
    } {
        drop_view shown;
        rename_view titles => shown;
    }

    an_index_that_gives_its_name_on_and_is_renamed_again: {
        create_table notes { id: integer }
        create_index on notes (id);
    } {
        rename_index notes_id_idx => first;
        create_index on notes (id) using hash;
        rename_index first => last;
    }

    a_view_over_a_table_that_comes_back_by_another_name_of_its_column: {
        create_table notes { body: text }
        create_view shown as "SELECT n.body AS body FROM @.notes AS n";
    } {
        rename_column notes.body => text;
        drop_table notes cascade;
        create_table letters { body: text }
        create_view shown as "SELECT n.body AS body FROM @.letters AS n";
    }

    rows_that_have_drawn_numbers_of_a_column_that_goes: {
        create_table notes { id: integer unique }
    } {
        add_column notes.number: bigint identity(by_default);
        seed notes (id) on_conflict(id) do_nothing { (1), (2) }
    }

    /// What a down would leave of them is asked before it begins.
    rows_whose_key_is_gone_or_called_otherwise: {
        create_table notes { id: integer primary_key }
        create_table letters { id: integer }
    } {
        rename_column notes.id => number;
        seed notes (number) on_conflict(number) do_nothing { (1), (2) }
        add_column letters.code: text;
        seed letters (code) unless_exists(code) { ("a") }
        add_column track.code: macaddr;
        set_type track.code: integer using("code::text::integer") down_using("code::text::macaddr");
        seed track (code) unless_exists(code) { (7) }
    }
}

mod kept_long {
    pkmig::migration! {
        V01 "long values" {
            create_table track { id: integer }
            create_table notes { body: bytea }
            create_materialized_view shown as "SELECT n.body AS body FROM @.notes AS n";
        }
    }
    pkmig::migration! {
        V02 "no more" {
            drop_table notes cascade;
        }
    }
    pkmig::chain! {
        pub static CHAIN: "long values" tracked_by track { V01, V02 }
    }
}

/// PostgreSQL keeps long values in a table of its own, with an index.
#[tokio::test]
async fn where_long_values_of_a_view_are_kept_is_no_dependent() {
    twice(&kept_long::CHAIN).await;
}

/// A stranger's view under a name that the version gives to a table is still refused.
#[tokio::test]
async fn a_view_that_the_version_does_not_leave_is_refused() {
    let database = database().await;
    let connection = &mut database.connect().await.unwrap();
    let chain = &a_column_that_goes_again_from_a_table_that_is_renamed::CHAIN;
    let migrator = chain.migrator().baseline(false).prefix("acme");
    migrator.up_to(1, &mut *connection).await.unwrap();
    run(connection, "CREATE VIEW acme.letters AS SELECT 1 AS id").await;
    let refused = migrator.up(&mut *connection).await.unwrap_err().to_string();
    assert!(
        refused.starts_with("schema `acme` already has objects that `twice` would create: view `letters`"),
        "{refused}"
    );
}
