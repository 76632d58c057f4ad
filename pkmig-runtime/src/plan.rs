//! What is about to run: the versions between two, with their steps and SQL.

use pkmig_schema::inverse::NoInverse;
use pkmig_schema::replay::{Moment, Replayed};
use pkmig_schema::{Class, Migration, Report, Schema, Version};

use crate::right::{Right, rights};
use crate::sql::{self, Context, Direction, Guarded, Outcome, Segment, lower};
use crate::stake::{Dropped, Past, Unfilled};
use crate::{Chain, Error};

/// A version that is about to run.
#[derive(Debug)]
pub struct PlannedVersion {
    /// The version.
    pub migration: &'static Migration,
    /// Which way.
    pub direction: Direction,
    /// Of a down: what it brings back. Of an up: what its down would.
    pub class: Class,
    /// Its guarded statements.
    pub statements: Vec<Guarded>,
    /// What it drops that may hold rows.
    pub drops: Vec<Dropped>,
    /// The rights that it needs of what is there before the plan.
    pub rights: Vec<Right>,
    pub(crate) unfilled: Vec<Unfilled>,
    pub(crate) segments: Vec<Segment>,
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
        let arrow = if self.direction == Direction::Up { "" } else { " down" };
        let mut text = format!("-- {}{arrow}: {}\n", self.migration.version, self.migration.title);
        for segment in &self.segments {
            text.push_str(&segment.sql);
            // psql runs every row of such a query as a statement of its own.
            let statements = segment.kind == sql::SegmentKind::Statements;
            text.push_str(if statements { "\n\\gexec\n" } else { ";\n" });
        }
        text
    }

    /// The step at a line of one of its blocks.
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

/// What lies between two versions of a chain, in one prefix.
#[derive(Debug)]
pub struct Planner<'a> {
    /// The chain.
    pub chain: &'static Chain,
    /// Where it runs.
    pub context: &'a Context,
    /// Whether a missing schema is created.
    pub create_schema: bool,
    /// How long a batch of rows waits for a lock.
    pub lock_timeout: std::time::Duration,
}

impl Planner<'_> {
    /// The versions above `from`, up to `to`.
    pub fn up(&self, from: Version, to: Version) -> Vec<PlannedVersion> {
        let start = self.chain.schema_at(from);
        let mut schema = start.clone();
        let mut past = Past::new(self.context);
        let between = self.chain.migrations().iter().filter(|m| m.version > from && m.version <= to);
        between
            .map(|migration| {
                let replayed = self.chain.replayed(&schema, migration);
                schema = replayed.after.clone();
                let class = replayed.class(migration);
                self.version(migration, Direction::Up, class, &replayed.moments, &start, &mut past)
            })
            .collect()
    }

    /// The versions from `from` down to the one above `to`.
    ///
    /// # Errors
    /// If one of them is irreversible.
    pub fn down(&self, from: Version, to: Version) -> Result<Vec<PlannedVersion>, Error> {
        let mut schema: Schema = self.chain.schema_at(to);
        let mut downs = Vec::new();
        for migration in self.chain.migrations().iter().filter(|m| m.version > to && m.version <= from) {
            let replayed = self.chain.replayed(&schema, migration);
            let (moments, class) = down_moments(&replayed, migration)?;
            downs.push((migration, moments, class));
            schema = replayed.after;
        }
        let mut past = Past::new(self.context);
        let newest_first = downs.into_iter().rev();
        Ok(newest_first
            .map(|(m, moments, class)| self.version(m, Direction::Down, class, &moments, &schema, &mut past))
            .collect())
    }

    fn version(
        &self,
        migration: &'static Migration,
        direction: Direction,
        class: Class,
        moments: &[Moment],
        start: &Schema,
        past: &mut Past<'_>,
    ) -> PlannedVersion {
        let statements = lower(moments, self.context);
        let version = sql::Version {
            chain: self.chain.name,
            tracked_by: self.chain.tracked_by,
            number: migration.version.0,
            direction,
            create_schema: self.create_schema,
            lock_timeout: self.lock_timeout,
            context: self.context,
        };
        let segments = sql::version(&version, &statements, &Outcome::new(moments, &statements, self.context));
        let (drops, unfilled): (Vec<_>, Vec<_>) = moments.iter().map(|moment| past.pass(moment)).unzip();
        PlannedVersion {
            migration,
            direction,
            class,
            statements,
            drops: drops.into_iter().flatten().collect(),
            rights: rights(moments, start, self.chain),
            unfilled: unfilled.into_iter().flatten().collect(),
            segments,
        }
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
