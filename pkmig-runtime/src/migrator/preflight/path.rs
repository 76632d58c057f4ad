//! The schemas on the search path of versions: those of the chain's extensions. Who may create objects in one of them could
//! have a version call them.

use sqlx::{PgConnection, Row};

use crate::migrator::Migrator;
use crate::{Error, OpenTo, pinned};
use pkmig_sql::{Context, trust};

/// Refuses a search path on which somebody may create objects whom the running role has no reason to trust.
pub(in crate::migrator) async fn check(
    migrator: &Migrator,
    context: &Context,
    connection: &mut PgConnection,
) -> Result<(), Error> {
    let path = migrator.path(context);
    if !path.is_watched() {
        return Ok(());
    }
    let sql = trust::open_to(&path, migrator.trusted());
    let rows = pinned::rows(&sql, connection).await.map_err(Error::Connection)?;
    let open =
        rows.iter().map(|row| Ok(OpenTo { schema: row.try_get(0)?, role: row.try_get(1)?, owns: row.try_get(2)? }));
    let open = open.collect::<Result<Vec<_>, _>>().map_err(Error::Connection)?;
    match open.is_empty() {
        true => Ok(()),
        false => Err(Error::OpenPath { chain: migrator.chain.name, open }),
    }
}
