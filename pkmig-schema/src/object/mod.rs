//! The objects of a schema: `kind.rs` the one list of their kinds, `reference.rs` how one of them is spoken of, `all.rs` all
//! of them.

mod all;
mod kind;
mod reference;

pub use kind::ObjectKind;
pub use reference::ObjectRef;
