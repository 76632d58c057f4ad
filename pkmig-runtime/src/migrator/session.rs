//! The session that a run is given: what it is asked before anything is done, and what is given back to it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::Migrator;
use super::watch::{Waits, Watch};
use crate::{Error, pinned};
use pkmig_sql::{Context, Path, Pins, TimeOuts, ledger, literal, session};

/// A session as it was found.
#[derive(Debug)]
pub(super) struct Session {
    /// Whether it is in the midst of a transaction, which is the host's.
    pub in_transaction: bool,
    /// Whether a backslash in a literal is nothing but one.
    pub standard: bool,
    /// Whether there is a ledger to make.
    pub wants_ledger: bool,
    /// Its settings, by name.
    before: Vec<(String, String)>,
}

impl Session {
    /// Asks what a run depends on, and refuses it in a transaction that does not see what others commit, and where
    /// triggers and foreign keys are switched off.
    pub(super) async fn ask(migrator: &Migrator, connection: &mut PgConnection) -> Result<Self, Error> {
        let mark = mark(connection).await?;
        let asked = format!(
            "{};\nSELECT name, pg_catalog.current_setting(name, true) FROM (VALUES ({}), \
             ('transaction_isolation')) AS v (name) UNION ALL SELECT 'ledger', {}",
            session::asked(),
            literal(MARK),
            if migrator.ledger {
                format!("({})::pg_catalog.text", ledger::wanting(&migrator.trusted_owners))
            } else {
                literal("false")
            }
        );
        let rows = pinned::rows(&asked, connection).await.map_err(Error::Connection)?;
        let pairs = rows.iter().map(pair).collect::<Result<Vec<_>, _>>().map_err(Error::Connection)?;
        let known: BTreeMap<&str, &str> = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let is = |name: &str, value: &str| known.get(name).copied() == Some(value);
        let in_transaction = is(MARK, &mark);
        if in_transaction && !is("transaction_isolation", "read committed") {
            return Err(Error::Isolation);
        }
        let (standard, wants_ledger) = (is("standard_conforming_strings", "on"), is("ledger", "true"));
        let own = [MARK, "transaction_isolation", "ledger"];
        let before = pairs.into_iter().filter(|(name, _)| !own.contains(&name.as_str())).collect();
        let session = Self { in_transaction, standard, wants_ledger, before };
        session.fires().map(|()| session)
    }

    /// The search path that it came with.
    pub(super) fn path(&self) -> Option<&str> {
        self.before.iter().find(|(name, _)| name == "search_path").map(|(_, path)| path.as_str())
    }

    /// Refuses to write where triggers and foreign keys are switched off.
    pub(super) fn fires(&self) -> Result<(), Error> {
        let role = self.before.iter().find(|(name, _)| name == "session_replication_role");
        match role {
            Some((_, role)) if role != "origin" => Err(Error::ReplicationRole { role: role.clone() }),
            _ => Ok(()),
        }
    }

    /// What a transaction has set, from the rows that ask it.
    pub(super) fn settings(rows: &[sqlx::postgres::PgRow]) -> Result<Self, Error> {
        let before = rows.iter().map(pair).collect::<Result<Vec<_>, _>>().map_err(Error::Connection)?;
        Ok(Self { in_transaction: true, standard: true, wants_ledger: false, before })
    }

    /// Gives a host's transaction back what it had set.
    pub(super) async fn restore(&self, connection: &mut PgConnection) -> Result<(), Error> {
        let sql = session::restored(&self.before);
        sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(|_| ()).map_err(Error::Connection)
    }

    /// Its settings as a statement that gives them back.
    pub(super) fn restored(&self) -> String {
        session::restored(&self.before)
    }
}

impl Migrator {
    pub(crate) fn time_outs(&self) -> TimeOuts {
        TimeOuts { lock: self.lock_timeout, statement: self.statement_timeout }
    }

    /// What a transaction of our own questions has set.
    pub(super) fn own_pins(&self) -> Pins {
        Pins { path: Path::default(), time_outs: self.time_outs() }
    }

