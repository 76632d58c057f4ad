//! What is not as declared is found.

use crate::{database, execute, go, phoenix_kit};

#[tokio::test]
async fn a_wrong_stamp_and_a_lost_index_are_drift() {
    let (_database, mut connection) = database().await;
    let migrator = phoenix_kit("acme");
    go(&migrator, 71, &mut connection).await;
    execute(&mut connection, "COMMENT ON TABLE acme.phoenix_kit IS '72'").await;
    let verification = migrator.verify(&mut connection).await.unwrap();
    assert_eq!(verification.version.0, 72);
    assert!(verification.drift().count() > 50, "V72 renames a column of many tables");
    execute(&mut connection, "COMMENT ON TABLE acme.phoenix_kit IS '71'").await;
    execute(&mut connection, "DROP INDEX acme.phoenix_kit_users_tokens_context_token_index").await;
    let found = migrator.verify(&mut connection).await.unwrap().differences;
    let expected = "missing: index `phoenix_kit_users_tokens_context_token_index` of table `phoenix_kit_users_tokens`";
    assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), [expected]);
}
