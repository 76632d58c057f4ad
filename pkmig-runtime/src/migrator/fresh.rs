//! A fresh install: all versions at once where the chain can be folded, else one by one.

use pkmig_schema::Version;

use super::Migrator;
use crate::plan::PlannedVersion;
use pkmig_sql::Context;

/// The plan of a fresh install by baseline, where there is one.
pub(super) fn planned(migrator: &Migrator, context: &Context, to: Version) -> Option<PlannedVersion> {
    if !migrator.baseline {
        return None;
    }
    let target = migrator.chain.migration(to)?;
    match migrator.planner(context).baseline(target) {
        Ok(planned) => Some(planned),
        Err(no_baseline) => {
            tracing::info!(%no_baseline, "a fresh install runs version by version");
            None
        }
    }
}

/// Whether the error is that something is there already, by its SQLSTATE: duplicate_table, duplicate_object,
/// duplicate_function (manual appendix A), or the question at the beginning.
pub(super) fn is_taken(code: &str) -> bool {
    [pkmig_sql::TAKEN, "42P07", "42710", "42723"].contains(&code)
}
