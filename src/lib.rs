//! Ship a library's PostgreSQL schema: numbered versions, in any schema of any database, up and down, safe to run
//! twice, checked by the compiler against their own history.
//!
//! ```
//! mod migrations {
//!     pkmig::migration! {
//!         V01 "notes" {
//!             create_table notes {
//!                 id: bigserial primary_key,
//!                 body: text not_null,
//!             }
//!         }
//!     }
//!
//!     pkmig::migration! {
//!         V02 "a note has a title" {
//!             add_column notes.title: varchar(200) not_null default("untitled");
//!         }
//!     }
//!
//!     pkmig::chain! {
//!         /// The schema of the notes library.
//!         pub static NOTES: "notes" tracked_by notes {
//!             V01, V02,
//!         }
//!     }
//! }
//!
//! # async fn example(pool: sqlx::PgPool) -> Result<(), pkmig::Error> {
//! let run = migrations::NOTES.migrator().prefix("acme").up(&pool).await?;
//! println!("{} versions applied", run.applied.len());
//! # Ok(())
//! # }
//! ```
//!
//! The language is described in [`docs/language.md`](https://github.com/pkmig/pkmig/blob/main/docs/language.md), what an
//! operator has to know in [`docs/operating.md`](https://github.com/pkmig/pkmig/blob/main/docs/operating.md).
//!
//! # Features
//!
//! None is on by default; a library needs none.
//!
//! - `cli`: the command line for your chains, `pkmig::cli::run(&[&NOTES])`. Enables `embedded`.
//! - `embedded`: `pkmig::server`, a private PostgreSQL server; `pkmig::testing`, a database for each test,
//!   and `conformance!`, tests for a chain. Unix only.

pub use pkmig_macros::{__check, __chunk};
// The examples need all of this crate, on which that of the macros cannot depend.
#[cfg(feature = "cli")]
pub use pkmig_cli as cli;
#[cfg(all(feature = "embedded", unix))]
pub use pkmig_conformance::{self as conformance, conformance};
#[doc = include_str!("../docs/macros/chain.md")]
pub use pkmig_macros::chain;
#[doc = include_str!("../docs/macros/migration.md")]
pub use pkmig_macros::migration;
pub use pkmig_runtime::{
    Applied, Blocker, Chain, Database, Dependent, Difference, DifferenceKind, Dropped, Edit, Effect, Entry, Error,
    Event, Failed, Fired, Fit, Ledger, Left, Member, Migrator, Misfit, MisfitKind, MissingRight, NoLedger, OpenTo,
    OtherOwner, PlannedVersion, Planner, Repair, Repaired, RequiredChain, Right, Run, Status, Taken, Unrepaired,
    Verification, edited_files, repair, script, unlisted_files, verify,
};
#[cfg(all(feature = "embedded", unix))]
pub use pkmig_server::{server, testing};
pub use pkmig_sql::{Direction, Entering, Prefix, PrefixError};

/// The statements that steps become.
pub mod sql {
    pub use pkmig_sql::ddl::{self, Statement};
    pub use pkmig_sql::plpgsql;
    pub use pkmig_sql::{Condition, Context, Expectation, Expected, Guarded, Object, Transaction};
}

/// The steps and the schema model: what migrations expand to.
pub use pkmig_schema as schema;
