//! One version of a run by itself, its statements chosen by the caller: for tests that end a session in the midst of it.

use pkmig_schema::Version;
use sqlx::PgConnection;

use super::install::Install;
use super::watch::Watch;
use super::{Migrator, send};
use crate::plan::PlannedVersion;
use crate::{Direction, Error};
use pkmig_sql::{Context, Guarded, Outcome};

/// A version that can be sent as a run sends it.
pub struct Rehearsal<'a> {
    migrator: &'a Migrator,
    context: Context,
    /// The version as it is.
    pub planned: PlannedVersion,
}

impl Migrator {
    /// The next version of this install up or down.
    pub async fn rehearse(&self, direction: Direction, connection: &mut PgConnection) -> Result<Rehearsal<'_>, Error> {
        let prefix = self.checked_prefix()?;
        let install = Install::read(self.chain, &prefix, connection).await?;
        let (now, context) = (install.version, install.context(self, &prefix));
        let target = match direction {
            Direction::Up => Version(now.0 + 1),
            Direction::Down => Version(now.0.saturating_sub(1)),
        };
        self.check_target(target)?;
        match self.planned(&context, now, target)?.pop() {
            Some(planned) => Ok(Rehearsal { migrator: self, context, planned }),
            None => Err(Error::DownAbove { chain: self.chain.name, prefix, target, current: now }),
        }
    }
}

impl Rehearsal<'_> {
    /// The same version with other statements.
    pub fn with(&self, statements: Vec<Guarded>) -> PlannedVersion {
        let PlannedVersion { migration, direction, .. } = self.planned;
        let segments =
            self.migrator.planner(&self.context).segments(migration, direction, &[], &statements, &Outcome::default());
        self.planned.sent_as(statements, segments)
    }

    /// Sends it, once.
    pub async fn send(&self, version: &PlannedVersion, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let sent = send::segments(
            self.migrator,
            &self.context,
            version,
            self.migrator.runner_timeout,
            &Watch::new(self.migrator, version),
            connection,
        )
        .await;
        sent.map(|_| ()).map_err(|(.., error)| error)
    }
}
