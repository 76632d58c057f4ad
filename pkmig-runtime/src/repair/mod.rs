//! What brings an install back to what its version declares: steps for what a comparison has found missing or
//! different, and words for what a person has to decide.
//!
//! `find` knows the objects of the model by the names of the catalog, `way` chooses the steps, `keep` asks what a host has set on what is made
//! anew. Nothing here speaks to a
//! database: [`Migrator::repair`](crate::Migrator::repair) does.

mod find;
mod keep;
mod listed;
mod way;

use std::fmt;

use pkmig_schema::Version;

use crate::{Prefix, Verification};
pub(crate) use find::Model;
pub(crate) use keep::{Kept, kept};
pub(crate) use way::{Mend, Way, way};

/// What a repair has done, and what is left.
#[derive(Debug, Clone)]
pub struct Repair {
    /// The chain's name.
    pub chain: &'static str,
    /// The prefix.
    pub prefix: Prefix,
    /// The version whose model was repaired to.
    pub version: Version,
    /// Whether it is a plan: then nothing was done.
    pub planned: bool,
    /// What it has done; of a plan, what it would. In order.
    pub done: Vec<Repaired>,
    /// What it could not do, and what it leaves to a person.
    pub left: Vec<Unrepaired>,
    /// The seeds whose rows it has not looked for, because a later version deletes or changes them in a way that cannot
    /// be told without them.
    pub unknown: Vec<String>,
    /// The comparison after it; of a plan, the one before.
    pub verification: Verification,
    /// Whether the install is as declared after it; of a plan, whether it would be.
    pub complete: bool,
}

impl Repair {
    /// Whether the install is as declared now. Of a plan: whether it would be.
    pub fn is_complete(&self) -> bool {
        self.complete
    }
}

/// Something that was repaired. Displayed as a line of the language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repaired {
    /// The step, or steps, as one would write them.
    pub text: String,
    /// The statements.
    pub statements: Vec<String>,
}

/// Something that was not repaired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unrepaired {
    /// The difference, or the step that failed.
    pub text: String,
    /// Why.
    pub why: String,
    /// What to say to PostgreSQL, or what to look at first.
    pub help: Option<String>,
}

impl fmt::Display for Repaired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for Unrepaired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.text, self.why)?;
        self.help.iter().try_for_each(|help| write!(f, "\nhelp: {help}"))
    }
}
