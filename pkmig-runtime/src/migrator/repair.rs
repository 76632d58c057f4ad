//! Brings an install back to what its version declares, by adding what is missing.
//!
//! All of it is one transaction under the lock among runners, in which the install is compared before and after. A part
//! that fails is rolled back by itself and reported. Only new values of enums are committed before the rest, which may
//! need them.

use pkmig_schema::seeds::{Seeded, seeds};
use pkmig_schema::{Schema, Version};
use sqlx::postgres::PgDatabaseError;
use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::install::Install;
use super::transaction::Transaction;
use super::verify::{compared, settle};
use super::{Database, Migrator, keep, ledger, waiting};
use crate::repair::{Mend, Model, Repair, Repaired, Unrepaired, Way, way};
use crate::{Error, MisfitKind, OtherOwner, Prefix, Taken, Verification, pinned};
use pkmig_sql::{Context, Entering, Path, Sharing, insert_missing, missing_rows, stamp};

/// Repairs.
#[allow(clippy::manual_async_fn)] // An `async fn` does not promise `Send`.
impl Migrator {
    /// Adds to the install what its version declares and what is missing, changes what can be changed without a loss,
    /// and puts back the seeded rows that are gone. It drops no table, no column and no row; a constraint, index or
    /// trigger that is not as declared is made anew. What it leaves to a person is listed.
    ///
    /// # Errors
    /// Those of [`verify`](Migrator::verify), or if a statement was kept waiting for a lock: then nothing was done.
    pub fn repair<'a>(
        &'a self,
        database: impl Database<'a>,
    ) -> impl Future<Output = Result<Repair, Error>> + Send + 'a {
        self.repaired(None, false, database)
    }

    /// The same for an install without a stamp, or with one that is no version of the chain, as one of `version`. It is stamped if
    /// nothing is left.
    ///
    /// # Errors
    /// Those of [`repair`](Migrator::repair), or if it is stamped with another version.
    pub fn repair_at<'a>(
        &'a self,
        version: u32,
        database: impl Database<'a>,
    ) -> impl Future<Output = Result<Repair, Error>> + Send + 'a {
        self.repaired(Some(Version(version)), false, database)
    }

    /// What [`repair`](Migrator::repair), or with a version [`repair_at`](Migrator::repair_at), would do. It is tried in a
    /// transaction that is rolled back, but for the rows of seeds, so it takes the locks that a repair takes.
    ///
    /// # Errors
    /// Those of either.
    pub fn plan_repair<'a>(
        &'a self,
        version: Option<u32>,
        database: impl Database<'a>,
    ) -> impl Future<Output = Result<Repair, Error>> + Send + 'a {
        self.repaired(version.map(Version), true, database)
    }

    fn repaired<'a>(
        &'a self,
        at: Option<Version>,
        plan: bool,
        database: impl Database<'a>,
    ) -> impl Future<Output = Result<Repair, Error>> + Send + 'a {
        async move {
            let mut connection = database.acquire().await.map_err(Error::Connection)?;
            repair(self, at, plan, &mut connection).await
        }
    }
}

async fn repair(
    migrator: &Migrator,
    at: Option<Version>,
    plan: bool,
    connection: &mut PgConnection,
) -> Result<Repair, Error> {
    let prefix = migrator.checked_prefix()?;
    let mut values = Vec::new();
    loop {
        let mut transaction = Transaction::begin(connection).await?;
        let done = within(migrator, &prefix, at, plan, &mut values, &mut transaction).await;
        // A plan has tried it, so that it knows how it would end.
        let done = transaction.end(done, !plan).await;
        if let Some(repair) = waiting::told(migrator, &Context::new(&prefix), done, connection).await? {
            return Ok(repair);
        }
    }
}

/// Repairs in a transaction; nothing is said where values of enums have to be committed before the rest.
async fn within(
    migrator: &Migrator,
    prefix: &Prefix,
    at: Option<Version>,
    plan: bool,
    values: &mut Vec<Repaired>,
    connection: &mut PgConnection,
) -> Result<Option<Repair>, Error> {
    let session = settle(migrator, prefix, Sharing::Exclusive, connection).await?;
    let work = Work::read(migrator, prefix, at, plan, connection).await?;
    let first = !plan && values.is_empty() && work.way.mends.iter().any(|mend| mend.first);
    if first {
        *values = work.values(connection).await?;
    }
    let repair = match first && !values.is_empty() {
        true => None,
        false => Some(work.done(std::mem::take(values), connection).await?),
    };
    session.restore(connection).await?;
    Ok(repair)
}

/// An install and what is to be done to it.
struct Work<'a> {
    migrator: &'a Migrator,
    prefix: &'a Prefix,
    plan: bool,
    install: Install,
    version: Version,
    schema: &'static Schema,
    context: Context,
    /// The search path that the author's expressions are read by: the comparison has checked it.
    path: Path,
    verification: Verification,
    way: Way,
    seeds: Vec<Seeded>,
}

