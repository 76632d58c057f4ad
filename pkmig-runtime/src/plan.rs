//! What is about to run: the versions between two, with their steps and SQL.

pub(crate) mod data_at_risk;
pub(crate) mod privileges;
mod uninstall;

use pkmig_schema::baseline::{Folded, NoBaseline};
use pkmig_schema::down::inverse::NoInverse;
use pkmig_schema::own::OwnRows;
use pkmig_schema::replay::{Moment, Replayed};
use pkmig_schema::{Class, Down, Migration, Report, Schema, Version};

use crate::dependent::Dependent;
use crate::fired::Fired;
use crate::{Chain, Error};
use data_at_risk::{Dropped, Past, Unfilled};
use pkmig_sql::going::{Going, Goings};
use pkmig_sql::shown;
use pkmig_sql::{self as sql, Ask, Context, Direction, Guarded, Outcome, Own, Path, Segment, lower, lower_down};
use privileges::{Right, rights};
pub use uninstall::Left;

/// A version that is about to run.
#[derive(Debug)]
pub struct PlannedVersion {
    /// The version; of a baseline the last one.
    pub migration: &'static Migration,
    /// Whether it is a baseline: all versions up to this one at once, for a fresh install.
    pub baseline: bool,
    /// Of an uninstall of this version and all before it: what it leaves.
    pub uninstall: Option<Left>,
    /// The number of versions: one, except for a baseline and an uninstall.
    pub versions: usize,
    /// Up or down.
    pub direction: Direction,
    /// Of a down: what it brings back. Of an up: what its down would.
    pub class: Class,
    /// Its guarded statements.
    pub statements: Vec<Guarded>,
    /// What it drops that may hold rows.
    pub drops: Vec<Dropped>,
    /// Of a down, if a database was asked: the data that it would lose, each in a few words.
    pub holds: Vec<String>,
    /// Of a down, if a database was asked: seeded rows that stay, because they were changed or are referenced.
    pub stays: Vec<String>,
    /// The privileges that it needs on objects that exist before the plan.
    pub rights: Vec<Right>,
    /// Objects outside the chain that depend on what it drops or changes, if a database was asked.
    pub dependents: Vec<Dependent>,
    /// Triggers outside the chain that it fires and that find names by its search path, if a database was asked.
    pub fires: Vec<Fired>,
    pub(crate) going: Vec<Going>,
    pub(crate) asks: Vec<Ask>,
    pub(crate) unfilled: Vec<Unfilled>,
    /// Its SQL in the pieces that are sent.
    pub segments: Vec<Segment>,
    /// The search path that it runs under.
    pub(crate) path: Path,
    /// Of a baseline: what psql asks before it.
    pub(crate) before: String,
}

impl PlannedVersion {
    /// Its steps, in one line each.
    pub fn steps(&self) -> Vec<&str> {
        let mut steps: Vec<(usize, &str)> = self.statements.iter().map(|one| (one.step, one.text.as_str())).collect();
        steps.dedup();
        steps.into_iter().map(|(_, text)| text).collect()
    }

    /// Its SQL: a script that psql runs, any number of times.
    pub fn sql(&self) -> String {
        if self.baseline {
            return self.baseline_sql();
        }
        let (version, title) = (self.migration.version, shown::line(self.migration.title));
        let mut text = match (self.direction, &self.uninstall) {
            (_, Some(left)) => left.heading(version),
            (Direction::Up, None) => format!("-- {version}: {title}\n"),
            (Direction::Down, None) => format!("-- {version} down: {title}\n"),
        };
        for segment in &self.segments {
            text.push_str(&segment.sql);
            // psql runs every row of such a query as a statement of its own.
            let statements = matches!(segment.kind, sql::SegmentKind::Statements { .. });
            text.push_str(if statements { "\n\\gexec\n" } else { ";\n" });
        }
        text
    }

    /// psql leaves the statements out where they have been run.
    fn baseline_sql(&self) -> String {
        let statements: String = self.segments.iter().map(|segment| format!("{};\n", segment.sql)).collect();
        format!(
            "-- all versions up to {} at once\nBEGIN;\n{}\n\\gset\n\\if :pkmig_done\n\\else\n{statements}\\endif\nCOMMIT;\n",
            self.migration.version, self.before
        )
    }

