//! The way down: `inverse` derives it, `prune.rs` leaves out what would come back only to be dropped, `written.rs` classes one that is
//! written by hand, `demand.rs` says what it asks of later rows, `uninstall.rs` takes everything away at once.

pub(crate) mod demand;
pub mod inverse;
pub(crate) mod prune;
pub mod uninstall;
pub(crate) mod written;
