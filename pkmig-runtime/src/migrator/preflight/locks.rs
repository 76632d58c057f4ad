//! Whether the server has room for the locks of an uninstall, which holds one on every object until it ends.

use sqlx::{PgConnection, Row};

use crate::plan::PlannedVersion;
use crate::{Error, pinned};
use pkmig_sql::{self as sql, Context};

/// Refuses an uninstall that would take more locks than the server keeps for all sessions together.
pub(in crate::migrator) async fn check(
    context: &Context,
    planned: &[PlannedVersion],
    connection: &mut PgConnection,
) -> Result<(), Error> {
    for version in planned.iter().filter(|version| version.uninstall.is_some()) {
        let query = sql::locks(version.going.iter(), context);
        let row = pinned::row(&query, &mut *connection).await.map_err(Error::Connection)?;
        let get = |index| row.try_get::<i64, _>(index).map_err(Error::Connection);
        let room = Room { needed: get(0)?, held: get(1)?, processes: get(2)?, each: get(3)? };
        if let Some(setting) = room.lacking() {
            let (needed, held, version) = (room.needed, room.held, version.migration.version);
            return Err(Error::TooManyLocks { version, needed, held, setting, now: room.each });
        }
    }
    Ok(())
}

/// The room for locks.
struct Room {
    /// How many the run takes.
    needed: i64,
    /// How many are held by all sessions.
    held: i64,
    /// For how many processes the server keeps room.
    processes: i64,
    /// For how many locks of each: `max_locks_per_transaction`.
    each: i64,
}

impl Room {
    /// The `max_locks_per_transaction` that there would have to be, where there is less.
    fn lacking(&self) -> Option<i64> {
        let all = self.needed + self.held;
        (all > self.processes * self.each).then(|| all / self.processes + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_would_fill_the_lock_table_is_told_the_setting() {
        let room = |needed, held| Room { needed, held, processes: 100, each: 64 }.lacking();
        assert_eq!(room(3_021, 0), None);
        assert_eq!(room(3_021, 3_379), None);
        assert_eq!(room(3_021, 3_380), Some(65));
        assert_eq!(room(20_000, 50), Some(201));
        // With that setting there is room.
        assert_eq!(Room { needed: 20_000, held: 50, processes: 100, each: 201 }.lacking(), None);
    }
}
