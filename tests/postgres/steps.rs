//! Every step kind, on the walk up and down: by family of objects.

mod column;
mod constraint;
mod domain;
mod exclusion;
mod function;
mod grant;
mod index;
pub(crate) mod policy;
mod sequence;
mod table;
mod trigger;
mod view;
