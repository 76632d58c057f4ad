//! A fresh install: all versions at once where the chain can be folded, else one by one.

use pkmig_schema::Version;
use sqlx::{AssertSqlSafe, PgConnection};

use super::Migrator;
use crate::plan::PlannedVersion;
use crate::sql::Context;

/// The plan of a fresh install by baseline, where there is one.
pub(super) fn planned(migrator: &Migrator, context: &Context, to: Version) -> Option<PlannedVersion> {
    if !migrator.baseline {
        return None;
    }
    let target = migrator.chain.migration(to)?;
    match migrator.planner(context).baseline(target) {
        Ok(planned) => Some(planned),
        Err(no_baseline) => {
            tracing::info!(%no_baseline, "a fresh install goes version by version");
            None
        }
    }
}

/// Sends a message of several statements, and says with an error how many of them were done before it.
pub(super) async fn send(message: String, connection: &mut PgConnection) -> Result<(), (usize, sqlx::Error)> {
    use futures_util::StreamExt as _;
    let mut done = 0;
    let mut results = sqlx::raw_sql(AssertSqlSafe(message)).fetch_many(connection);
    while let Some(result) = results.next().await {
        match result {
            Ok(sqlx::Either::Left(_)) => done += 1,
            Ok(sqlx::Either::Right(_)) => {}
            Err(error) => return Err((done, error)),
        }
    }
    Ok(())
}

/// Whether the error is that something is there already, by its SQLSTATE: duplicate_table, duplicate_object,
/// duplicate_function (manual appendix A), or the question at the beginning.
pub(super) fn is_taken(code: &str) -> bool {
    [crate::sql::TAKEN, "42P07", "42710", "42723"].contains(&code)
}
