//! The chains on a real PostgreSQL, by the tests that any chain can have.

#![cfg(unix)]

use pkmig_versions::CHAINS;

/// What Supabase brings, as far as the chains use it: three roles, accounts, and whose session it is.
const SUPABASE: &str = "
    DO $$ DECLARE wanted text; BEGIN
        FOREACH wanted IN ARRAY ARRAY['anon', 'authenticated', 'service_role'] LOOP
            BEGIN
                EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
            EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
            END;
        END LOOP;
    END $$;
    CREATE SCHEMA auth;
    CREATE TABLE auth.users (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), email text);
    CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS
        $$SELECT nullif(current_setting('request.jwt.claim.sub', true), '')::uuid$$;
    GRANT USAGE ON SCHEMA auth TO anon, authenticated, service_role";

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

chains! {
    phoenix_kit: PHOENIX_KIT;
    erp: ERP, setup = super::SUPABASE;
    base_mcp: BASE_MCP;
    base_mcp_tenant: BASE_MCP_TENANT;
    clone_memoria: CLONE_MEMORIA, setup = super::SUPABASE;
}
