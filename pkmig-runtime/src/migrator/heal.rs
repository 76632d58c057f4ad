//! Finds the version that an install is really at, and stamps it: `heal` where the stamp is wrong, `adopt` where there
//! is none.
//!
//! The names of the objects tell most versions apart; those that are left are compared with their models. Nothing is
//! changed but the stamp, in the transaction that has compared, under the lock among runners.

use pkmig_schema::Version;
use sqlx::{AssertSqlSafe, Connection, PgConnection};

use super::install::Install;
use super::verify::{compared, read, settle};
use super::{Database, Migrator, ledger};
use crate::sql::{Entering, Sharing, stamp};
use crate::verify::{Own, Stages};
use crate::{Error, Prefix, Verification};

/// The version that an install was found to be at.
#[derive(Debug, Clone)]
pub struct Fit {
    /// The chain's name.
    pub chain: &'static str,
    /// The prefix.
    pub prefix: Prefix,
    /// The version that it was stamped with; `V0` where it had no stamp.
    pub stamped: Version,
    /// The version that it is at.
    pub version: Version,
    /// What speaks for it, in lines: what tells it from the versions before and after it.
    pub evidence: Vec<String>,
    /// The comparison with it, in which nothing is missing or different.
    pub verification: Verification,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
enum Aim {
    Heal { plan: bool },
    Adopt { at: Option<Version> },
}

impl Aim {
    fn entering(self) -> Entering {
        match self {
            Self::Heal { .. } => Entering::Heal,
            Self::Adopt { .. } => Entering::Adopt,
        }
    }
}

/// Stamps.
#[allow(clippy::manual_async_fn)] // An `async fn` does not promise `Send`.
impl Migrator {
    /// Finds the version whose model the schema is, and stamps it, where the stamp says another one.
    ///
    /// Of versions that only change rows, and so have one model, the stamped one is kept if it is among them. Else the
    /// first one is taken: the next `up` goes over the others, which change nothing that they have done already.
    ///
    /// # Errors
    /// [`Error::NoFit`] if no version fits, with the differences from the one that comes closest; those of
    /// [`verify`](Migrator::verify).
    pub fn heal<'a>(&'a self, database: impl Database<'a>) -> impl Future<Output = Result<Fit, Error>> + Send + 'a {
        self.stamped(Aim::Heal { plan: false }, database)
    }

    /// What [`heal`](Migrator::heal) would do. Nothing is changed.
    ///
    /// # Errors
    /// Those of [`heal`](Migrator::heal).
    pub fn plan_heal<'a>(
        &'a self,
        database: impl Database<'a>,
    ) -> impl Future<Output = Result<Fit, Error>> + Send + 'a {
        self.stamped(Aim::Heal { plan: true }, database)
    }

    /// Stamps a schema that was made by other means, and has no stamp: with `version`, or with the one that is found as
    /// [`heal`](Migrator::heal) finds it. Nothing is made but the stamp.
    ///
    /// # Errors
    /// [`Error::NoFit`] if something is missing or different; [`Error::Stamped`] if there is a stamp;
    /// [`Error::NotInstalled`] if no table of the chain is there.
    pub fn adopt<'a>(
        &'a self,
        version: Option<u32>,
        database: impl Database<'a>,
    ) -> impl Future<Output = Result<Fit, Error>> + Send + 'a {
        self.stamped(Aim::Adopt { at: version.map(Version) }, database)
    }

    fn stamped<'a>(
        &'a self,
        aim: Aim,
        database: impl Database<'a>,
    ) -> impl Future<Output = Result<Fit, Error>> + Send + 'a {
        async move {
            let mut connection = database.acquire().await.map_err(Error::Connection)?;
            let prefix = self.checked_prefix()?;
            // Dropped on the way out of here, it is rolled back, too.
            let mut transaction = connection.begin().await.map_err(Error::Connection)?;
            let fit = within(self, &prefix, aim, &mut transaction).await?;
            transaction.commit().await.map_err(Error::Connection)?;
            Ok(fit)
        }
    }
}

