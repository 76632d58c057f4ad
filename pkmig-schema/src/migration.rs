//! One version of a chain, and what going back from it means.

use std::fmt;

use crate::{Name, Step};

/// The number of a version: `V1`, `V2`, … A database without the chain is at 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Version(pub u32);

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "V{}", self.0)
    }
}

/// One version: what `migration!` expands to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// Its number.
    pub version: Version,
    /// A short phrase saying what it is for.
    pub title: Name,
    /// Its steps, in the order in which they are run.
    pub steps: &'static [Step],
    /// The way back.
    pub down: Down,
}

/// How a version is left again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Down {
    /// By the inverse of its steps, in reverse.
    Derived,
    /// By steps written by hand.
    Written(&'static [Step]),
    /// Not at all, for the reason given.
    Irreversible(Name),
}

/// What a down can bring back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// The schema and all the data that was there before the version.
    Lossless,
    /// The same, where the rows that came after the version fit what comes back: a check, a key, `not_null`, a narrower type. Where
    /// they do not, PostgreSQL refuses the down.
    Conditional,
    /// The schema, but not the data that the version dropped or overwrote.
    Lossy,
    /// Nothing: the version says why.
    Irreversible,
}

impl Class {
    /// Whether the data that was there before the version is there again, where the down succeeds.
    pub fn keeps_rows(self) -> bool {
        matches!(self, Self::Lossless | Self::Conditional)
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Lossless => "lossless",
            Self::Conditional => "conditional",
            Self::Lossy => "lossy",
            Self::Irreversible => "irreversible",
        })
    }
}
