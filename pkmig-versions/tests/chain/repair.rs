//! An install that is not as its version declares it is repaired: what the original left after a single run over all
//! versions.

use pkmig_versions::phoenix_kit::PHOENIX_KIT;

use crate::catalog::{assert_same, of};
use crate::reference::Reference;
use crate::words::Words;
use crate::{database, latest, phoenix_kit};

/// What the original left in `phoenix_kit_users` and no version of either declares.
const LEFTOVERS: [&str; 2] = ["preferred_locale", "phoenix_kit_users_preferred_locale_index"];

/// Repairs what the original's single run left in a schema, and returns what was done.
async fn repaired(schema: &str) -> String {
    let (_database, mut connection) = database().await;
    let words = Words::at(PHOENIX_KIT.latest().0, &mut connection).await;
    Reference::of_a_single_run().build(&words, &mut connection, schema).await;
    words.forget(&mut connection).await;
    let migrator = phoenix_kit(schema);
    let before = migrator.verify(&mut connection).await.unwrap();
    assert_eq!((before.drift().count(), before.extras().count()), (114, 2));
    let found = of(&mut connection, schema).await;

    let planned = migrator.plan_repair(None, &mut connection).await.unwrap();
    assert_same("a plan changes nothing", &found, &of(&mut connection, schema).await);
    let repair = migrator.repair(&mut connection).await.unwrap();
    assert_eq!(planned.done, repair.done);
    assert!(repair.left.is_empty() && repair.verification.is_clean(), "{:#?}", repair.left);
    let extras: Vec<_> = repair.verification.extras().map(|extra| extra.object.name.as_str()).collect();
    assert_eq!(extras, LEFTOVERS);

    let declared = |line: &String| !LEFTOVERS.iter().any(|name| line.contains(name));
    let lines = of(&mut connection, schema).await.into_iter();
    let (mut ours, rows): (Vec<_>, Vec<_>) = lines.filter(declared).partition(|line| !line.starts_with("row of "));
    ours.sort();
    let expected: Vec<_> = latest().await.iter().filter(|line| !line.starts_with("row of ")).cloned().collect();
    assert_same("the repaired catalog", &expected, &ours);
    let kept: Vec<_> = found.into_iter().filter(|line| line.starts_with("row of ")).collect();
    println!("{}", kept.len());
    assert_same("the rows", &kept, &rows);

    let again = migrator.repair(&mut connection).await.unwrap();
    assert!(again.done.is_empty() && again.left.is_empty(), "{:?}", again.done);
    repair.done.iter().map(|done| format!("{done}\n")).collect()
}

#[tokio::test]
async fn what_a_single_run_of_the_original_left_is_repaired() {
    let done = repaired("public").await;
    assert_eq!(repaired("My-Schema").await, done);
    insta::assert_snapshot!("repair_of_a_single_run", done);
}
