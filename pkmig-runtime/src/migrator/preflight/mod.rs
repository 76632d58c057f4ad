//! What is looked at before the first statement of a run: `rights.rs` rights and extensions, `data.rs` on the way down the
//! data at stake.

mod data;
mod rights;

pub(super) use data::{look, refuse};
pub(super) use rights::check;
