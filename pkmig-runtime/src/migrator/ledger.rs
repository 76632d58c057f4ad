//! The ledger of a database, as far as it speaks of one install.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use pkmig_schema::Version;
use sqlx::postgres::PgRow;
use sqlx::{AssertSqlSafe, PgConnection, Row};

use super::session::Session;
use super::{Event, Migrator};
use crate::{Chain, Error, pinned};
use pkmig_sql::plpgsql::Block;
use pkmig_sql::{Context, Entering, ledger, session};

/// Makes the ledger, or the index that it lacks, before a run. That it cannot be made is no reason to stop.
pub(super) async fn make(migrator: &Migrator, session: &Session, connection: &mut PgConnection) -> Result<(), Error> {
    let mut message = session::local(&migrator.own_pins());
    message.push(ledger::create(&migrator.trusted_owners));
    if session.in_transaction {
        message.push(session.restored());
    }
    sqlx::raw_sql(AssertSqlSafe(message.join(";\n"))).execute(connection).await.map(|_| ()).map_err(Error::Connection)
}

/// Writes a line for what was done to a version outside of a run, in the transaction that has done it.
pub(super) async fn enter(
    migrator: &Migrator,
    context: &Context,
    entering: Entering,
    version: Version,
    connection: &mut PgConnection,
) -> Result<(), Error> {
    if !migrator.ledger {
        return Ok(());
    }
    let chain = migrator.chain;
    let lines: Vec<_> = chain.hash_at(version).map(|hash| (version.0, hash)).into_iter().collect();
    let program = Block::plain("pkmig", vec![ledger::written_by(&migrator.program)]);
    let sql = [
        ledger::create(&migrator.trusted_owners),
        program.to_string(),
        ledger::statement(chain.name, context, entering, &lines),
        ledger::unwritten(),
    ]
    .join(";\n");
    let row = pinned::row(&sql, connection).await.map_err(Error::Connection)?;
    let why: Option<String> = row.try_get(0).map_err(Error::Connection)?;
    if let Some(why) = why.filter(|why| !why.is_empty()) {
        tracing::warn!(why, "the ledger was not written");
        migrator.tell(&Event::Unwritten { why });
    }
    Ok(())
}

/// What the ledger says of an install.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// Its lines, oldest first.
    pub entries: Vec<Entry>,
    /// Why it says nothing, if it was not read.
    pub unread: Option<NoLedger>,
}

/// Why a ledger was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum NoLedger {
    /// It is switched off (`Migrator::with_ledger`).
    Off,
    /// The database has none.
    Missing,
    /// The role may not read it, it is locked, or it is not in the form that it was made in.
    Unreadable {
        /// PostgreSQL's words.
        why: String,
    },
    /// What has its name is no table of the role's own, or of a role that it is a member of, or not made by pkmig.
    Untrusted {
        /// What it is.
        why: String,
    },
}

impl NoLedger {
    /// The state in a word.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Missing => "missing",
            Self::Unreadable { .. } => "unreadable",
            Self::Untrusted { .. } => "untrusted",
        }
    }

    /// PostgreSQL's words, or what it is.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Off | Self::Missing => None,
            Self::Unreadable { why } | Self::Untrusted { why } => Some(why),
        }
    }
}

impl fmt::Display for NoLedger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Off => f.write_str("the ledger is disabled"),
            Self::Missing => f.write_str("this database has no ledger"),
            Self::Unreadable { why } => write!(f, "the ledger cannot be read: {why}"),
            Self::Untrusted { why } => write!(f, "the ledger is not trusted: {why}"),
        }
    }
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
        // What a chain that begins late calls its first version was many.
        let folded = |version| chain.bridge().is_some() && version == chain.first();
        let changed = |entry: &&Entry| {
            !entry.hash.is_empty()
                && !folded(entry.version)
                && chain.hash_at(entry.version).is_some_and(|hash| hash != entry.hash)
        };
        self.applied().into_values().filter(changed).collect()
    }
}

pub(super) async fn read(migrator: &Migrator, connection: &mut PgConnection) -> Result<Ledger, Error> {
    let prefix = migrator.checked_prefix()?;
    if !migrator.ledger {
        return Ok(Ledger { unread: Some(NoLedger::Off), ..Ledger::default() });
    }
    let sql = ledger::read(migrator.chain.name, prefix.as_str(), &migrator.trusted_owners);
    let rows = pinned::rows(&sql, connection).await.map_err(Error::Connection)?;
    let Some((state, lines)) = rows.split_first() else { return Ok(Ledger::default()) };
    let text = |row: &PgRow, index: usize| row.try_get::<Option<String>, _>(index).map_err(Error::Connection);
    let why = text(state, 1)?.unwrap_or_default();
    let unread = match text(state, 0)?.as_deref() {
        Some("read") => None,
        Some("missing") => Some(NoLedger::Missing),
        Some("untrusted") => Some(NoLedger::Untrusted { why }),
        _ => Some(NoLedger::Unreadable { why }),
    };
    let entries = lines.iter().filter_map(|row| entry(row).transpose()).collect::<Result<_, _>>();
    Ok(Ledger { entries: entries.map_err(Error::Connection)?, unread })
}

/// A line. One without a version or a word says nothing.
fn entry(row: &PgRow) -> Result<Option<Entry>, sqlx::Error> {
    let text = |index: usize| row.try_get::<Option<String>, _>(index);
    let version = text(0)?.and_then(|version| version.parse().ok()).filter(|version| *version > 0);
    let (Some(version), Some(word)) = (version, text(1)?) else { return Ok(None) };
    let took = text(4)?.and_then(|took| took.parse().ok()).unwrap_or_default();
    Ok(Some(Entry {
        version: Version(version),
        entering: Entering::ALL.iter().find(|(_, known)| *known == word).map(|(entering, _)| *entering),
        word,
        hash: text(2)?.unwrap_or_default(),
        started: text(3)?.unwrap_or_default(),
        took: Duration::from_millis(took),
        program: text(5)?.unwrap_or_default(),
        role: text(6)?.unwrap_or_default(),
    }))
}
