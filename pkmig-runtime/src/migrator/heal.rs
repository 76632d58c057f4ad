//! Finds the version that an install is really at, and stamps it: `heal` whatever is wrong with the stamp, `adopt` where there
//! is none that is right.
//!
//! The names of the objects tell most versions apart; those that are left are compared with their models. Nothing is
//! changed but the stamp, in the transaction that has compared, under the lock among runners.

use pkmig_schema::Version;
use sqlx::{AssertSqlSafe, PgConnection};

use super::evidence::stands_at;
use super::install::Install;
use super::transaction::Transaction;
use super::verify::{compared, settle};
use super::{Database, Migrator, ledger, waiting};
use crate::verify::{Catalog, Own, Stages};
use crate::{Error, Prefix, Verification};
use pkmig_sql::{Context, Entering, Sharing, stamp};

/// The version that an install was found to be at.
#[derive(Debug, Clone)]
pub struct Fit {
    /// The chain's name.
    pub chain: &'static str,
    /// The prefix.
    pub prefix: Prefix,
    /// The version that it was stamped with; `V0` where it had no stamp, or one that is no version.
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
    Heal { plan: bool, at: Option<Version> },
    Adopt { at: Option<Version> },
}

impl Aim {
    fn entering(self) -> Entering {
        match self {
            Self::Heal { .. } => Entering::Heal,
            Self::Adopt { .. } => Entering::Adopt,
        }
    }

    fn is_plan(self) -> bool {
        matches!(self, Self::Heal { plan: true, .. })
    }

    /// The version that was said.
    fn at(self) -> Option<Version> {
        let (Self::Heal { at, .. } | Self::Adopt { at }) = self;
        at
    }
}

/// Stamps.
#[allow(clippy::manual_async_fn)] // An `async fn` does not promise `Send`.
impl Migrator {
    /// Finds the version whose model the schema is, and stamps it, where the stamp says another one, none, or what is no version.
    ///
    /// Of several versions with the same schema the one is taken of which the ledger knows, or else the stamped one, or else the
    /// last. Of versions that only change rows, and so have one model, the stamped one is kept if it is among them. Else the
    /// first one is taken: the next `up` goes over the others, which change nothing that they have done already.
    ///
    /// # Errors
    /// [`Error::NoFit`] if no version fits, with the differences from the one that comes closest;
    /// [`Error::NotInstalled`] if no table of the chain is there; those of [`verify`](Migrator::verify).
    pub fn heal<'a>(&'a self, database: impl Database<'a>) -> impl Future<Output = Result<Fit, Error>> + Send + 'a {
        self.stamped(Aim::Heal { plan: false, at: None }, database)
    }

    /// Stamps a version that was said, if the schema is as it declares. The ledger remembers it, also where the stamp was right.
    ///
    /// # Errors
    /// [`Error::NoFit`] if something is missing or different; those of [`heal`](Migrator::heal).
    pub fn heal_at<'a>(
        &'a self,
        version: u32,
        database: impl Database<'a>,
    ) -> impl Future<Output = Result<Fit, Error>> + Send + 'a {
        self.stamped(Aim::Heal { plan: false, at: Some(Version(version)) }, database)
    }

    /// What [`heal`](Migrator::heal) would do. Nothing is changed.
    ///
    /// # Errors
    /// Those of [`heal`](Migrator::heal).
    pub fn plan_heal<'a>(
        &'a self,
        database: impl Database<'a>,
    ) -> impl Future<Output = Result<Fit, Error>> + Send + 'a {
        self.stamped(Aim::Heal { plan: true, at: None }, database)
    }

    /// What [`heal_at`](Migrator::heal_at) would do. Nothing is changed.
    ///
    /// # Errors
    /// Those of [`heal_at`](Migrator::heal_at).
    pub fn plan_heal_at<'a>(
        &'a self,
        version: u32,
        database: impl Database<'a>,
    ) -> impl Future<Output = Result<Fit, Error>> + Send + 'a {
        self.stamped(Aim::Heal { plan: true, at: Some(Version(version)) }, database)
    }

    /// Stamps a schema that was made by other means and has no stamp, or a wrong one: with `version`, or with the one that is
    /// found as [`heal`](Migrator::heal) finds it. Nothing is made but the stamp.
    ///
    /// # Errors
    /// [`Error::NoFit`] if something is missing or different; [`Error::Stamped`] if it is stamped with this version already;
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
            let mut transaction = Transaction::begin(&mut connection).await?;
            let fit = within(self, &prefix, aim, &mut transaction).await;
            let fit = transaction.end(fit, true).await;
            waiting::told(self, &Context::new(&prefix), fit, &mut connection).await
        }
    }
}