async fn within(migrator: &Migrator, prefix: &Prefix, aim: Aim, connection: &mut PgConnection) -> Result<Fit, Error> {
    let plan = matches!(aim, Aim::Heal { plan: true });
    let session = settle(migrator, prefix, if plan { Sharing::Shared } else { Sharing::Exclusive }, connection).await?;
    let install = Install::read(migrator.chain, prefix, connection).await?;
    let stamped = install.known_version(migrator.chain, prefix)?;
    let fit = match aim {
        Aim::Heal { .. } if stamped == Version(0) => Err(migrator.not_installed(prefix)),
        Aim::Adopt { .. } if stamped > Version(0) => {
            Err(Error::Stamped { chain: migrator.chain.name, prefix: prefix.clone(), version: stamped })
        }
        _ => found(migrator, &install, prefix, aim, connection).await,
    }?;
    if !plan && fit.version != stamped {
        let context = install.context(prefix);
        let stamp = stamp(migrator.chain.tracked_by, fit.version.0, &context);
        sqlx::raw_sql(AssertSqlSafe(stamp)).execute(&mut *connection).await.map_err(Error::Connection)?;
        ledger::enter(migrator, &context, aim.entering(), fit.version, connection).await?;
        tracing::info!(version = fit.version.0, from = stamped.0, "stamped");
    }
    session.restore(connection).await?;
    Ok(fit)
}

async fn found(
    migrator: &Migrator,
    install: &Install,
    prefix: &Prefix,
    aim: Aim,
    connection: &mut PgConnection,
) -> Result<Fit, Error> {
    let catalog = read(prefix, &Own::new(&[prefix.as_str()]), connection).await?;
    let stages = Stages::new(migrator.chain, &install.context(prefix), &catalog);
    if !stages.any_table() {
        return Err(migrator.not_installed(prefix));
    }
    let fit = |version, evidence, verification| Fit {
        chain: migrator.chain.name,
        prefix: prefix.clone(),
        stamped: install.version,
        version,
        evidence,
        verification,
    };
    if let Aim::Adopt { at: Some(at) } = aim {
        migrator.check_target(at)?;
        let verification = compared(migrator, install, prefix, at, connection).await?;
        return match verification.is_clean() {
            true => Ok(fit(at, Vec::new(), verification)),
            false => Err(no_fit(install, verification)),
        };
    }
    let (mut clean, mut others) = (Vec::new(), Vec::new());
    for place in stages.closest() {
        let verification = compared(migrator, install, prefix, stages.stages[place].first, connection).await?;
        match verification.is_clean() {
            true => clean.push((place, verification)),
            false => others.push(verification),
        }
    }
    // Of two that fit, the later one declares more of what is there: a comment, or that a constraint is valid.
    let stamped = clean.iter().position(|(place, _)| stages.stages[*place].holds(install.version));
    let chosen = stamped.map(|place| clean.swap_remove(place)).or_else(|| clean.pop());
    let Some((place, verification)) = chosen else {
        let closest = others.into_iter().min_by_key(|verification| verification.drift().count());
        // OK because every chain has a stage, and one of them is the closest.
        return Err(closest.map_or_else(|| migrator.not_installed(prefix), |closest| no_fit(install, closest)));
    };
    let mut evidence = stages.evidence(place);
    evidence.extend(others.iter().filter_map(not_that));
    let stage = &stages.stages[place];
    let version = if stage.holds(install.version) { install.version } else { stage.first };
    if stage.first != stage.last {
        evidence.push(format!("{} to {} have one schema: they change rows only", stage.first, stage.last));
    }
    Ok(fit(version, evidence, Verification { version, ..verification }))
}

/// Why it is not another version with the same names.
fn not_that(other: &Verification) -> Option<String> {
    Some(format!("it is not {}: {}", other.version, other.drift().next()?))
}

fn no_fit(install: &Install, verification: Verification) -> Error {
    Error::NoFit { stamped: install.version, verification: Box::new(verification) }
}
