//! The `pkmig` program: the command line for the chains of this package.

use std::process::ExitCode;

fn main() -> ExitCode {
    pkmig::cli::Program::new(pkmig_versions::CHAINS).private_server(true).run()
}
