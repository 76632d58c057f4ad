//! What the compiler says of every kind of mistake, and that what is right compiles.
//!
//! Each file in `ui/<topic>/` makes the one mistake it is named after; the `.stderr` beside it is what the author of such
//! a migration reads. `TRYBUILD=overwrite cargo test --test ui` writes them anew: read them before you keep them.

#[test]
fn mistakes_are_explained_and_right_migrations_compile() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("tests/ui/[!p]*/*.rs");
    // In a folder that begins as `pass` does.
    cases.compile_fail("tests/ui/policy/*.rs");
    cases.pass("tests/ui/pass/*.rs");
}
