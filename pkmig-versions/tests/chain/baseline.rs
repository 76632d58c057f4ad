//! A fresh install at once is what one version by version is, at every version of every chain; of a long chain at some of
//! them, unless `PKMIG_FULL` is set.

use pkmig::Chain;
use sqlx::{Connection as _, PgConnection};

use crate::catalog::{assert_same, of};
use crate::chains::{chain, database_for, migrator};
use crate::{go, versions};

/// The test for every chain, so that they run beside each other.
macro_rules! fold {
    ($($chain:ident)+) => {
        $(#[tokio::test]
        async fn $chain() {
            every_version_at_once_is_what_one_by_one_leads_to(chain(stringify!($chain))).await;
        })+

        #[test]
        fn every_chain_is_folded() {
            let all: Vec<_> = pkmig_versions::CHAINS.iter().map(|chain| chain.name).collect();
            assert_eq!(all, [$(stringify!($chain)),+]);
        }
    };
}

fold!(phoenix_kit erp base_mcp base_mcp_tenant clone_memoria);

async fn every_version_at_once_is_what_one_by_one_leads_to(chain: &'static Chain) {
    let test = "every_version_at_once_is_what_one_by_one_leads_to";
    let Some((_database, mut connection)) = database_for(test, &[chain]).await else { return };
    let steps = migrator(chain, "steps").baseline(false);
    for version in versions(chain) {
        go(&steps, version, &mut connection).await;
        let expected = with_sequences(&mut connection, "steps").await;
        // Names are quoted and literals hold the prefix in one of them.
        let prefix = if version % 2 == 0 { "at_once" } else { "At\"Once" };
        // Quicker than to drop it all again.
        let mut transaction = connection.begin().await.unwrap();
        let run = migrator(chain, prefix).up_to(version, &mut *transaction).await.unwrap();
        let versions: Vec<_> = run.applied.iter().map(|applied| applied.versions).collect();
        assert_eq!(versions, [usize::try_from(version).unwrap()], "V{version} is made at once");
        let found = with_sequences(&mut transaction, prefix).await;
        assert_same(&format!("V{version} at once"), &expected, &found);
        transaction.rollback().await.unwrap();
    }
}

/// The catalog and the rows, and where the sequences stand.
async fn with_sequences(connection: &mut PgConnection, schema: &str) -> Vec<String> {
    let mut lines = of(connection, schema).await;
    let sql =
        "SELECT format('sequence %s stands at %s', sequencename, last_value) FROM pg_sequences WHERE schemaname = $1";
    let places: Vec<String> = sqlx::query_scalar(sql).bind(schema).fetch_all(connection).await.unwrap();
    lines.extend(places);
    lines.sort();
    lines
}
