//! What is looked at before the first statement of a run: `rights.rs` rights and extensions, `dependents.rs` what others have
//! on what goes, `locks.rs` the room for locks, `data.rs` on the way down the data at stake.

mod data;
pub(super) mod dependents;
pub(super) mod locks;
mod rights;

pub(super) use data::{holding, look, refuse};
pub(super) use rights::check;
