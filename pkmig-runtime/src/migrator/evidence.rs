//! Whether what is there fits the stamp: asked by one query before a run that has something to do.
//!
//! A stamp that is gone or wrong is not "nothing installed": versions would run again over what later ones have made of
//! it. And a table that somebody else has made is not the chain's, however well it fits. What is missing is drift, which
//! is `verify`'s to tell and no reason to stop.

use std::collections::{BTreeMap, BTreeSet};

use pkmig_schema::step::Change;
use pkmig_schema::{Migration, ObjectKind as Kind, Step, Version};
use sqlx::PgConnection;

use super::dropped::{dropped, overwritten};
use super::install::Install;
use super::{Migrator, ledger, preflight};
use crate::misfit::{MisfitKind, Taken};
use crate::plan::PlannedVersion;
use crate::plan::data_at_risk::Dropped;
use crate::verify::{Found, Holder, ObjectKind, Stages};
use crate::{Chain, Edit, Entry, Error, Ledger};
use pkmig_sql::{Context, Entering, Transaction};

/// Refuses a run for which what is there speaks against the stamp. It answers `false` if the stamp is another one by now:
/// another runner is at work, and the install has to be read again.
pub(super) async fn fits(
    migrator: &Migrator,
    install: &Install,
    context: &Context,
    target: Version,
    connection: &mut PgConnection,
) -> Result<bool, Error> {
    let found = Found::read(migrator.chain, context, connection).await.map_err(Error::Connection)?;
    if found.stamp != install.comment {
        return Ok(false);
    }
    if found.relations.is_empty() && found.functions.is_empty() {
        return Ok(true);
    }
    // What is given over by name says nothing of the version.
    let mut names = found.names.clone();
    if !migrator.take_over.is_empty() {
        let before = migrator.chain.schema_at(install.version);
        let declared: BTreeSet<_> = before.tables().map(|table| context.name(table.name)).collect();
        let given = |table: &String| migrator.take_over.contains(table) && !declared.contains(table);
        names.retain(|(_, table, name)| !given(table.as_ref().unwrap_or(name)));
    }
    let stages = Stages::new(migrator.chain, context, names);
    let case = Case { migrator, install, context, from: install.version, target, found, stages };
    match &install.comment {
        None => case.unstamped(connection).await,
        Some(_) => case.stamped(connection).await,
    }
    .map(|()| true)
}

/// An install and what a run is about to do to it.
struct Case<'a> {
    migrator: &'a Migrator,
    install: &'a Install,
    context: &'a Context,
    from: Version,
    target: Version,
    found: Found,
    stages: Stages<'a>,
}

