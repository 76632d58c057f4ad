//! The migration chains of real systems, written in pkmig's language.
//!
//! Each is proven against the original: after every version, up and down, the catalog is the same.

pub mod clone_memoria;
pub mod phoenix_kit;
