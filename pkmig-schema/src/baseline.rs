//! A schema made in one go, without the history that led to it, and with it the rows that the history brings.
//!
//! The steps of the schema are the inverse of dropping everything, so a kind of object that has a way back has a place
//! here, too. The rows are those of the seeds, carried through the steps after them to the names, types and values that
//! they end with. What a step does to them must be evident, or the step has to say it (`on_fresh`).

mod carry;
mod fold;
mod rows;

use std::fmt;

use crate::down::inverse::structural;
use crate::replay::{Moment, replay, steps};
use crate::{Class, Migration, Problem, Report, Requirement, Schema, Step, Version};

/// A history, folded.
#[derive(Debug, Clone)]
pub struct Folded {
    /// The steps that make its last schema, and the rows that it leaves in a fresh install.
    pub moments: Vec<Moment>,
    /// What the downs of its versions bring back.
    pub class: Class,
}

impl Folded {
    /// The file of one version that holds it all.
    pub fn source(&self, version: Version) -> String {
        let steps: Vec<Step> = self.moments.iter().map(|moment| moment.step.clone()).collect();
        crate::source::version(version, "all versions so far", &steps)
    }
}

/// Why a history cannot be folded.
#[derive(Debug, Clone)]
pub struct NoBaseline {
    /// The version of the step.
    pub version: Version,
    /// The step in one line.
    pub step: String,
    /// What it leaves open.
    pub problem: Problem,
}

impl fmt::Display for NoBaseline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, `{}`: {}", self.version, self.step, self.problem.message)
    }
}

/// The steps that make `schema` where nothing is, in an order in which PostgreSQL can run them: extensions, types and
/// functions, then the tables, the older ones first, then the foreign keys that point ahead.
///
/// A function comes before the tables that its body names: PostgreSQL must be told not to look into bodies
/// (`check_function_bodies`, manual section 20.11).
pub fn baseline(schema: &Schema) -> Vec<Step> {
    let extensions = schema.extensions().map(|name| Step::CreateExtension { name });
    // OK because a type fails to turn back only where a column is there already.
    let objects = structural(schema, &Schema::default(), None).unwrap_or_default();
    extensions.chain(objects).collect()
}

/// The same, replayed: each step with the schema on both sides of it.
pub fn replayed(schema: &Schema) -> Vec<Moment> {
    on_nothing(schema, baseline(schema))
}

/// A whole history at once.
///
/// # Errors
/// Where a step does something to rows that neither the model knows nor its author has said.
pub fn fold<'a>(
    requirements: &[Requirement],
    migrations: impl IntoIterator<Item = &'a Migration>,
) -> Result<Folded, NoBaseline> {
    let mut class = Class::Lossless;
    let (mut schema, mut history) = (Schema::requiring(requirements), fold::History::default());
    for migration in migrations {
        let replayed = replay(&schema, migration, &mut Report::default());
        for moment in &replayed.moments {
            let no_baseline =
                |problem| NoBaseline { version: migration.version, step: moment.step.to_string(), problem };
            history.pass(moment).map_err(no_baseline)?;
        }
        class = class.max(replayed.class(migration));
        schema = replayed.after;
    }
    let carried = carry::carry(&history, &schema, baseline(&schema)).map_err(|problem| NoBaseline {
        version: schema.version,
        step: "the rows of a fresh install".to_owned(),
        problem,
    })?;
    Ok(Folded { moments: check(&schema, carried)?, class })
}

/// The steps on rows name what the last schema has.
fn check(schema: &Schema, carried: Vec<Step>) -> Result<Vec<Moment>, NoBaseline> {
    let moments = on_nothing(schema, carried);
    for moment in &moments {
        let rows = matches!(
            moment.step,
            Step::Seed(_) | Step::DeleteRows(_) | Step::Backfill(_) | Step::RenameValue(_) | Step::Execute(_)
        );
        if !rows {
            continue;
        }
        let mut report = Report::default();
        moment.step.apply(&mut moment.before.clone(), &mut report);
        if let Some(problem) = report.into_problems().into_iter().next() {
            let message = format!("a fresh install runs it on the schema of {}: {}", schema.version, problem.message);
            let problem = Problem::new(problem.at, message);
            return Err(NoBaseline { version: schema.version, step: moment.step.to_string(), problem });
        }
    }
    Ok(moments)
}

fn on_nothing(schema: &Schema, all: Vec<Step>) -> Vec<Moment> {
    let mut made = Schema::requiring(&schema.requirements);
    made.begin(schema.version);
    steps(&mut made, all)
}