impl Case<'_> {
    fn chain(&self) -> &'static Chain {
        self.migrator.chain
    }

    fn is_up(&self) -> bool {
        self.target > self.from
    }

    fn misfit(&self, kind: MisfitKind, evidence: Vec<String>) -> Error {
        self.install.misfit(self.chain(), self.context.prefix(), kind, evidence)
    }

    /// The version that a run begins with: the first one that it applies, or leaves.
    fn first(&self) -> Option<&'static Migration> {
        let versions = self.chain().migrations().iter().copied();
        match self.is_up() {
            true => versions.into_iter().find(|migration| migration.version > self.from),
            false => self.chain().migration(self.from),
        }
    }

    /// Where the first version leads to.
    fn next(&self) -> Option<Version> {
        match self.is_up() {
            true => self.first().map(|migration| migration.version),
            // All of them at once.
            false if self.target == Version(0) => Some(Version(0)),
            false => Some(self.chain().previous(self.from)),
        }
    }

    async fn unstamped(&self, connection: &mut PgConnection) -> Result<(), Error> {
        let tracked = self.context.name(self.chain().tracked_by);
        let is_there = self.found.relations.contains_key(&tracked);
        if is_there && !self.migrator.take_over.contains(&tracked) {
            if self.has_begun()? {
                return Ok(());
            }
            // OK because the chain makes the tracking table, so it has a stage.
            let place = self.stages.closest().last().copied().unwrap_or_default();
            let closest = self.stages.stages.get(place).map_or(Version(0), |stage| stage.first);
            return Err(self.misfit(MisfitKind::Unstamped { closest }, self.stages.evidence(place)));
        }
        self.check_tables(&BTreeSet::new(), connection).await?;
        self.check_owners()
    }

    /// Whether the first version, of several transactions, was broken off before it was stamped: all that it makes in its first
    /// transaction is there, and nothing that it does not make, and it is all the role's own.
    fn has_begun(&self) -> Result<bool, Error> {
        let Some(first) = self.first() else { return Ok(false) };
        let planned = self.migrator.planned(self.context, Version(0), first.version)?;
        let [version] = planned.as_slice() else { return Ok(false) };
        let replayed = self.chain().replayed(self.chain().schema_at(Version(0)), first);
        let made_at_first = version
            .statements
            .iter()
            .take_while(|one| one.transaction == Transaction::Inside)
            .filter_map(|one| replayed.moments.get(one.step))
            .filter_map(|moment| match &moment.step {
                Step::CreateTable { def, .. } => replayed.after.tables().find(|table| table.name == def.name),
                _ => None,
            })
            .map(|table| self.context.name(table.name))
            .all(|name| self.found.relations.contains_key(&name));
        let own = self.found.relations.values().all(|holder| holder.is_own && holder.kind != "foreign table");
        let place = self.stages.place(first.version);
        let beyond = self.stages.ours() > self.stages.there(place);
        Ok(version.segments.len() > 1 && made_at_first && own && !beyond)
    }

    async fn stamped(&self, connection: &mut PgConnection) -> Result<(), Error> {
        self.check_owners()?;
        let ledger = ledger::read(self.migrator, connection).await?;
        self.check_edited(&ledger)?;
        let known = stands_at(&ledger, self.chain());
        // A table of a version that the ledger does not know of has been made by somebody else.
        let speaks = known.is_some_and(|known| known <= self.from);
        if speaks {
            self.check_tables(&self.accepted(known)?, connection).await?;
        }
        self.check_later()?;
        self.check_whose(known)?;
        if self.is_up() {
            self.check_rivals(known, connection).await?;
        }
        match speaks {
            true => Ok(()),
            false => self.check_tables(&self.accepted(known)?, connection).await,
        }
    }

    /// The places of the stamped version and of the one that comes next above it, and how far the closer one is.
    fn here(&self) -> ([Option<usize>; 2], usize) {
        let above = self.chain().migrations().iter().find(|migration| migration.version > self.from);
        let (here, above) = (self.stages.place(self.from), above.map(|it| self.stages.place(it.version)));
        let distance = self.stages.distance(here);
        let least = above.map_or(distance, |above| self.stages.distance(above).min(distance));
        ([here, above.unwrap_or(here)], least)
    }

    /// The places of later versions than those.
    fn later(&self, here: [Option<usize>; 2]) -> std::ops::Range<usize> {
        here.iter().flatten().max().map_or(0, |last| last + 1)..self.stages.stages.len()
    }

    /// Refuses what a later version fits better. A second run of the next version, and one that was broken off, go on.
    fn check_later(&self) -> Result<(), Error> {
        let (here, least) = self.here();
        let later = self.later(here).filter(|place| self.stages.distance(Some(*place)) < least);
        let closest = later.min_by_key(|place| self.stages.distance(Some(*place)));
        match closest.filter(|place| self.stages.shows(*place, &here)) {
            Some(place) => {
                let like = self.stages.stages[place].first;
                Err(self.misfit(MisfitKind::Behind { like }, self.stages.evidence(place)))
            }
            None => Ok(()),
        }
    }

    /// Refuses a stamp beside which nothing of its version is there, and of which the ledger does not know.
    fn check_whose(&self, known: Option<Version>) -> Result<(), Error> {
        let schema = self.chain().schema_at(self.from);
        let tables = schema.tables().map(|table| self.context.name(table.name));
        let tracked = self.context.name(self.chain().tracked_by);
        let others: Vec<_> = tables.filter(|name| *name != tracked).collect();
        let is_there = |name: &String| self.found.relations.contains_key(name);
        match others.first() {
            Some(first) if known.is_none() && !others.iter().any(is_there) => {
                let more = if others.len() > 1 { format!(" and {} more", others.len() - 1) } else { String::new() };
                let lacks = format!("lacks table `{first}`{more}, which {} declares", self.from);
                Err(self.misfit(MisfitKind::NotItsStamp, vec![lacks]))
            }
            _ => Ok(()),
        }
    }

    /// Where a later version has the same names, the ledger decides. Where it is silent or says otherwise, and the way there
    /// would lose values, somebody has to.
    async fn check_rivals(&self, known: Option<Version>, connection: &mut PgConnection) -> Result<(), Error> {
        let (here, least) = self.here();
        let near = |version: Version| here.iter().flatten().any(|place| self.stages.stages[*place].holds(version));
        let above = self.next().unwrap_or(self.from);
        let rival = match known {
            Some(known) if known <= above => return Ok(()),
            Some(known) if near(known) => Some(known),
            Some(known) if self.stages.place(known).is_some_and(|it| self.stages.distance(Some(it)) <= least) => {
                // OK because the version was found at a place.
                let place = self.stages.place(known).unwrap_or_default();
                let mut evidence = vec![format!("the ledger says that {known} was applied")];
                evidence.extend(self.stages.evidence(place));
                return Err(self.misfit(MisfitKind::Behind { like: known }, evidence));
            }
            Some(known) => Some(known),
            None => {
                let mut same = self.later(here).filter(|place| self.stages.distance(Some(*place)) == least);
                same.next_back().map(|place| self.stages.stages[place].last)
            }
        };
        let Some(rival) = rival.filter(|_| !self.migrator.allow_data_loss) else { return Ok(()) };
        let planned = self.migrator.planned(self.context, self.from, self.target)?;
        let holding = self.at_stake(&planned, rival, connection).await?;
        match holding.is_empty() {
            true => Ok(()),
            false => {
                let evidence = match known {
                    Some(known) => vec![format!("the ledger says that {known} was applied")],
                    None => vec!["the ledger knows nothing of it".to_owned()],
                };
                Err(self.misfit(MisfitKind::Undecided { rival, holding }, evidence))
            }
        }
    }

    /// What versions up to `last` would drop or overwrite.
    async fn at_stake(
        &self,
        planned: &[PlannedVersion],
        last: Version,
        connection: &mut PgConnection,
    ) -> Result<Vec<String>, Error> {
        let before = self.chain().schema_at(self.from);
        let versions = planned.iter().filter(|version| version.migration.version <= last);
        let mut drops = Vec::new();
        for version in versions {
            drops.extend(version.drops.iter().cloned());
            drops.extend(version.migration.steps.iter().filter_map(|step| overwritten(step, before)));
        }
        preflight::holding(self.migrator, self.context, &drops, connection).await
    }

    /// The tables that the first version of the run makes and may find: where it has been run before, or was broken off.
    fn accepted(&self, known: Option<Version>) -> Result<BTreeSet<String>, Error> {
        let (Some(first), Some(next)) = (self.first(), self.next()) else { return Ok(BTreeSet::new()) };
        let has_run = match known {
            Some(known) if self.is_up() => known >= next,
            Some(known) => known <= next,
            None => self.stages.missing_of(self.stages.place(next), self.stages.place(self.from)) == 0,
        };
        if !has_run {
            let target = if self.is_up() { first.version } else { next };
            let planned = self.migrator.planned(self.context, self.from, target)?;
            if planned.iter().all(|version| version.segments.len() < 2) {
                return Ok(BTreeSet::new());
            }
        }
        let after = self.chain().schema_at(next);
        Ok(after.tables().map(|table| self.context.name(table.name)).collect())
    }

    /// Refuses to take for the chain's own what the run would make, and what is there already.
    async fn check_tables(&self, accepted: &BTreeSet<String>, connection: &mut PgConnection) -> Result<(), Error> {
        let made = self.made();
        let there = made.iter().filter_map(|(name, version)| Some((name, *version, self.found.relations.get(name)?)));
        let (mut taken, mut untrusted, mut own) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (name, version, holder) in there {
            let table = held(name, version, holder);
            match self.migrator.take_over.contains(name) || accepted.contains(name) {
                true if holder.is_ordinary() && holder.is_own => drop(own.insert(name.as_str())),
                true => untrusted.push(table),
                false => taken.push(table),
            }
        }
        if !taken.is_empty() {
            return Err(self.misfit(MisfitKind::Taken { tables: taken }, Vec::new()));
        }
        self.refuse_untrusted(untrusted)?;
        self.check_undeclared(&made, accepted, &own, connection).await
    }

    /// Refuses to go on from a version, or back through one, that was another one when it was applied.
    fn check_edited(&self, ledger: &Ledger) -> Result<(), Error> {
        if self.migrator.accept_edited {
            return Ok(());
        }
        let counts = |entry: &&&Entry| entry.version <= self.from && (self.is_up() || entry.version > self.target);
        let edited = ledger.edited(self.chain());
        let edits = edited.iter().filter(counts).map(|entry| Edit {
            version: entry.version,
            applied: entry.hash.clone(),
            now: self.chain().hash_at(entry.version).unwrap_or_default(),
            started: entry.started.clone(),
            program: entry.program.clone(),
        });
        let edits: Vec<_> = edits.collect();
        match edits.is_empty() {
            true => Ok(()),
            false => {
                let (chain, prefix) = (self.chain().name, self.context.prefix().clone());
                Err(Error::Edited { chain, prefix, edits })
            }
        }
    }

    /// Refuses to call, replace or write what somebody else owns: of what the stamped version declares, and the functions that the
    /// run would replace.
    fn check_owners(&self) -> Result<(), Error> {
        let declared = self.found.declared(self.chain().schema_at(self.from), self.context);
        let all = declared.chain(&self.found.functions).filter(|(_, holder)| !holder.is_trusted());
        let mut others: Vec<_> = all.map(|(name, holder)| held(name, self.from, holder)).collect();
        others.sort_by(|one, other| one.table.cmp(&other.table));
        self.refuse_untrusted(others)
    }

    fn refuse_untrusted(&self, tables: Vec<Taken>) -> Result<(), Error> {
        match tables.is_empty() {
            true => Ok(()),
            false => {
                let role = self.found.role.clone();
                Err(self.misfit(MisfitKind::Untrusted { role, tables }, Vec::new()))
            }
        }
    }

    /// The tables that the run makes, by what they are called then or later, and the first version that makes each.
    fn made(&self) -> BTreeMap<String, Version> {
        let before = self.chain().schema_at(self.from);
        let mut made = BTreeMap::new();
        let mut make = |name: &str, version: Version| {
            // A view of the chain's own may have it so far.
            if !before.has_relation(name) {
                made.entry(self.context.name(name)).or_insert(version);
            }
        };
        if self.target == Version(0) {
            return made;
        }
        if !self.is_up() {
            for migration in self.leaving() {
                let previous = self.chain().schema_at(self.chain().previous(migration.version));
                previous.tables().for_each(|table| make(table.name, migration.version));
            }
            return made;
        }
        for migration in self.coming() {
            for effect in migration.steps.iter().filter_map(Step::effect) {
                match effect.what() {
                    (Change::Create, Kind::Table) => make(effect.object.name, migration.version),
                    (Change::Rename(to), Kind::Table) => make(to, migration.version),
                    // Nothing is installed, so what is there is no leftover of an early version.
                    (Change::Drop, Kind::Table) if self.from == Version(0) => {
                        make(effect.object.name, migration.version);
                    }
                    _ => {}
                }
            }
        }
        made
    }

    fn coming(&self) -> impl Iterator<Item = &'static Migration> {
        let versions = self.chain().migrations().iter().copied();
        versions.filter(|migration| migration.version > self.from && migration.version <= self.target)
    }

    fn leaving(&self) -> impl Iterator<Item = &'static Migration> {
        let versions = self.chain().migrations().iter().rev().copied();
        versions.filter(|migration| migration.version <= self.from && migration.version > self.target)
    }

    /// Refuses to drop values that the stamped version does not declare: in a table that was taken over, in a column that is there
    /// before the version that makes it, and in a table of a name that only early installs had.
    async fn check_undeclared(
        &self,
        made: &BTreeMap<String, Version>,
        accepted: &BTreeSet<String>,
        taken_over: &BTreeSet<&str>,
        connection: &mut PgConnection,
    ) -> Result<(), Error> {
        if !self.is_up() || self.migrator.allow_data_loss {
            return Ok(());
        }
        let place = self.next().and_then(|next| self.stages.place(next));
        let mut declared = self.stages.names(self.stages.place(self.from));
        declared.extend(self.stages.names(place));
        let undeclared = |dropped: &Dropped| {
            let column = |column: &String| (ObjectKind::Column, Some(dropped.table.clone()), column.clone());
            let table = (ObjectKind::Table, None, dropped.table.clone());
            match &dropped.column {
                _ if self.migrator.take_over.contains(&dropped.table)
                    && taken_over.contains(dropped.table.as_str()) =>
                {
                    true
                }
                _ if accepted.contains(&dropped.table) => false,
                Some(name) => {
                    let known = column(name);
                    !declared.contains(&known) && self.stages.knows(&known)
                }
                None => !declared.contains(&table) && !made.contains_key(&dropped.table),
            }
        };
        let drops: Vec<_> = dropped(self.coming(), self.context).into_iter().filter(undeclared).collect();
        let holding = preflight::holding(self.migrator, self.context, &drops, connection).await?;
        match holding.is_empty() {
            true => Ok(()),
            false => Err(self.misfit(MisfitKind::Undeclared { holding }, Vec::new())),
        }
    }
}

fn held(name: &str, version: Version, holder: &Holder) -> Taken {
    let Holder { kind, owner, is_own: trusted, .. } = holder.clone();
    Taken { table: name.to_owned(), kind, owner, trusted, version }
}

/// The version that an install is at as far as the ledger knows: its last line says so, if it has any.
pub(super) fn stands_at(ledger: &Ledger, chain: &Chain) -> Option<Version> {
    ledger.entries.iter().rev().find_map(|entry| match entry.entering? {
        Entering::Up | Entering::Baseline | Entering::Heal | Entering::Adopt => Some(entry.version),
        Entering::Down => Some(chain.previous(entry.version)),
        // It looks at the schema, whatever the version says.
        Entering::Repair => None,
    })
}
