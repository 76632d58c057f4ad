//! V5: the companies that the platform serves. `company_schema` names the schema of their own, `acq_` and the slug.

pkmig::migration! {
    V05 "tenants" {
        create_table tenants {
            id: uuid primary_key default(gen_random_uuid()),
            slug: text not_null,
            company_name: text not_null,
            company_schema: text not_null,
            subdomain: text not_null,
            custom_domain: text,
            plan: text not_null default("starter"),
            status: text not_null default("active"),
            trial_ends_at: timestamp(0),
            subscription_id: text,
            settings: jsonb default("{}"),
            branding: jsonb default("{}"),
            assigned_gateway_ids: uuid[] default(sql("ARRAY[]::uuid[]")),
            max_developers: integer default(5),
            max_resellers: integer default(10),
            max_merchants: integer default(100),
            onboarding_completed_at: timestamp(0),
            onboarding_step: text,
            inserted_at: timestamp(0) not_null,
            updated_at: timestamp(0) not_null,

            check tenants_slug_check ("slug ~ '^[a-z0-9-]+$'"),
            check tenants_subdomain_check ("subdomain ~ '^[a-z0-9-]+$'"),
            check tenants_plan_check ("plan IN ('starter', 'professional', 'enterprise')"),
            check tenants_status_check ("status IN ('active', 'trial', 'suspended', 'canceled')"),
            unique_index tenants_slug_index (slug),
            unique_index tenants_subdomain_index (subdomain),
            unique_index tenants_custom_domain_index (custom_domain) where("custom_domain IS NOT NULL"),
            unique_index tenants_company_schema_index (company_schema),
            index tenants_status_index (status),
            index tenants_plan_index (plan),
        }
    }
}
