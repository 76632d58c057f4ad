//! What is looked at before the first statement of a run: `rights.rs` rights and extensions, `dependents.rs` what others have
//! on what goes, `locks.rs` the room for locks, `path.rs` who may plant something on the search path, `triggers.rs`
//! whose triggers find names by it, `data.rs` on the way down the data at stake.

mod data;
pub(super) mod dependents;
pub(super) mod locks;
pub(super) mod path;
mod rights;
pub(super) mod triggers;

pub(super) use data::{holding, look, refuse};
pub(super) use rights::check;
