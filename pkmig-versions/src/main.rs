//! The `pkmig` program: the command line for the chains of this package.

use std::process::ExitCode;

fn main() -> ExitCode {
    pkmig::cli::run(pkmig_versions::CHAINS)
}
