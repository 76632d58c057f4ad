//! A role with exactly the rights that a plan names runs it, on a database where nobody else may create anything.

use std::collections::BTreeSet;

use pkmig::testing::{Database, full};
use pkmig::{Chain, Error, Migrator};
use pkmig_versions::CHAINS;
use pkmig_versions::phoenix_kit::PHOENIX_KIT;
use sqlx::{Connection, PgConnection};

use crate::catalog::quoted;
use crate::chains::{database_for, migrator};
use crate::execute;

/// Installs, goes half of the way back, up again and all the way down, each time as somebody else: with what the refusal
/// names, and nothing more. The longest chain only with `PKMIG_FULL`.
#[tokio::test]
async fn the_rights_that_are_named_are_enough() {
    for chain in CHAINS.iter().filter(|chain| chain.name != PHOENIX_KIT.name || full()) {
        let Some((database, mut owner)) = database_for("the_rights_that_are_named_are_enough", &[chain]).await else {
            continue;
        };
        execute(&mut owner, "REVOKE CREATE ON SCHEMA public FROM PUBLIC").await;
        let (latest, middle) = (chain.latest().0, chain.latest().0 / 2);
        let migrator = migrator(chain, "acme");
        for to in [latest, middle, latest, 0] {
            by_somebody_else(chain, &migrator, to, &database, &mut owner).await;
        }
    }
}

async fn by_somebody_else(
    chain: &'static Chain,
    migrator: &Migrator,
    to: u32,
    database: &Database,
    owner: &mut PgConnection,
) {
    let name: String = sqlx::query_scalar("SELECT current_database() || '_role'").fetch_one(&mut *owner).await.unwrap();
    execute(owner, &format!("CREATE ROLE {} LOGIN PASSWORD 'secret'", quoted(&name))).await;
    let mut theirs = PgConnection::connect(&database.url_for(&name, "secret").unwrap()).await.unwrap();
    let planned = migrator.plan(Some(to), &mut *owner).await.unwrap();
    let rights: BTreeSet<_> = planned.iter().flat_map(|version| &version.rights).collect();
    let from = migrator.version(&mut *owner).await.unwrap().0;
    let run = async |theirs: &mut PgConnection| match from < to {
        true => migrator.up_to(to, theirs).await,
        false => migrator.down_to(to, theirs).await,
    };
    let Err(Error::Privileges { missing, .. }) = run(&mut theirs).await else { panic!("{}: not refused", chain.name) };
    assert!(missing.len() <= rights.len(), "{}: {missing:#?}", chain.name);
    for it in missing {
        let help = it.help.replace(", or run as its owner", "").replace(" as a superuser", "");
        execute(owner, &help).await;
    }
    run(&mut theirs).await.unwrap_or_else(|error| panic!("{} from V{from} to V{to}: {error}", chain.name));
    theirs.close().await.unwrap();
    let role = quoted(&name);
    execute(owner, &format!("REASSIGN OWNED BY {role} TO CURRENT_USER; DROP OWNED BY {role}; DROP ROLE {role}")).await;
}
