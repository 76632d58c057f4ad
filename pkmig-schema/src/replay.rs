//! A chain replayed on the model: the schema before and after every step, up and down.

use crate::down::demand::demands;
use crate::down::inverse::{NoInverse, inverse};
use crate::down::{prune, written};
use crate::step::Seed;
use crate::{Class, Down, Migration, Problem, Report, Schema, Step};

/// A step on its way to SQL, with the schema on both sides of it.
#[derive(Debug, Clone)]
pub struct Moment {
    /// The step.
    pub step: Step,
    /// The schema before it.
    pub before: Schema,
    /// The schema after it.
    pub after: Schema,
    /// What its down brings back; of a down's own step, what it loses.
    pub class: Class,
}

/// A version replayed up.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// Its steps.
    pub moments: Vec<Moment>,
    /// The schema before the version.
    pub before: Schema,
    /// The schema after it.
    pub after: Schema,
}

impl Schema {
    /// Starts a version's steps, or the steps of its down.
    pub fn begin(&mut self, version: crate::Version) {
        self.version = version;
        self.dropped_here = Default::default();
        self.renamed_here = Default::default();
    }
}

/// Applies a version's steps to `schema` without looking at what lies between them.
pub fn apply(schema: &mut Schema, migration: &Migration, report: &mut Report) {
    schema.begin(migration.version);
    for step in migration.steps {
        step.apply(schema, report);
    }
}

/// Replays a version on the schema before it.
pub fn replay(before: &Schema, migration: &Migration, report: &mut Report) -> Replayed {
    let mut now = before.clone();
    now.begin(migration.version);
    let moments = through(&mut now, migration.steps.iter().cloned(), report);
    Replayed { moments, before: before.clone(), after: now }
}

/// Replays steps that need no permission: what the checks would say has been said of the steps that they follow from.
pub(crate) fn steps(now: &mut Schema, steps: impl IntoIterator<Item = Step>) -> Vec<Moment> {
    through(now, steps.into_iter(), &mut Report::default())
}

fn through(now: &mut Schema, steps: impl Iterator<Item = Step>, report: &mut Report) -> Vec<Moment> {
    steps.map(|step| pass(now, step, report)).collect()
}

/// Takes one step.
pub(crate) fn pass(now: &mut Schema, step: Step, report: &mut Report) -> Moment {
    let before = now.clone();
    step.apply(now, report);
    let class = step.class(&before, now);
    Moment { step, before, after: now.clone(), class }
}

impl Replayed {
    /// The steps of the down, with the schema on both sides of each, and the class of the whole.
    ///
    /// # Errors
    /// Where the version, or a step of it, is irreversible, or a step has no inverse.
    pub fn down(&self, migration: &Migration, report: &mut Report) -> Result<(Vec<Moment>, Class), NoInverse> {
        let mut now = self.after.clone();
        now.begin(migration.version);
        match &migration.down {
            Down::Irreversible(why) => Err(NoInverse::Irreversible(why)),
            Down::Written(steps) => {
                let moments = self.written(migration, steps, report);
                let class = self.class(migration);
                Ok((moments, class))
            }
            Down::Derived => {
                let mut inverses = Vec::new();
                for moment in self.moments.iter().rev() {
                    let steps = inverse(&moment.step, &moment.before, &moment.after)?;
                    inverses.extend(steps.into_iter().map(|step| (moment, step)));
                }
                let moments = prune::without(self, &now, &inverses);
                let all = || steps(&mut now, inverses.into_iter().map(|(_, step)| step));
                Ok((moments.unwrap_or_else(all), self.class(migration)))
            }
        }
    }

    /// The steps of a down written by hand.
    fn written(&self, migration: &Migration, steps: &[Step], report: &mut Report) -> Vec<Moment> {
        let mut now = self.after.clone();
        now.begin(migration.version);
        through(&mut now, steps.iter().cloned(), report)
    }

    /// What the down brings back.
    pub fn class(&self, migration: &Migration) -> Class {
        let class = match &migration.down {
            Down::Irreversible(_) => Class::Irreversible,
            Down::Written(steps) => written::class(self, &self.written(migration, steps, &mut Report::default())),
            Down::Derived if self.hides_seeds() => Class::Lossy,
            Down::Derived => self.moments.iter().map(|moment| moment.class).max().unwrap_or(Class::Lossless),
        };
        if class == Class::Lossless && demands(self) { Class::Conditional } else { class }
    }

    /// Whether a later step writes into the columns that the way back finds the rows of a seed by.
    fn hides_seeds(&self) -> bool {
        let hides = |seed: &Seed, step: &Step| match step {
            Step::Backfill(fill) => fill.table == seed.table && seed.on_conflict.columns.contains(&fill.column),
            _ => false,
        };
        self.moments.iter().enumerate().any(|(place, moment)| match &moment.step {
            Step::Seed(seed) => self.moments[place..].iter().any(|later| hides(seed, &later.step)),
            _ => false,
        })
    }

    /// What is wrong with the down: a step without an inverse, or one written by hand that does not lead back.
    pub fn check_down(&self, migration: &Migration, title: crate::Name, report: &mut Report) {
        let restored = match self.down(migration, report) {
            Ok((moments, _)) => moments.last().map_or_else(|| self.after.clone(), |moment| moment.after.clone()),
            Err(NoInverse::Missing(problem)) => return report.push(problem),
            Err(NoInverse::Irreversible(_)) => return,
        };
        if let Some(difference) = restored.difference(&self.before)
            && report.is_empty()
        {
            let message =
                format!("the down of {} does not restore the schema before it: {difference}", migration.version);
            report.push(
                Problem::new(title, message)
                    .help("complete the steps in `down { … }`, or leave it out to have it derived"),
            );
        }
    }
}
