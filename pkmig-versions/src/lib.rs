//! The migration chains of real systems, written in pkmig's language.
//!
//! Each is proven against the original: after every version, up and down, the catalog is the same.

pub mod base_mcp;
pub mod base_mcp_tenant;
pub mod clone_memoria;
pub mod erp;
pub mod phoenix_kit;

/// All chains of this package; the first is the one that the `pkmig` program takes where none is named.
pub static CHAINS: &[&pkmig::Chain] = &[
    &phoenix_kit::PHOENIX_KIT,
    &erp::ERP,
    &base_mcp::BASE_MCP,
    &base_mcp_tenant::BASE_MCP_TENANT,
    &clone_memoria::CLONE_MEMORIA,
];
