//! Every step kind, on the walk up and down: by family of objects.

mod column;
mod constraint;
mod exclusion;
mod function;
mod grant;
mod index;
mod policy;
mod sequence;
mod table;
mod trigger;