async fn within(migrator: &Migrator, prefix: &Prefix, aim: Aim, connection: &mut PgConnection) -> Result<Fit, Error> {
    if let Some(at) = aim.at() {
        migrator.check_target(at)?;
    }
    let sharing = if aim.is_plan() { Sharing::Shared } else { Sharing::Exclusive };
    let session = settle(migrator, prefix, sharing, connection).await?;
    let install = Install::read_any(migrator.chain, prefix, connection).await?;
    let fit = found(migrator, &install, prefix, aim.at(), connection).await?;
    let is_stamped = install.comment == Some(fit.version.0.to_string());
    if is_stamped && matches!(aim, Aim::Adopt { .. }) {
        return Err(Error::Stamped { chain: migrator.chain.name, prefix: prefix.clone(), version: fit.version });
    }
    let context = install.context(migrator, prefix);
    if !aim.is_plan() && !is_stamped {
        let stamp = stamp(migrator.chain.tracked_by, fit.version.0, &context);
        sqlx::raw_sql(AssertSqlSafe(stamp.to_sql(""))).execute(&mut *connection).await.map_err(Error::Connection)?;
        tracing::info!(version = fit.version.0, from = install.version.0, "stamped");
    }
    // That somebody has said so is remembered, even if it changes nothing.
    if !aim.is_plan() && (!is_stamped || aim.at().is_some()) {
        ledger::enter(migrator, &context, aim.entering(), fit.version, connection).await?;
    }
    session.restore(connection).await?;
    Ok(fit)
}

async fn found(
    migrator: &Migrator,
    install: &Install,
    prefix: &Prefix,
    at: Option<Version>,
    connection: &mut PgConnection,
) -> Result<Fit, Error> {
    let catalog = Catalog::read(prefix.as_str(), &Own::new(&[prefix.as_str()]), connection).await;
    let catalog = catalog.map_err(Error::Connection)?;
    let context = install.context(migrator, prefix);
    let stages = Stages::new(migrator.chain, &context, catalog.names());
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
    if let Some(at) = at.filter(|at| *at > Version(0)) {
        let verification = compared(migrator, install, prefix, at, connection).await?;
        return match verification.is_clean() {
            true => Ok(fit(at, stages.place(at).map(|place| stages.evidence(place)).unwrap_or_default(), verification)),
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
    let known = match clean.len() > 1 {
        true => stands_at(&ledger::read(migrator, connection).await?, migrator.chain),
        false => None,
    };
    let holding = |version| clean.iter().position(|(place, _)| stages.stages[*place].holds(version));
    let by_ledger = known.and_then(holding);
    // Of two that fit, the later one declares more of what is there: a comment, or that a constraint is valid.
    let chosen = by_ledger.or_else(|| holding(install.version)).or_else(|| clean.len().checked_sub(1));
    let Some((place, verification)) = chosen.map(|chosen| clean.remove(chosen)) else {
        let closest = others.into_iter().min_by_key(|verification| verification.drift().count());
        // OK because every chain has a stage, and one of them is the closest.
        return Err(closest.map_or_else(|| migrator.not_installed(prefix), |closest| no_fit(install, closest)));
    };
    let mut evidence = stages.evidence(place);
    evidence.extend(others.iter().filter_map(not_that));
    let stage = &stages.stages[place];
    let version = if stage.holds(install.version) { install.version } else { stage.first };
    if by_ledger.is_some() {
        evidence.extend(known.map(|known| format!("the ledger says that {known} was applied")));
    } else {
        evidence
            .extend(clean.iter().map(|(_, other)| format!("{} matches as well: `--at {0}` selects it", other.version)));
    }
    if stage.first != stage.last {
        evidence.push(format!("{} to {} have the same schema: they change rows only", stage.first, stage.last));
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
