//! V12: a schema for a tenant, by one call. Its tables are another matter: they come from the templates of V8, or from
//! the chain `base_mcp_tenant`.
//!
//! A slug is what `tenants` takes for one. The original sets the caller's `search_path` as well; here the caller does.

pkmig::migration! {
    V12 "the schemas of tenants" {
        create_function tenant_schema_name(tenant_slug: text) returns text language plpgsql immutable {
            r"
            BEGIN
                IF tenant_slug IS NULL OR tenant_slug !~ '^[a-z0-9-]+$' OR length(tenant_slug) > 59 THEN
                    RAISE EXCEPTION 'no slug of a tenant: %', coalesce(quote_literal(tenant_slug), 'null')
                        USING ERRCODE = 'invalid_parameter_value',
                            HINT = 'Up to 59 small letters, digits and hyphens.';
                END IF;
                RETURN 'acq_' || tenant_slug;
            END
            "
        }

        create_function create_tenant_schema(tenant_slug: text) returns void language plpgsql {
            r"
            DECLARE
                schema_name text := @.tenant_schema_name(tenant_slug);
            BEGIN
                EXECUTE format('CREATE SCHEMA IF NOT EXISTS %I', schema_name);
                EXECUTE format('GRANT USAGE ON SCHEMA %I TO public', schema_name);
            END
            "
        }

        create_function drop_tenant_schema(tenant_slug: text) returns void language plpgsql {
            r"
            BEGIN
                EXECUTE format('DROP SCHEMA IF EXISTS %I CASCADE', @.tenant_schema_name(tenant_slug));
            END
            "
        }
    }
}
