//! An install that is not as its version declares it is repaired: what the original left after a single run over all
//! versions.

use pkmig::testing::full;
use pkmig_versions::phoenix_kit::PHOENIX_KIT;

use crate::catalog::{assert_same, of};
use crate::reference::Reference;
use crate::words::Words;
use crate::{database, execute, go, latest, phoenix_kit};

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
    assert_same("the rows", &kept, &rows);

    let again = migrator.repair(&mut connection).await.unwrap();
    assert!(again.done.is_empty() && again.left.is_empty(), "{:?}", again.done);
    repair.done.iter().map(|done| format!("{done}\n")).collect()
}

/// With `PKMIG_FULL` set also in a schema whose name wants quotes.
#[tokio::test]
async fn what_a_single_run_of_the_original_left_is_repaired() {
    if !crate::asked_for("the repair of what a single run of the original left") {
        return;
    }
    let done = repaired("public").await;
    if full() {
        assert_eq!(repaired("My-Schema").await, done);
    }
    insta::assert_snapshot!("repair_of_a_single_run", done);
}

/// The original's V80 does not stamp itself, and nor does V83: V84 changes nothing where V79 was not an early one.
#[tokio::test]
async fn a_version_that_the_original_forgot_to_stamp_is_found() {
    let (_database, mut connection) = database().await;
    let migrator = phoenix_kit("acme");
    for (version, last, stamped, evidence) in [
        (80, 80, 79, "has column `locale` of table `phoenix_kit_email_logs` and 1 more, which V80 brings"),
        (83, 84, 82, "has column `status` of table `phoenix_kit_publishing_groups` and 1 more, which V83 brings"),
        (136, 136, 1, "V136"),
        (72, 72, 74, "V72"),
    ] {
        go(&migrator, version, &mut connection).await;
        execute(&mut connection, &format!("COMMENT ON TABLE acme.phoenix_kit IS '{stamped}'")).await;
        let fit = migrator.heal(&mut connection).await.unwrap();
        assert_eq!((fit.stamped.0, fit.version.0), (stamped, version));
        assert!(fit.evidence[0].contains(evidence), "{:?}", fit.evidence);
        let rows_only = fit.evidence.iter().any(|line| line.ends_with("they change rows only"));
        assert_eq!(rows_only, last > version, "{:?}", fit.evidence);
    }
}

/// The original's tables without its comment, and with the differences of a single run.
#[tokio::test]
async fn what_the_original_left_without_a_stamp_is_adopted_once_it_is_repaired() {
    let (_database, mut connection) = database().await;
    let words = Words::at(PHOENIX_KIT.latest().0, &mut connection).await;
    Reference::of_a_single_run().build(&words, &mut connection, "acme").await;
    execute(&mut connection, "COMMENT ON TABLE acme.phoenix_kit IS NULL").await;
    let migrator = phoenix_kit("acme");
    let error = migrator.adopt(None, &mut connection).await.unwrap_err();
    let pkmig::Error::NoFit { verification, .. } = error else { panic!("{error}") };
    assert_eq!((verification.version, verification.drift().count()), (PHOENIX_KIT.latest(), 114));
    let repair = migrator.repair_at(136, &mut connection).await.unwrap();
    assert!(repair.is_complete(), "{:?}", repair.left);
    execute(&mut connection, "COMMENT ON TABLE acme.phoenix_kit IS NULL").await;
    assert_eq!(migrator.adopt(None, &mut connection).await.unwrap().version, PHOENIX_KIT.latest());
    assert_eq!(migrator.up(&mut connection).await.unwrap().applied.len(), 0);
}