impl<'a> Work<'a> {
    async fn read(
        migrator: &'a Migrator,
        prefix: &'a Prefix,
        at: Option<Version>,
        plan: bool,
        connection: &mut PgConnection,
    ) -> Result<Self, Error> {
        let chain = migrator.chain;
        // What is no version says nothing against the one that was said.
        let install = match at {
            Some(_) => Install::read_any(chain, prefix, connection).await?,
            None => Install::read(chain, prefix, connection).await?,
        };
        let version = version(migrator, &install, prefix, at)?;
        let verification = compared(migrator, &install, prefix, version, connection).await?;
        check_owners(migrator, &install, prefix, &verification)?;
        let (schema, context) = (chain.schema_at(version), install.context(migrator, prefix));
        let path = migrator.path(&context);
        let model = Model::new(schema, &context);
        let mut way = way(&model, &verification);
        if way.found.tables().next().is_none() {
            return Err(migrator.not_installed(prefix));
        }
        keep::keep(&model, &mut way, connection).await?;
        let migrations = chain.migrations().iter().copied().filter(|migration| migration.version <= version);
        let seeds = seeds(migrations, chain.requirements());
        Ok(Self { migrator, prefix, plan, install, version, schema, context, path, verification, way, seeds })
    }

    /// Adds the values that enums lack.
    async fn values(&self, connection: &mut PgConnection) -> Result<Vec<Repaired>, Error> {
        let attempted =
            attempt(&self.path, self.way.mends.iter().filter(|mend| mend.first).collect(), false, connection).await?;
        Ok(attempted.done)
    }

    /// Does everything, behind what was `done` before.
    async fn done(&self, mut done: Vec<Repaired>, connection: &mut PgConnection) -> Result<Repair, Error> {
        let attempted = attempt(&self.path, self.way.mends.iter().collect(), self.plan, connection).await?;
        let (mut left, waiting) = (attempted.left, attempted.waiting);
        left.extend(self.way.kept.iter().cloned());
        done.extend(attempted.done);
        let verification = match done.is_empty() {
            true => self.verification.clone(),
            false => {
                // An extension may be there now.
                let install = Install::read_any(self.migrator.chain, self.prefix, connection).await?;
                compared(self.migrator, &install, self.prefix, self.version, connection).await?
            }
        };
        let after = way(&Model::new(self.schema, &self.context), &verification);
        left.extend(after.left);
        let rows = self.rows(&after.found, connection).await?;
        // A number that a sequence gives is not taken back.
        match self.plan {
            true => done.extend(rows.iter().map(Mend::repaired)),
            false => {
                let attempted = attempt(&self.path, rows.iter().collect(), false, connection).await?;
                done.extend(attempted.done);
                left.extend(attempted.left);
            }
        }
        let complete = left.is_empty() && (waiting || verification.is_clean());
        if self.plan {
            return Ok(self.repair(done, left, self.verification.clone(), complete));
        }
        if self.install.version != self.version && verification.is_clean() && left.is_empty() {
            let stamp = stamp(self.migrator.chain.tracked_by, self.version.0, &self.context);
            sqlx::raw_sql(AssertSqlSafe(stamp.to_sql("")))
                .execute(&mut *connection)
                .await
                .map_err(Error::Connection)?;
        }
        if !done.is_empty() {
            ledger::enter(self.migrator, &self.context, Entering::Repair, self.version, connection).await?;
        }
        Ok(self.repair(done, left, verification, complete))
    }

    fn repair(&self, done: Vec<Repaired>, left: Vec<Unrepaired>, verification: Verification, complete: bool) -> Repair {
        let unknown = self.seeds.iter().filter_map(unknown).collect();
        let (chain, prefix, version) = (self.migrator.chain.name, self.prefix.clone(), self.version);
        Repair { chain, prefix, version, planned: self.plan, done, left, unknown, verification, complete }
    }

    /// The seeded rows that are gone: all of them where a table or key is not `found` that a plan is to make.
    async fn rows(&self, found: &Schema, connection: &mut PgConnection) -> Result<Vec<Mend>, Error> {
        let known = self.seeds.iter().filter(|seeded| seeded.doubt.is_none());
        let there = |seeded: &Seeded| {
            let keys = &seeded.seed.on_conflict.columns;
            found.table(seeded.seed.table).is_some_and(|it| keys.iter().all(|key| it.column(key).is_some()))
        };
        let seeds: Vec<_> = known.filter(|seeded| self.plan || there(seeded)).collect();
        let counts = seeds.iter().map(|seeded| match there(seeded) {
            true => missing_rows(self.schema, &self.context, &seeded.seed),
            false => seeded.seed.rows.len().to_string(),
        });
        let sql = format!("SELECT unnest(ARRAY[{}]::bigint[])", counts.collect::<Vec<_>>().join(", "));
        let counted = pinned::rows_under(&self.path, &sql, connection).await.map_err(Error::Connection)?;
        let mut mends = Vec::new();
        for (Seeded { version, seed, .. }, row) in seeds.into_iter().zip(counted) {
            let rows: i64 = row.try_get(0).map_err(Error::Connection)?;
            if rows > 0 {
                let text = format!("seed {} of {version}: {rows} row{}", seed.table, if rows == 1 { "" } else { "s" });
                let statements = insert_missing(self.schema, &self.context, seed);
                mends.push(Mend { text, statements, rows: None, first: false, anew: None });
            }
        }
        Ok(mends)
    }
}

