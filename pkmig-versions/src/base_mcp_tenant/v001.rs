//! V1: the merchants of a tenant, what they sell through (their accounts at gateways, their stores), who buys from
//! them, and the tenant's partners.

pkmig::migration! {
    V01 "merchants, stores, customers and partners" {
        create_extension citext;

        create_table pkmig_base_mcp_tenant {}

        create_table merchants {
            id: uuid primary_key default(gen_random_uuid()),
            slug: text not_null unique,
            business_name: text not_null,
            dba_name: text,
            subdomain: text not_null unique,
            custom_domain: text,
            business_type: text,
            ein: text,
            website_url: text,
            description: text,
            address_line1: text,
            address_line2: text,
            city: text,
            state: text,
            postal_code: text,
            country: text default("US"),
            phone: text,
            support_email: text,
            reseller_id: uuid,
            plan: text default("starter"),
            status: text default("active"),
            settings: jsonb default("{}"),
            branding: jsonb default("{}"),
            max_stores: integer default(0),
            max_products: integer,
            max_monthly_volume: numeric,
            risk_level: text default("low"),
            kyc_verified_at: timestamp,
            verification_status: text default("pending"),
            created_at: timestamp not_null default(now()),
            updated_at: timestamp not_null default(now()),

            check merchants_business_type_check (
                "business_type IN ('sole_proprietor', 'llc', 'corporation', 'partnership', 'nonprofit')"
            ),
            check merchants_plan_check ("plan IN ('starter', 'professional', 'enterprise')"),
            check merchants_status_check ("status IN ('active', 'suspended', 'pending_verification', 'closed')"),
            check merchants_risk_level_check ("risk_level IN ('low', 'medium', 'high')"),
            check merchants_verification_status_check ("verification_status IN ('pending', 'verified', 'rejected')"),
            index idx_merchants_slug (slug),
            index idx_merchants_subdomain (subdomain),
            index idx_merchants_status (status),
            index idx_merchants_reseller_id (reseller_id) where("reseller_id IS NOT NULL"),
            index idx_merchants_plan (plan),
            index idx_merchants_risk_level (risk_level),
        }

        create_table mids {
            id: uuid primary_key default(gen_random_uuid()),
            merchant_id: uuid not_null references(merchants.id, on_delete: cascade),
            mid_number: text not_null,
            gateway_id: uuid not_null,
            gateway_credentials: jsonb not_null,
            routing_rules: jsonb default("{}"),
            status: text default("active"),
            is_primary: boolean default(false),
            daily_limit: numeric,
            monthly_limit: numeric,
            total_volume: numeric default(0),
            total_transactions: integer default(0),
            created_at: timestamp not_null default(now()),
            updated_at: timestamp not_null default(now()),

            unique (merchant_id, gateway_id, mid_number),
            check mids_status_check ("status IN ('active', 'suspended', 'testing')"),
            index idx_mids_merchant_id (merchant_id),
            index idx_mids_gateway_id (gateway_id),
            index idx_mids_status (status),
            index idx_mids_is_primary (merchant_id, is_primary) where("is_primary = true"),
        }

        create_table stores {
            id: uuid primary_key default(gen_random_uuid()),
            merchant_id: uuid not_null references(merchants.id, on_delete: cascade),
            slug: text not_null,
            name: text not_null,
            routing_type: text default("path"),
            subdomain: text,
            custom_domain: text,
            settings: jsonb default("{}"),
            branding: jsonb default("{}"),
            primary_mid_id: uuid references(mids.id),
            fallback_mid_ids: uuid[],
            status: text default("active"),
            created_at: timestamp not_null default(now()),
            updated_at: timestamp not_null default(now()),

            unique (merchant_id, slug),
            check stores_routing_type_check ("routing_type IN ('path', 'subdomain')"),
            check stores_status_check ("status IN ('active', 'suspended', 'draft')"),
            index idx_stores_merchant_id (merchant_id),
            index idx_stores_slug (merchant_id, slug),
            index idx_stores_status (status),
            index idx_stores_primary_mid_id (primary_mid_id) where("primary_mid_id IS NOT NULL"),
        }

        create_table customers {
            id: uuid primary_key default(gen_random_uuid()),
            merchant_id: uuid not_null references(merchants.id, on_delete: cascade),
            email: citext not_null,
            first_name: text,
            last_name: text,
            hashed_password: text,
            phone: text,
            shipping_address: jsonb,
            billing_address: jsonb,
            saved_payment_methods: jsonb default("[]"),
            total_orders: integer default(0),
            total_spent: numeric default(0),
            status: text default("active"),
            created_at: timestamp not_null default(now()),
            updated_at: timestamp not_null default(now()),

            unique (merchant_id, email),
            check customers_status_check ("status IN ('active', 'suspended', 'deleted')"),
            index idx_customers_merchant_id (merchant_id),
            index idx_customers_email (merchant_id, email),
            index idx_customers_status (status),
        }

        create_table customers_stores {
            customer_id: uuid not_null references(customers.id, on_delete: cascade),
            store_id: uuid not_null references(stores.id, on_delete: cascade),
            joined_at: timestamp not_null default(now()),

            primary_key (customer_id, store_id),
            index idx_customers_stores_customer (customer_id),
            index idx_customers_stores_store (store_id),
        }

        create_table developers {
            id: uuid primary_key default(gen_random_uuid()),
            company_name: text not_null,
            contact_name: text not_null,
            contact_email: text not_null,
            api_quota_daily: integer default(1000),
            api_quota_monthly: integer default(10000),
            webhook_url: text,
            webhook_secret: text,
            status: text default("active"),
            created_at: timestamp not_null default(now()),
            updated_at: timestamp not_null default(now()),

            check developers_status_check ("status IN ('active', 'suspended', 'pending')"),
            index idx_developers_status (status),
            index idx_developers_contact_email (contact_email),
        }

        create_table resellers {
            id: uuid primary_key default(gen_random_uuid()),
            slug: text not_null unique,
            company_name: text not_null,
            subdomain: text not_null unique,
            custom_domain: text,
            contact_name: text not_null,
            contact_email: text not_null,
            contact_phone: text,
            commission_rate: numeric(5,2) default(0.00),
            revenue_share_model: jsonb default("{}"),
            branding: jsonb default("{}"),
            settings: jsonb default("{}"),
            max_merchants: integer default(50),
            status: text default("active"),
            created_at: timestamp not_null default(now()),
            updated_at: timestamp not_null default(now()),

            check resellers_status_check ("status IN ('active', 'suspended', 'pending')"),
            index idx_resellers_slug (slug),
            index idx_resellers_subdomain (subdomain),
            index idx_resellers_status (status),
            unique_index idx_resellers_custom_domain (custom_domain) where("custom_domain IS NOT NULL"),
        }
    }
}
