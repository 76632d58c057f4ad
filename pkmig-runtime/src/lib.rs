//! Runs the migrations of a chain on PostgreSQL, and reads, compares and repairs installs.
//!
//! `plan` puts versions together from the SQL of `pkmig-sql`, `migrator` runs them through sqlx, `verify` and `repair` look after
//! what is there.

mod blocker;
mod chain;
mod dependent;
mod error;
mod files;
mod fired;
mod hash;
mod migrator;
mod misfit;
mod open_path;
pub mod pinned;
mod plan;
pub mod repair;
pub mod verify;

pub use blocker::Blocker;
pub use chain::{Chain, Member, RequiredChain};
pub use dependent::{Dependent, Effect};
pub use error::{Edit, Error, Failed, MissingRight};
pub use files::{edited_files, unlisted_files};
pub use fired::Fired;
#[cfg(feature = "rehearsal")]
pub use migrator::Rehearsal;
pub use migrator::{Applied, Database, Entry, Event, Fit, Ledger, Migrator, NoLedger, Run, Status};
pub use misfit::{Misfit, MisfitKind, Taken};
pub use open_path::OpenTo;
pub use pkmig_sql::{Direction, Entering, Prefix, PrefixError};
pub use plan::data_at_risk::Dropped;
pub use plan::privileges::{Right, together};
pub use plan::{Left, PlannedVersion, Planner, script};
pub use repair::{Repair, Repaired, Unrepaired};
pub use verify::{Difference, DifferenceKind, OtherOwner, Verification};