    /// A single version that is made of these statements, drops nothing and asks for nothing.
    fn new(
        migration: &'static Migration,
        (direction, class): (Direction, Class),
        (statements, segments): (Vec<Guarded>, Vec<Segment>),
        path: &Path,
    ) -> Self {
        Self {
            migration,
            baseline: false,
            uninstall: None,
            versions: 1,
            direction,
            class,
            statements,
            drops: Vec::new(),
            holds: Vec::new(),
            stays: Vec::new(),
            rights: Vec::new(),
            dependents: Vec::new(),
            fires: Vec::new(),
            going: Vec::new(),
            asks: Vec::new(),
            unfilled: Vec::new(),
            segments,
            path: path.clone(),
            before: String::new(),
        }
    }

    /// The same version, to be sent in these segments, for tests.
    #[cfg(feature = "rehearsal")]
    pub fn sent_as(&self, statements: Vec<Guarded>, segments: Vec<Segment>) -> Self {
        Self {
            baseline: self.baseline,
            uninstall: self.uninstall.clone(),
            versions: self.versions,
            ..Self::new(self.migration, (self.direction, self.class), (statements, segments), &self.path)
        }
    }

    /// The step at a line of one of its blocks; of a baseline, at the place of one of its statements.
    pub(crate) fn step_at(&self, segment: usize, line: Option<usize>) -> Option<&str> {
        let lines = &self.segments.get(segment)?.lines;
        let step = match line {
            Some(line) => lines.iter().rev().find(|(start, _)| *start <= line)?.1,
            None if lines.len() == 1 => lines[0].1,
            None => return None,
        };
        self.step(step)
    }

    /// The step of that place in one line.
    pub(crate) fn step(&self, step: usize) -> Option<&str> {
        self.statements.iter().find(|one| one.step == step).map(|one| one.text.as_str())
    }
}

/// Versions as one script for `psql -v ON_ERROR_STOP=1 -f`. Its head sets the settings that the versions need, its end resets
/// them. It begins no transaction, so it may run in one (`psql -1`). Its only `statement_timeout` is that of the migrator.
pub fn script(versions: &[PlannedVersion], migrator: &crate::Migrator) -> String {
    let lossy = |version: &PlannedVersion| match (version.direction, version.class, &version.uninstall) {
        (Direction::Down, Class::Lossy, None) => "-- lossy: data that it drops is gone\n",
        _ => "",
    };
    let texts: String = versions.iter().map(|version| format!("\n{}{}", lossy(version), version.sql())).collect();
    let path = versions.first().map(|version| version.path.clone()).unwrap_or_default();
    let pins = sql::Pins { path, time_outs: migrator.time_outs() };
    format!("{}{texts}{}", sql::session::head(&pins, migrator.trusted()), sql::session::tail())
}

/// Lets the questions of a plan know what goes by itself: that is not taken along by anything.
fn take_along(planned: &mut [PlannedVersion], schema: &Schema, to: Version, own: Own<'_>, context: &Context) {
    let dropped = planned.iter().flat_map(|version| &version.asks).filter_map(Ask::whole_table);
    let mut going: Vec<_> = dropped.map(|table| (table.to_owned(), None)).collect();
    going.extend(sql::going_seeds(schema, to, own, context));
    for ask in planned.iter_mut().flat_map(|version| &mut version.asks).filter(|ask| ask.follows()) {
        ask.going.clone_from(&going);
    }
}

/// What lies between two versions of a chain, in one prefix.
#[derive(Debug)]
pub struct Planner<'a> {
    /// The chain.
    pub chain: &'static Chain,
    /// Where it runs.
    pub context: &'a Context,
    /// Whether a missing schema is created.
    pub create_schema: bool,
    /// Whether versions leave a line in the ledger.
    pub ledger: bool,
    /// What the transactions have set.
    pub(crate) pins: sql::Pins,
}

