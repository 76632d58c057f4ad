//! The macros of pkmig: [`migration!`] and [`chain!`]. The language is described in `docs/language.md`.
//!
//! `migration!` parses one version and expands it to typed static data; it also emits a hidden macro that hands its
//! tokens on. `chain!` collects those, replays the whole history on the schema model and reports what contradicts it
//! at the tokens of the version's own file.

mod chain;
mod context;
mod expand;
mod migration;
mod payload;
mod requires;
mod sql;
mod step;

use proc_macro::TokenStream;

// Documented where it is published, with examples that are run: in the crate `pkmig`.
#[allow(missing_docs)]
#[proc_macro]
pub fn migration(input: TokenStream) -> TokenStream {
    migration::expand(input.into()).into()
}

#[allow(missing_docs)] // As above.
#[proc_macro]
pub fn chain(input: TokenStream) -> TokenStream {
    chain::collect(input.into()).into()
}

/// Holds what a part of a long chain has collected: macros may not nest deeper than the recursion limit.
#[doc(hidden)]
#[proc_macro]
pub fn __chunk(input: TokenStream) -> TokenStream {
    chain::chunk(input.into()).into()
}

/// The end of the collection: all versions are here.
#[doc(hidden)]
#[proc_macro]
pub fn __check(input: TokenStream) -> TokenStream {
    chain::check(input.into()).into()
}
