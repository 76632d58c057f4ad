//! Asks what a host has set on what a repair makes anew, and has it set again.

use sqlx::{PgConnection, Row};

use crate::repair::{Kept, Model, Way, kept};
use crate::{Error, pinned};

/// Adds to what is made anew the statements that bring back what its host has set on it. What cannot be brought back is not made anew, but
/// left.
pub(super) async fn keep(model: &Model<'_>, way: &mut Way, connection: &mut PgConnection) -> Result<(), Error> {
    let Some(sql) = kept(model, &way.mends) else { return Ok(()) };
    let rows = pinned::rows(&sql, connection).await.map_err(Error::Connection)?;
    let mut stays = Vec::new();
    for row in rows {
        let mend: i32 = row.try_get(0).map_err(Error::Connection)?;
        let (statement, what) =
            (row.try_get(1).map_err(Error::Connection)?, row.try_get(2).map_err(Error::Connection)?);
        let kept = Kept { mend: usize::try_from(mend).unwrap_or_default(), statement, what };
        let Some(mend) = way.mends.get_mut(kept.mend) else { continue };
        match &kept.statement {
            Some(statement) => mend.statements.push(statement.clone()),
            None => stays.push(kept),
        }
    }
    for kept in stays.into_iter().rev() {
        let mend = way.mends.remove(kept.mend);
        way.kept.push(kept.left(&mend));
    }
    Ok(())
}
