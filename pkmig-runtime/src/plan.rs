//! What is about to run: the versions between two, with their steps and SQL.

use pkmig_schema::inverse::NoInverse;
use pkmig_schema::replay::{Moment, Replayed};
use pkmig_schema::{Class, Down, Migration, Report, Schema, Step, Version};

use crate::sql::{self, Context, Direction, Guarded, Segment, lower};
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
    pub(crate) segments: Vec<Segment>,
}

/// A table or column that a version drops, by the names it has before the plan is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// The table.
    pub table: String,
    /// The column, if the table stays.
    pub column: Option<String>,
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
        let mut schema = self.chain.schema_at(from);
        let mut past = Past::default();
        let between = self.chain.migrations().iter().filter(|m| m.version > from && m.version <= to);
        between
            .map(|migration| {
                let replayed = self.chain.replayed(&schema, migration);
                schema = replayed.after.clone();
                let class = match migration.down {
                    Down::Irreversible(_) => Class::Irreversible,
                    Down::Written(_) => Class::Lossless,
                    Down::Derived => replayed.moments.iter().map(|m| m.class).max().unwrap_or(Class::Lossless),
                };
                self.version(migration, Direction::Up, class, &replayed.moments, &mut past)
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
        let mut past = Past::default();
        let newest_first = downs.into_iter().rev();
        Ok(newest_first
            .map(|(m, moments, class)| self.version(m, Direction::Down, class, &moments, &mut past))
            .collect())
    }

    fn version(
        &self,
        migration: &'static Migration,
        direction: Direction,
        class: Class,
        moments: &[Moment],
        past: &mut Past,
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
        let segments = sql::version(&version, &statements);
        let drops = moments.iter().filter_map(|moment| past.drop(&moment.step)).collect();
        PlannedVersion { migration, direction, class, statements, drops, segments }
    }
}

/// The steps of a plan so far: what is dropped may have had another name before them, and whoever looks for its rows
/// before the plan is run must look there.
#[derive(Default)]
struct Past(Vec<Step>);

impl Past {
    /// What a step drops of what was there before the plan.
    fn drop(&mut self, step: &Step) -> Option<Dropped> {
        let (table, column) = match step {
            Step::DropTable { table, .. } => (*table, None),
            Step::DropColumn { table, column, .. } => (*table, Some(*column)),
            Step::RenameTable { .. }
            | Step::RenameColumn { .. }
            | Step::CreateTable { .. }
            | Step::AddColumn { .. } => {
                self.0.push(step.clone());
                return None;
            }
            _ => return None,
        };
        let (mut table, mut column) = (table, column);
        for earlier in self.0.iter().rev() {
            match earlier {
                Step::RenameTable { from, to, .. } if *to == table => table = from,
                Step::RenameColumn { table: of, from, to, .. } if *of == table && column == Some(*to) => {
                    column = Some(from);
                }
                // Made by the plan itself.
                Step::CreateTable { def, .. } if def.name == table => return None,
                Step::AddColumn { table: of, column: added, .. } if *of == table && column == Some(added.name) => {
                    return None;
                }
                _ => {}
            }
        }
        Some(Dropped { table: table.to_owned(), column: column.map(str::to_owned) })
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
