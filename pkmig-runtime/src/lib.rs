//! x
mod chain;
pub use chain::*;