/// Refuses to write to what somebody else owns: its triggers would run with the rights of the running role.
fn check_owners(
    migrator: &Migrator,
    install: &Install,
    prefix: &Prefix,
    verification: &Verification,
) -> Result<(), Error> {
    let taken = |other: &OtherOwner| Taken {
        table: other.object.name.clone(),
        kind: other.object.kind,
        owner: other.owner.clone(),
        trusted: false,
        version: verification.version,
    };
    let tables: Vec<_> = verification.untrusted().map(taken).collect();
    match tables.is_empty() {
        true => Ok(()),
        false => {
            let kind = MisfitKind::Untrusted { role: verification.role.clone(), tables };
            Err(install.misfit(migrator.chain, prefix, kind, Vec::new()))
        }
    }
}

/// The version to repair to: the stamped one, or the one that was said of an install without a stamp.
fn version(migrator: &Migrator, install: &Install, prefix: &Prefix, at: Option<Version>) -> Result<Version, Error> {
    if let Some(at) = at.filter(|_| !install.is_stamped(migrator.chain, prefix)) {
        return migrator.check_target(at).map(|()| at);
    }
    let stamped = install.known_version(migrator.chain, prefix)?;
    match at {
        Some(at) if at != stamped => {
            Err(Error::Stamped { chain: migrator.chain.name, prefix: prefix.clone(), version: stamped })
        }
        _ => Ok(stamped),
    }
}

/// A seed whose rows are not looked for.
fn unknown(seeded: &Seeded) -> Option<String> {
    let Seeded { version, seed, doubt } = seeded;
    doubt.as_ref().map(|(since, step)| format!("seed {} of {version}, since {since}: {step}", seed.table))
}

/// What has become of what could be run.
struct Attempted {
    done: Vec<Repaired>,
    left: Vec<Unrepaired>,
    /// Whether something only waits for a new value of an enum to be committed.
    waiting: bool,
}

/// The SQLSTATE of a value of an enum that was added in this transaction.
const NEW_VALUE: &str = "55P04";

fn code(error: &sqlx::Error) -> Option<&str> {
    Some(error.as_database_error()?.try_downcast_ref::<PgDatabaseError>()?.code())
}

/// Runs what can be run. What fails is rolled back by itself, and tried again as long as something else succeeds, on
/// which it may rest.
async fn attempt(
    path: &Path,
    mut open: Vec<&Mend>,
    plan: bool,
    connection: &mut PgConnection,
) -> Result<Attempted, Error> {
    let (mut done, mut waiting) = (Vec::new(), false);
    loop {
        let (mut again, mut left) = (Vec::new(), Vec::new());
        let before = done.len();
        for mend in open {
            let mut savepoint = Transaction::savepoint(connection).await?;
            let sql = mend.statements.join(";\n");
            match pinned::rows_under(path, &sql, &mut savepoint).await {
                Ok(_) => {
                    savepoint.commit().await?;
                    tracing::info!(step = mend.text, "repaired");
                    done.push(mend.repaired());
                }
                // A repair has committed the value before it.
                Err(error) if plan && code(&error).is_some_and(|code| code == NEW_VALUE) => {
                    savepoint.rollback().await?;
                    waiting = true;
                    done.push(mend.repaired());
                }
                Err(error) => {
                    savepoint.rollback().await?;
                    left.push(unrepaired(mend, error)?);
                    again.push(mend);
                }
            }
        }
        if again.is_empty() || done.len() == before {
            return Ok(Attempted { done, left, waiting });
        }
        open = again;
    }
}

/// What is said of a part that failed.
///
/// # Errors
/// If the error is not about the part: a lock that was waited for, a server that goes down.
fn unrepaired(mend: &Mend, source: sqlx::Error) -> Result<Unrepaired, Error> {
    let Some(database) = source.as_database_error().and_then(|error| error.try_downcast_ref::<PgDatabaseError>())
    else {
        return Err(Error::Connection(source));
    };
    // Classes of SQLSTATE (manual appendix A): features, triggers, data, constraints, dependents, names and rights.
    const ITS_OWN: [&str; 9] = ["09", "0A", "22", "23", "2B", "2F", "38", "42", "P0"];
    let code = database.code();
    if !ITS_OWN.iter().any(|class| code.starts_with(class)) && code != NEW_VALUE {
        return Err(Error::NotRepaired { step: mend.text.clone(), source });
    }
    let detail = database.detail().map(|detail| format!("; {detail}")).unwrap_or_default();
    let why = format!("{} (SQLSTATE {code}){detail}", database.message());
    let rows = mend.rows.clone().filter(|_| code.starts_with("23"));
    let again = || format!("remove the cause and repair again, or run: {}", mend.statements.join("; "));
    let help = rows.unwrap_or_else(again);
    Ok(Unrepaired { text: mend.text.clone(), why, help: Some(help) })
}
