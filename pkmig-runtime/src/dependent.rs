//! Objects outside the chain that depend on what a plan drops or changes.

use pkmig_schema::Version;

use pkmig_sql::shown;

/// An object outside the chain that depends on what a version drops or changes.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Dependent {
    /// The version.
    pub version: Version,
    /// The step in one line.
    pub step: String,
    /// What the step drops or changes: ``table `notes` ``, by its name before the plan.
    pub on: String,
    /// The kind of the dependent, as PostgreSQL calls it: `view`, `table constraint`, …
    pub kind: String,
    /// Its name, as PostgreSQL identifies it: `public.host_view`.
    pub name: String,
    /// Its owner.
    pub owner: String,
    /// What happens to it, or to the step.
    pub effect: Effect,
    /// The version's place in the plan.
    pub(crate) place: usize,
}

impl Dependent {
    /// Its kind and name: ``view `public.host_view` ``.
    pub fn what(&self) -> String {
        format!("{} `{}`", self.kind, self.name)
    }
}

/// How a dependent affects a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effect {
    /// PostgreSQL does not drop the object while it is there: the run is refused.
    Blocks,
    /// PostgreSQL does not change the column's type while it is there: the run is refused.
    KeepsType,
    /// The step's `cascade` would drop it, too: the run is refused.
    Cascade,
    /// One of the above, unless raw SQL that runs before drops it: the run is not refused.
    Unknown,
    /// It belongs to the object and goes with it.
    Goes,
}

impl Effect {
    /// Its word in reports.
    pub fn word(self) -> &'static str {
        match self {
            Self::Blocks => "blocks",
            Self::KeepsType => "keeps_type",
            Self::Cascade => "cascade",
            Self::Unknown => "unknown",
            Self::Goes => "goes",
        }
    }

    /// What stands between it and the object.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Blocks | Self::KeepsType | Self::Unknown => "depends on",
            Self::Cascade => "would go with",
            Self::Goes => "goes with",
        }
    }
}

/// Why a plan is not run.
pub(crate) const MESSAGE: &str =
    "objects outside the chain depend on what the run would drop or change; nothing was done";

/// A line for each.
pub(crate) fn details(dependents: &[Dependent]) -> Vec<String> {
    let line = |one: &Dependent| {
        let Dependent { version, on, step, .. } = one;
        format!("{version}, `{step}`: {} of role `{}` {} {on}", one.what(), one.owner, one.effect.words())
    };
    dependents.iter().map(|one| format!("detail: {}", shown::line(&line(one)))).collect()
}

/// What to do about it.
pub(crate) fn help(dependents: &[Dependent]) -> String {
    let cascades = dependents.iter().any(|one| one.effect == Effect::Cascade);
    let cascade = if cascades { "; the step's `cascade` would drop them too" } else { "" };
    format!("drop or change them first, and create them again afterwards if they are still needed{cascade}")
}
