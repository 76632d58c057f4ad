//! What a step on rows means to a fresh install, which is made at once and not version by version.

use super::Seed;
use crate::List;

/// `on_fresh(…)`: what becomes of a step in a fresh install.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnFresh {
    /// `on_fresh(run)`: it is run at its place among the rows, on the schema that the install ends with.
    Run,
    /// `on_fresh(skip)`: it changes no row that the chain itself has brought.
    Skip,
    /// `on_fresh { seed … }`: it brings these rows.
    Seeds(List<Seed>),
}
