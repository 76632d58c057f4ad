//! The chains under test, and databases that have what they require.

use pkmig::testing::{Database, skip};
use pkmig::{Chain, Migrator};
use pkmig_versions::CHAINS;
use sqlx::PgConnection;

use crate::{database, execute};

/// The chain of that name.
pub(crate) fn chain(name: &str) -> &'static Chain {
    CHAINS.iter().find(|chain| chain.name == name).unwrap_or_else(|| panic!("no chain {name}"))
}

/// A migrator that may drop what a test has put in.
pub(crate) fn migrator(chain: &'static Chain, prefix: &str) -> Migrator {
    chain.migrator().prefix(prefix).allow_data_loss(true)
}

/// An empty database with what the chains require. None where the server lacks an extension of theirs: the test is
/// skipped.
pub(crate) async fn database_for(test: &str, chains: &[&'static Chain]) -> Option<(Database, PgConnection)> {
    let (database, mut connection) = database().await;
    for chain in chains {
        if let Some(extension) = missing_extension(chain, &mut connection).await {
            skip(&format!("{test} of {}: no extension {extension}", chain.name));
            return None;
        }
    }
    execute(&mut connection, include_str!("../supabase.sql")).await;
    for required in chains.iter().flat_map(|chain| chain.required_chains()) {
        migrator(required.chain, required.prefix).up_to(required.at.0, &mut connection).await.unwrap();
    }
    Some((database, connection))
}

/// An extension of the chain's, or of those that it builds on, that the server does not have.
async fn missing_extension(chain: &Chain, connection: &mut PgConnection) -> Option<String> {
    let required = chain.required_chains().iter().map(|required| required.chain);
    for chain in required.chain([chain]) {
        for extension in chain.schema_at(chain.latest()).extensions() {
            let sql = "SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = $1)";
            if !sqlx::query_scalar::<_, bool>(sql).bind(extension).fetch_one(&mut *connection).await.unwrap() {
                return Some(extension.to_owned());
            }
        }
    }
    None
}
