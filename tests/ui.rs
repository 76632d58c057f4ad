//! What the compiler says of every kind of mistake.
//!
//! Each file in `ui/<topic>/` makes the one mistake it is named after; the `.stderr` beside it is what the author of such
//! a migration reads. `TRYBUILD=overwrite cargo test --test ui` writes them anew: read them before you keep them.
//!
//! What compiles is in `pass/`: with a passing case among them, trybuild would start cargo anew for every single one.

#[test]
fn mistakes_are_explained() {
    trybuild::TestCases::new().compile_fail("tests/ui/*/*.rs");
}
