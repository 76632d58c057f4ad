//! The `pkmig` program.

fn main() {}