    /// What a version's transaction has set.
    pub(crate) fn pins(&self, context: &Context) -> Pins {
        Pins { path: self.path(context), time_outs: self.time_outs() }
    }

    /// The roles that are trusted beside the running one.
    pub(crate) fn trusted(&self) -> &[String] {
        &self.trusted_owners
    }

    /// The search path that an author's expressions are read by.
    pub(super) fn path(&self, context: &Context) -> Path {
        let schemas = self.chain.extensions().map(|name| context.extension_schema(name).to_owned());
        let schemas = schemas.filter(|schema| schema != "pg_catalog").collect();
        let calls = self.chain.functions().any(|function| !function.args.is_empty());
        // An author who lets others create objects there has said so.
        let called = (calls && !self.chain.opens_its_schema()).then(|| context.schema().to_owned());
        Path { schemas, host: context.host_path().map(str::to_owned), called }
    }
}

/// Sets for the session what differs, sends a statement that cannot stand in a transaction, and sets it back. Where nothing
/// differs, nothing is set: in a session that a pooler shares, the values in between would be others'.
pub(super) async fn alone(
    pins: &Pins,
    statement: String,
    reads: bool,
    watch: &Watch<'_>,
    connection: &mut PgConnection,
) -> Result<(), sqlx::Error> {
    let statement = AssertSqlSafe(watch.marked(statement));
    let asked = session::differing(pins, reads);
    let rows = pinned::rows(&asked, &mut *connection).await?;
    let Some(process) = rows.first().map(|row| row.try_get::<i32, _>(3)).transpose()? else {
        return watch.over(Waits::Unbounded, sqlx::raw_sql(statement).execute(connection)).await.map(drop);
    };
    let mut before = Vec::new();
    let mut during = Vec::new();
    for row in &rows {
        let name: String = row.try_get(0)?;
        // What the session has not set for itself is not left behind as if it had.
        let own: bool = row.try_get(4)?;
        before.push((name.clone(), row.try_get::<Option<String>, _>(1)?.filter(|_| own)));
        during.push((name, row.try_get(2)?));
    }
    let borrow = session::borrowed(process, &during);
    sqlx::raw_sql(AssertSqlSafe(borrow)).execute(&mut *connection).await?;
    let sent = watch.over(Waits::Unbounded, sqlx::raw_sql(statement).execute(&mut *connection)).await;
    let back = session::borrowed(process, &before);
    if let Err(error) = sqlx::raw_sql(AssertSqlSafe(back)).execute(&mut *connection).await {
        tracing::warn!(%error, "settings of the session could not be restored");
    }
    sent.map(drop)
}

fn pair(row: &sqlx::postgres::PgRow) -> Result<(String, String), sqlx::Error> {
    Ok((row.try_get(0)?, row.try_get::<Option<String>, _>(1)?.unwrap_or_default()))
}

/// The setting by which a transaction is told.
const MARK: &str = "pkmig.transaction";

/// Sets the setting to a text that no other run has used. A setting of a transaction is still there in the next message only
/// if that is in the same transaction.
async fn mark(connection: &mut PgConnection) -> Result<String, Error> {
    let mark = unique();
    let marked = format!("SELECT pg_catalog.set_config({}, {}, true)", literal(MARK), literal(&mark));
    sqlx::raw_sql(AssertSqlSafe(marked)).execute(connection).await.map_err(Error::Connection)?;
    Ok(mark)
}

/// A text that no other run has.
pub(super) fn unique() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let time = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
    format!("{}.{time}.{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

/// Whether a transaction is open, whoever has begun it.
pub(super) async fn in_transaction(connection: &mut PgConnection) -> Result<bool, Error> {
    let mark = mark(connection).await?;
    let asked =
        format!("SELECT coalesce(pg_catalog.current_setting({}, true), '') = {}", literal(MARK), literal(&mark));
    let row = pinned::row(&asked, connection).await.map_err(Error::Connection)?;
    row.try_get(0).map_err(Error::Connection)
}
