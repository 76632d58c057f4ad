//! Databases that the original has left behind are taken over: our chain goes on where it stopped.

use pkmig_versions::phoenix_kit::PHOENIX_KIT;

use crate::catalog::{assert_same, of};
use crate::reference::Reference;
use crate::words::Words;
use crate::{database, go, latest, phoenix_kit, turns};

/// The versions at which the original has left a database; by turns each is taken over in one of two schemas.
const LEFT_AT: [u32; 8] = [1, 20, 40, 55, 62, 74, 100, 120];

/// Takes over what the original left in a schema at each of these versions, and goes all the way down from `down`.
async fn take_over(schema: &str, down: u32, versions: impl Iterator<Item = u32>) {
    for version in versions {
        let (_database, mut connection) = database().await;
        let words = Words::at(version, &mut connection).await;
        Reference::at(version).build(&words, &mut connection, schema).await;
        let ours = words.forget(&mut connection).await;
        assert_same(&format!("left at V{version}"), &ours, &of(&mut connection, schema).await);
        let migrator = phoenix_kit(schema);
        let run = migrator.up(&mut connection).await.unwrap();
        assert_eq!((run.from.0, run.to), (version, PHOENIX_KIT.latest()));
        assert_same(&format!("taken over at V{version}"), latest().await, &of(&mut connection, schema).await);
        // That a catalog like these is as declared, `conformance!` shows.
        if version == down {
            assert_eq!(migrator.verify(&mut connection).await.unwrap().differences, [], "taken over at V{version}");
            go(&migrator, 0, &mut connection).await;
            assert_eq!(of(&mut connection, schema).await, Vec::<String>::new());
        }
    }
}

#[tokio::test]
async fn what_the_original_left_is_taken_over_in_public() {
    take_over("public", 62, turns(LEFT_AT, 4)).await;
}

#[tokio::test]
async fn what_the_original_left_is_taken_over_in_a_schema_of_its_own() {
    if !crate::asked_for("take-overs in a schema of their own") {
        return;
    }
    take_over("acme", 74, turns(LEFT_AT, 1)).await;
}
