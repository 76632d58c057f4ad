//! The chains under test, and databases that have what they require.

use std::io::Write as _;

use pkmig::testing::Database;
use pkmig::{Chain, Migrator};
use pkmig_versions::CHAINS;
use sqlx::{AssertSqlSafe, PgConnection};

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
/// skipped, and says so past the harness.
pub(crate) async fn database_for(test: &str, chains: &[&'static Chain]) -> Option<(Database, PgConnection)> {
    let (database, mut connection) = database().await;
    for chain in chains {
        if let Some(extension) = missing_extension(chain, &mut connection).await {
            writeln!(std::io::stderr(), "SKIPPED {test} of {}: no extension {extension}", chain.name).unwrap();
            return None;
        }
    }
    supabase(&mut connection).await;
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

/// What Supabase brings, as far as the chains use it: three roles, accounts, and whose session it is.
async fn supabase(connection: &mut PgConnection) {
    for role in ["anon", "authenticated", "service_role"] {
        // Roles belong to the server, and other tests make them at the same moment.
        let create = format!(
            "DO $$ BEGIN CREATE ROLE {role} NOLOGIN; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        );
        sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut *connection).await.unwrap();
    }
    let accounts = "CREATE SCHEMA auth;
        CREATE TABLE auth.users (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email text);
        CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS
            $$SELECT nullif(current_setting('request.jwt.claim.sub', true), '')::uuid$$;
        GRANT USAGE ON SCHEMA auth TO anon, authenticated, service_role";
    execute(connection, accounts).await;
}
