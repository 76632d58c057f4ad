//! `ledger`: what the database recorded about the runs of an install.

use std::fmt::Write as _;

use serde::Serialize;

use super::Subject;
use super::database::{Database, Place};
use super::error::Failure;
use super::output::{duration, milliseconds};
use pkmig_runtime::{Chain, Entry, Ledger, NoLedger};
use pkmig_sql::shown;

/// Shows the lines of the ledger, oldest first.
pub(super) async fn ledger(subject: &Subject, place: &Place<'_>, json: bool) -> Result<(), Failure> {
    let (mut connection, _, url) = place.connect().await?.parts();
    let ledger = subject.migrator.ledger(&mut connection).await.map_err(|error| Database::failure(&url, error))?;
    let edited = edited(&ledger, subject.chain);
    if json {
        ledger.unread.iter().for_each(|why| place.output.note(&why.to_string()));
        let lines = ledger.entries.iter().map(|entry| Line::new(entry, &edited));
        return place.output.json(&lines.collect::<Vec<_>>());
    }
    let (chain, prefix) = (subject.chain.name, &subject.prefix);
    if let Some(why) = &ledger.unread {
        return place.output.print(&format!("{chain} in schema {prefix}: {why}\n"));
    }
    if ledger.entries.is_empty() {
        return place.output.print(&format!("{chain} in schema {prefix}: the ledger has no entries\n"));
    }
    let mut text = format!("{chain} in schema {prefix}\n");
    for entry in &ledger.entries {
        let Entry { version, word, started, took, program, role, hash, .. } = entry;
        let (version, took, hash) = (version.to_string(), duration(*took), hash.get(..12).unwrap_or(hash));
        let [word, hash, program, role] = [word, hash, program, role].map(|text| shown::line(text));
        let _ = writeln!(text, "{started}  {version:<5} {word:<8} {took:>8}  {hash}  {program}, {role}");
    }
    notes(&ledger, subject.chain).iter().for_each(|note| text.push_str(&format!("{note}\n")));
    place.output.print(&text)
}

/// The numbers of the versions that were edited after they had been applied here.
pub(super) fn edited(ledger: &Ledger, chain: &Chain) -> Vec<u32> {
    ledger.edited(chain).iter().map(|entry| entry.version.0).collect()
}

/// A line for each of them.
pub(super) fn notes(ledger: &Ledger, chain: &Chain) -> Vec<String> {
    let note = |entry: &&Entry| {
        format!("{} was edited after it had been applied here ({}, by {})", entry.version, entry.started, entry.program)
    };
    ledger.edited(chain).iter().map(note).collect()
}

/// Whether the ledger was read.
#[derive(Debug, Serialize)]
pub(super) struct State<'a> {
    state: &'static str,
    why: Option<&'a str>,
}

impl<'a> State<'a> {
    pub(super) fn new(ledger: &'a Ledger) -> Self {
        let unread = ledger.unread.as_ref();
        Self { state: unread.map_or("read", NoLedger::word), why: unread.and_then(NoLedger::why) }
    }
}

/// A line of the ledger.
#[derive(Debug, Serialize)]
pub(super) struct Line<'a> {
    version: u32,
    direction: &'a str,
    hash: &'a str,
    started: &'a str,
    milliseconds: u64,
    program: &'a str,
    role: &'a str,
    edited: bool,
}

impl<'a> Line<'a> {
    pub(super) fn new(entry: &'a Entry, edited: &[u32]) -> Self {
        Self {
            version: entry.version.0,
            direction: &entry.word,
            hash: &entry.hash,
            started: &entry.started,
            milliseconds: milliseconds(entry.took),
            program: &entry.program,
            role: &entry.role,
            edited: edited.contains(&entry.version.0),
        }
    }
}
