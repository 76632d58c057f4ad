//! A down looks at the rows it would drop before it begins, by the names that tables and columns have then.

mod notes {
    pkmig::migration! {
        V01 "notes" {
            create_table notes {
                id: bigserial primary_key,
                body: text,
            }
        }
    }

    pkmig::migration! {
        V02 "titles and tags" {
            add_column notes.title: text;
            create_table tags {
                id: bigserial primary_key,
            }
        }
    }

    pkmig::migration! {
        V03 "other words for both" {
            rename_column notes.title => heading;
            rename_column notes.heading => headline;
            rename_table tags => labels;
        }
    }

    pkmig::migration! {
        V04 "drafts" {
            create_table drafts {
                id: bigserial primary_key,
            }
        }
    }

    pkmig::chain! {
        /// Notes.
        pub static NOTES: "notes" tracked_by notes {
            V01, V02, V03, V04,
        }
    }
}

use crate::{database, execute};
use notes::NOTES;
use pkmig::Error;

#[tokio::test]
async fn rows_under_a_later_name_are_not_dropped() {
    let (_database, mut connection) = database().await;
    let migrator = NOTES.migrator().baseline(false);
    migrator.up(&mut connection).await.unwrap();
    execute(&mut connection, "INSERT INTO notes (headline) VALUES ('a'), (NULL); INSERT INTO labels DEFAULT VALUES")
        .await;
    execute(&mut connection, "INSERT INTO drafts DEFAULT VALUES").await;
    let error = migrator.down_to(1, &mut connection).await.unwrap_err();
    let Error::DataLoss { version, holding, .. } = error else { panic!("{error}") };
    let all = ["table `drafts` (1 row)", "column `notes.headline` (1 row)", "table `labels` (1 row)"];
    let missed: Vec<_> = all.iter().filter(|one| !holding.iter().any(|held| held == *one)).collect();
    assert!(missed.is_empty() && holding.len() == 3, "{holding:?}");
    assert_eq!(version.0, 4);
    assert_eq!(migrator.version(&mut connection).await.unwrap().0, 4);
    migrator.allow_data_loss(true).down_to(1, &mut connection).await.unwrap();
}
