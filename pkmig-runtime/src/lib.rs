//! Turns the migrations of a chain into SQL and runs them on PostgreSQL.
//!
//! `sql` lowers steps to sea-query and to the one SQL writer, `plan` puts versions together, `migrator` runs them
//! through sqlx. Feature `embedded` brings a PostgreSQL server of one's own, feature `cli` the command line.

mod blocker;
mod chain;
#[cfg(feature = "cli")]
pub mod cli;
#[cfg(all(feature = "embedded", unix))]
pub mod conformance;
mod dependent;
mod error;
mod files;
mod fired;
mod going;
mod hash;
mod migrator;
mod misfit;
mod open_path;
mod pinned;
mod plan;
mod prefix;
pub mod repair;
mod right;
#[cfg(all(feature = "embedded", unix))]
pub mod server;
mod shown;
pub mod sql;
mod stake;
#[cfg(all(feature = "embedded", unix))]
pub mod testing;
pub mod verify;

pub use blocker::Blocker;
pub use chain::{Chain, Member, RequiredChain};
pub use dependent::{Dependent, Effect};
pub use error::{Edit, Error, Failed, MissingRight};
pub use files::{edited_files, unlisted_files};
pub use fired::Fired;
pub use migrator::{Applied, Database, Entry, Event, Fit, Ledger, Migrator, NoLedger, Run, Status};
pub use misfit::{Misfit, MisfitKind, Taken};
pub use open_path::OpenTo;
pub use plan::{Left, PlannedVersion, Planner, script};
pub use prefix::{Prefix, PrefixError};
pub use repair::{Repair, Repaired, Unrepaired};
pub use right::{Owned, Right};
pub use sql::{Direction, Entering};
pub use stake::Dropped;
pub use verify::{Difference, DifferenceKind, OtherOwner, Verification};
