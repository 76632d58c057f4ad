//! PL/pgSQL as a tree: `node.rs` what stands in a block, `print.rs` how it is written, with the lines at which steps begin.

mod node;
mod print;

pub use node::{Block, Declaration, Execute, If, Level, Node, Part, Raise};
pub(crate) use print::one;
