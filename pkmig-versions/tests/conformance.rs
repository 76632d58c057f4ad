//! The chains on a real PostgreSQL, by the tests that any chain can have.

#![cfg(unix)]

use pkmig_versions::CHAINS;

/// What Supabase brings, and two users, at whom rows may point.
const SUPABASE: &str = concat!(
    include_str!("supabase.sql"),
    "\nINSERT INTO auth.users (id) VALUES ('00000000-0000-4000-8000-000000000001'), ('00000000-0000-4000-8000-000000000002');"
);

/// A module of tests for each chain, and one that none is left out.
macro_rules! chains {
    ($($name:ident: $chain:ident $(, $option:ident = $value:expr)*;)+) => {
        $(mod $name {
            pkmig::conformance!(pkmig_versions::$name::$chain $(, $option = $value)*);
        })+

        #[test]
        fn every_chain_is_tested() {
            let all: Vec<_> = CHAINS.iter().map(|chain| chain.name).collect();
            assert_eq!(all, [$(stringify!($name)),+]);
        }
    };
}

// All versions of the longest take minutes: `PKMIG_FULL=1`.
chains! {
    phoenix_kit: PHOENIX_KIT, stops = 3, sample = 4, brief = true;
    erp: ERP, setup = super::SUPABASE, stops = 4, sample = 6, brief = true;
    base_mcp: BASE_MCP, sample = 6, brief = true;
    base_mcp_tenant: BASE_MCP_TENANT;
    clone_memoria: CLONE_MEMORIA, setup = super::SUPABASE, sample = 6;
}
