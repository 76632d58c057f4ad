//! The platform of Base MCP, which takes payments for many companies: lookup tables, users, tenants, and what any of
//! them may own. Each tenant has a schema of its own: [`base_mcp_tenant`](crate::base_mcp_tenant).
//!
//! V1 to V10 are the original's; V11 and V12 add what its documents say beyond them.

pkmig::chain! {
    /// The platform's schema, V1 to V12.
    pub static BASE_MCP: "base_mcp" tracked_by pkmig_base_mcp {
        baseline;

        v001, v002, v003, v004, v005, v006, v007, v008, v009, v010, v011, v012,
    }
}
