//! The install is what the model says, at every tenth version and at those around the great renames; what is not, is
//! found.

use pkmig_versions::CHAINS;
use pkmig_versions::phoenix_kit::PHOENIX_KIT;

use crate::chains::{database_for, migrator};
use crate::{database, execute, go, phoenix_kit};

#[tokio::test]
async fn an_install_is_as_declared() {
    let (_database, mut connection) = database().await;
    let latest = PHOENIX_KIT.latest().0;
    let tenth = (1..=latest).filter(|version| version % 10 == 0 || [1, 62, 72, 74, latest].contains(version));
    let migrator = phoenix_kit("My-Schema");
    for version in tenth {
        go(&migrator, version, &mut connection).await;
        let verification = migrator.verify(&mut connection).await.unwrap();
        assert_eq!(verification.differences, [], "V{version}");
    }
    let migrator = phoenix_kit("public");
    go(&migrator, latest, &mut connection).await;
    let verification = migrator.verify(&mut connection).await.unwrap();
    assert_eq!(verification.differences, [], "public");
}

#[tokio::test]
async fn an_install_is_as_declared_on_the_way_down() {
    let (_database, mut connection) = database().await;
    let migrator = phoenix_kit("acme");
    go(&migrator, PHOENIX_KIT.latest().0, &mut connection).await;
    for version in (1..PHOENIX_KIT.latest().0).rev().step_by(19) {
        go(&migrator, version, &mut connection).await;
        let verification = migrator.verify(&mut connection).await.unwrap();
        assert_eq!(verification.differences, [], "down to V{version}");
    }
}

#[tokio::test]
async fn every_version_of_every_chain_is_as_declared() {
    let test = "every_version_of_every_chain_is_as_declared";
    for chain in CHAINS.iter().filter(|chain| chain.name != PHOENIX_KIT.name) {
        let Some((_database, mut connection)) = database_for(test, &[chain]).await else { continue };
        let migrator = migrator(chain, "My-Schema");
        let latest = chain.latest().0;
        for version in (1..=latest).chain((1..latest).rev().step_by(3)) {
            go(&migrator, version, &mut connection).await;
            let verification = migrator.verify(&mut connection).await.unwrap_or_else(|e| panic!("{}: {e}", chain.name));
            assert_eq!(verification.differences, [], "{} at V{version}", chain.name);
        }
    }
}

/// All versions, in the schema that the chain's own system has it in and in two others. It takes some minutes:
/// `cargo test -p pkmig-versions --test chain -- --ignored every_version`.
#[tokio::test]
#[ignore = "some minutes: every version of every chain, compared in three schemas"]
async fn every_version_is_as_declared_in_three_schemas() {
    let test = "every_version_is_as_declared_in_three_schemas";
    let mut compared = 0;
    for chain in CHAINS {
        let Some((_database, mut connection)) = database_for(test, &[chain]).await else { continue };
        for prefix in [home(chain), "acme", "My-S\"c"] {
            let migrator = migrator(chain, prefix);
            for version in 1..=chain.latest().0 {
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