impl Planner<'_> {
    /// The versions above `from`, up to `to`.
    pub fn up(&self, from: Version, to: Version) -> Vec<PlannedVersion> {
        let start = self.chain.schema_at(from);
        let (mut past, mut goings) = (Past::new(self.context, None), Goings::new(start));
        self.chain
            .replay(from, to)
            .map(|(migration, replayed)| {
                let class = replayed.class(migration);
                let going = goings.pass(Direction::Up, migration, &replayed, &replayed.moments);
                let version = self.version(migration, None, class, &replayed.moments, start, &mut past);
                PlannedVersion { going, ..version }
            })
            .collect()
    }

    /// The versions from `from` down to the one above `to`; to V0, all of them at once.
    ///
    /// # Errors
    /// If one of them is irreversible, and `to` is not V0.
    pub fn down(&self, from: Version, to: Version) -> Result<Vec<PlannedVersion>, Error> {
        if to == Version(0) {
            return Ok(self.uninstall(from).into_iter().collect());
        }
        let start = self.chain.schema_at(from);
        let mut downs = Vec::new();
        for (migration, replayed) in self.chain.replay(to, from) {
            let (moments, class) = down_moments(&replayed, migration)?;
            downs.push((migration, replayed, moments, class));
        }
        let own = Own { rows: self.chain.own_rows(), version: from };
        let (mut past, mut goings) = (Past::new(self.context, Some((start, own))), Goings::new(start));
        let newest_first = downs.into_iter().rev();
        let mut planned: Vec<_> = newest_first
            .map(|(migration, replayed, moments, class)| {
                let going = goings.pass(Direction::Down, migration, &replayed, &moments);
                let version = self.version(migration, Some(own.rows), class, &moments, start, &mut past);
                PlannedVersion { going, ..version }
            })
            .collect();
        take_along(&mut planned, start, to, own, self.context);
        Ok(planned)
    }

    /// All versions up to `to` at once, for a fresh install.
    ///
    /// # Errors
    /// If the chain has no baseline.
    pub fn baseline(&self, to: &'static Migration) -> Result<PlannedVersion, NoBaseline> {
        let Folded { moments, class } = self.chain.fold(to.version)?;
        let statements = sql::baseline::plain(&moments, self.context);
        let version = self.target(to, Direction::Up, &[]);
        let versions = self.chain.migrations().iter().take_while(|migration| migration.version <= to.version);
        let versions: Vec<_> = versions.map(|migration| (migration.version.0, crate::hash::hash(migration))).collect();
        let segment = sql::baseline::segment(&version, &moments, &statements, &versions);
        // What psql asks before it.
        let before = [sql::baseline::lock(&version), sql::baseline::is_done(&version)].join(";\n");
        Ok(PlannedVersion {
            baseline: true,
            versions: self.chain.between(Version(0), to.version),
            rights: rights(&moments, self.chain.schema_at(Version(0)), self.chain),
            before,
            ..PlannedVersion::new(to, (Direction::Up, class), (statements, vec![segment]), &self.pins.path)
        })
    }

    fn target(&self, migration: &Migration, direction: Direction, moments: &[Moment]) -> sql::Version<'_> {
        sql::Version {
            chain: self.chain.name,
            tracked_by: self.chain.tracked_by,
            number: migration.version.0,
            previous: self.chain.previous(migration.version).0,
            direction,
            derived: direction == Direction::Down && matches!(migration.down, Down::Derived),
            hash: crate::hash::hash(migration),
            leaves: Vec::new(),
            create_schema: self.create_schema,
            pins: &self.pins,
            ledger: self.ledger,
            owned: sql::trust::owned(moments, self.context),
            context: self.context,
        }
    }

    fn version(
        &self,
        migration: &'static Migration,
        back: Option<&OwnRows>,
        class: Class,
        moments: &[Moment],
        start: &Schema,
        past: &mut Past<'_>,
    ) -> PlannedVersion {
        let (direction, statements) = match back {
            None => (Direction::Up, lower(moments, self.context)),
            Some(own) => (Direction::Down, lower_down(moments, migration.version, own, self.context)),
        };
        let outcome = Outcome::new(moments, &statements, self.context);
        let segments = self.segments(migration, direction, moments, &statements, &outcome);
        let (mut drops, mut unfilled, mut asks) = (Vec::new(), Vec::new(), Vec::new());
        for found in moments.iter().map(|moment| past.pass(moment)) {
            drops.extend(found.dropped);
            unfilled.extend(found.unfilled);
            asks.extend(found.ask);
        }
        PlannedVersion {
            drops,
            rights: rights(moments, start, self.chain),
            asks,
            unfilled,
            ..PlannedVersion::new(migration, (direction, class), (statements, segments), &self.pins.path)
        }
    }

    /// The SQL of a version that consists of these statements, as it is sent.
    pub(crate) fn segments(
        &self,
        migration: &Migration,
        direction: Direction,
        moments: &[Moment],
        statements: &[Guarded],
        outcome: &Outcome,
    ) -> Vec<Segment> {
        sql::version(&self.target(migration, direction, moments), statements, outcome)
    }
}

/// The steps of a version's down.
pub(crate) fn down_moments(replayed: &Replayed, migration: &Migration) -> Result<(Vec<Moment>, Class), Error> {
    replayed.down(migration, &mut Report::default()).map_err(|reason| {
        let why = match reason {
            NoInverse::Irreversible(why) => why.to_owned(),
            // `chain!` refuses such a version; a chain put together by hand may still hold one.
            NoInverse::Missing(problem) => problem.message,
        };
        Error::Irreversible { version: migration.version, why }
    })
}
