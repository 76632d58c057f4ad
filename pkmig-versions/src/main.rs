//! The `pkmig` program: the command line for the chains of this package.

use std::process::ExitCode;

use pkmig_versions::clone_memoria::CLONE_MEMORIA;
use pkmig_versions::phoenix_kit::PHOENIX_KIT;

fn main() -> ExitCode {
    pkmig::cli::run(&[&PHOENIX_KIT, &CLONE_MEMORIA])
}
