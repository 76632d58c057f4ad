//! The tables of one tenant of Base MCP, in a schema of its own: `acq_` and the tenant's slug.
//!
//! They are those of the templates in the platform's `tenant_table_templates`.

pkmig::chain! {
    /// A tenant's tables, in a database that has the platform.
    pub static BASE_MCP_TENANT: "base_mcp_tenant" tracked_by pkmig_base_mcp_tenant {
        requires crate::base_mcp::BASE_MCP at 10 in prefix platform;
        baseline;

        v001,
    }
}
