//! The ledger of a database, as far as it speaks of one install.

use std::collections::BTreeMap;
use std::time::Duration;

use pkmig_schema::Version;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::Migrator;
use crate::sql::{Context, Entering, dollar_quoted, ledger};
use crate::{Chain, Error};

/// Writes a line for what was done to a version outside of a run, in the transaction that has done it.
pub(super) async fn enter(
    migrator: &Migrator,
    context: &Context,
    entering: Entering,
    version: Version,
    connection: &mut PgConnection,
) -> Result<(), Error> {
    let chain = migrator.chain;
    let lines: Vec<_> = chain.hash_at(version).map(|hash| (version.0, hash)).into_iter().collect();
    let sql = format!(
        "{};\nDO {};\n{}",
        ledger::create(),
        dollar_quoted(&format!(" BEGIN {} END ", ledger::written_by(&migrator.program)), "pkmig"),
        ledger::statement(chain.name, context, entering, &lines)
    );
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection).await.map(|_| ()).map_err(Error::Connection)
}

/// What the ledger says of an install; nothing where there is no ledger or the role may not read it.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// Its lines, oldest first.
    pub entries: Vec<Entry>,
}

/// That something happened to a version.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The version.
    pub version: Version,
    /// What happened; `None` is a word of a later pkmig's.
    pub entering: Option<Entering>,
    /// The word for it.
    pub word: String,
    /// The version's hash at that time.
    pub hash: String,
    /// When it began, as in `2026-01-31T12:00:00Z`.
    pub started: String,
    /// How long it took.
    pub took: Duration,
    /// By which program.
    pub program: String,
    /// By which role of the database.
    pub role: String,
}

impl Ledger {
    /// For each version that is applied as far as the ledger knows, the line that says so.
    pub fn applied(&self) -> BTreeMap<Version, &Entry> {
        let mut applied = BTreeMap::new();
        for entry in &self.entries {
            match entry.entering {
                Some(Entering::Down) => drop(applied.remove(&entry.version)),
                // These look at the schema, whatever the version says.
                Some(Entering::Repair) | None => {}
                Some(Entering::Up | Entering::Baseline | Entering::Heal | Entering::Adopt) => {
                    applied.insert(entry.version, entry);
                }
            }
        }
        applied
    }

    /// The versions whose steps are others in this program than they were when they were applied here.
    pub fn edited(&self, chain: &Chain) -> Vec<&Entry> {
        let changed = |entry: &&Entry| chain.hash_at(entry.version).is_some_and(|hash| hash != entry.hash);
        self.applied().into_values().filter(changed).collect()
    }
}

pub(super) async fn read(migrator: &Migrator, connection: &mut PgConnection) -> Result<Ledger, Error> {
    let prefix = migrator.checked_prefix()?;
    let open = format!("SELECT {}", ledger::open_for("SELECT"));
    let row = sqlx::raw_sql(AssertSqlSafe(open)).fetch_one(&mut *connection).await.map_err(Error::Connection)?;
    if !row.try_get::<bool, _>(0).map_err(Error::Connection)? {
        return Ok(Ledger::default());
    }
    let sql = ledger::read(migrator.chain.name, prefix.as_str());
    let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(connection).await.map_err(Error::Connection)?;
    let entries = rows.iter().map(entry).collect::<Result<_, _>>().map_err(Error::Connection)?;
    Ok(Ledger { entries })
}

fn entry(row: &PgRow) -> Result<Entry, sqlx::Error> {
    let version: i32 = row.try_get(0)?;
    let word: String = row.try_get(1)?;
    let took: i64 = row.try_get(4)?;
    Ok(Entry {
        version: Version(u32::try_from(version).unwrap_or_default()),
        entering: Entering::ALL.iter().find(|(_, known)| *known == word).map(|(entering, _)| *entering),
        word,
        hash: row.try_get(2)?,
        started: row.try_get(3)?,
        took: Duration::from_millis(u64::try_from(took).unwrap_or_default()),
        program: row.try_get(5)?,
        role: row.try_get(6)?,
    })
}
