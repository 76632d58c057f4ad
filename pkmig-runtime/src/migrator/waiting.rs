//! Whom a run waits for, asked when it has waited in vain: the session that would have to answer was the one that waited.

use std::time::Duration;

use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row};

use super::Migrator;
use crate::{Blocker, Error, pinned};
use pkmig_sql::{Context, waiting};

/// How long others are waited for before it is told, and told again.
pub(super) const SLICE: Duration = Duration::from_secs(3);

/// Who holds locks on the tables of the prefix. It is only to be told, so that it cannot be asked is no failure.
pub(super) async fn on_tables(context: &Context, connection: &mut PgConnection) -> Vec<Blocker> {
    blockers(&waiting::on_tables(context), connection).await
}

/// Who holds the lock among runners.
pub(super) async fn on_runners(migrator: &Migrator, context: &Context, connection: &mut PgConnection) -> Vec<Blocker> {
    blockers(&waiting::on_runners(migrator.chain.name, context), connection).await
}

/// Adds to an error for want of the lock among runners who holds it.
pub(super) async fn told<T>(
    migrator: &Migrator,
    context: &Context,
    done: Result<T, Error>,
    connection: &mut PgConnection,
) -> Result<T, Error> {
    match done {
        Err(Error::Locked { chain, prefix, waited, .. }) => {
            let blockers = on_runners(migrator, context, connection).await;
            Err(Error::Locked { chain, prefix, waited, blockers })
        }
        done => done,
    }
}

async fn blockers(sql: &str, connection: &mut PgConnection) -> Vec<Blocker> {
    let rows = pinned::rows(sql, connection).await.unwrap_or_default();
    rows.iter().filter_map(|row| blocker(row, 0).ok()).collect()
}

/// Reads one from the columns of a row.
pub(super) fn blocker(row: &PgRow, first: usize) -> Result<Blocker, sqlx::Error> {
    let (table, mode): (Option<String>, Option<String>) = (row.try_get(first + 4)?, row.try_get(first + 5)?);
    Ok(Blocker {
        process: row.try_get(first)?,
        role: row.try_get(first + 1)?,
        application: row.try_get(first + 2)?,
        since: row.try_get(first + 3)?,
        table: table.zip(mode),
    })
}
