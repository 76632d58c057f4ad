//! Every version is as declared in any schema; what is not, is found.

use pkmig::testing::full;
use pkmig_versions::CHAINS;

use crate::chains::{database_for, migrator};
use crate::{database, execute, go, phoenix_kit};

/// The newest version, in the schema that the chain's own system has it in and in two others; with `PKMIG_FULL` set every
/// eighth of a long chain, and every one of the others. All versions in one schema are `conformance!`'s.
#[tokio::test]
async fn versions_are_as_declared_in_three_schemas() {
    let test = "versions_are_as_declared_in_three_schemas";
    let mut compared = 0;
    for chain in CHAINS {
        let Some((_database, mut connection)) = database_for(test, &[chain]).await else { continue };
        for prefix in [home(chain), "acme", "My-S\"c"] {
            let migrator = migrator(chain, prefix);
            let latest = chain.latest().0;
            let looked_at = |version: &u32| *version == latest || full() && (latest <= 40 || version.is_multiple_of(8));
            for version in (1..=latest).filter(looked_at) {
                go(&migrator, version, &mut connection).await;
                let verification = migrator.verify(&mut connection).await;
                let verification = verification.unwrap_or_else(|error| panic!("{} V{version}: {error}", chain.name));
                assert_eq!(verification.differences, [], "{} at V{version} in {prefix}", chain.name);
                compared += 1;
            }
        }
    }
    println!("{compared} installs are as declared");
}

/// Where the chain's own system has it.
fn home(chain: &pkmig::Chain) -> &'static str {
    match chain.name {
        "base_mcp" => "platform",
        "base_mcp_tenant" => "acq_demo",
        _ => "public",
    }
}

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
