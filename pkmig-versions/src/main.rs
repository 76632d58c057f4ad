//! The `pkmig` program: the command line for the chains of this package.

use std::process::ExitCode;

use pkmig_versions::base_mcp::BASE_MCP;
use pkmig_versions::base_mcp_tenant::BASE_MCP_TENANT;
use pkmig_versions::phoenix_kit::PHOENIX_KIT;

fn main() -> ExitCode {
    pkmig::cli::run(&[&PHOENIX_KIT, &BASE_MCP, &BASE_MCP_TENANT])
}
