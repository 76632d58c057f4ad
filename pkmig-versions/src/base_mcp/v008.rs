//! V8: what a tenant's schema begins with, as SQL for the application: `format(create_sql, schema)` is what to run.
//!
//! Merchants come first, then their accounts at gateways (`mids`), stores and customers; developers and resellers
//! whenever.

pkmig::migration! {
    V08 "templates of a tenant's tables" {
        create_table tenant_table_templates {
            id: uuid primary_key default(gen_random_uuid()),
            table_name: text not_null unique,
            create_sql: text not_null,
            description: text,
            created_at: timestamp not_null default(now()),
        }

        seed tenant_table_templates (table_name, description, create_sql) on_conflict(table_name) do_nothing {
            (
                "merchants",
                "Merchant accounts table for tenant schema",
                r"
                CREATE TABLE %1$I.merchants (
                    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
                    slug text NOT NULL UNIQUE,
                    business_name text NOT NULL,
                    dba_name text,
                    subdomain text NOT NULL UNIQUE,
                    custom_domain text,
                    business_type text
                        CHECK (business_type IN ('sole_proprietor', 'llc', 'corporation', 'partnership', 'nonprofit')),
                    ein text,
                    website_url text,
                    description text,
                    address_line1 text,
                    address_line2 text,
                    city text,
                    state text,
                    postal_code text,
                    country text DEFAULT 'US',
                    phone text,
                    support_email text,
                    reseller_id uuid,
                    plan text DEFAULT 'starter'
                        CHECK (plan IN ('starter', 'professional', 'enterprise')),
                    status text DEFAULT 'active'
                        CHECK (status IN ('active', 'suspended', 'pending_verification', 'closed')),
                    settings jsonb DEFAULT '{}',
                    branding jsonb DEFAULT '{}',
                    max_stores integer DEFAULT 0,
                    max_products integer,
                    max_monthly_volume numeric,
                    risk_level text DEFAULT 'low'
                        CHECK (risk_level IN ('low', 'medium', 'high')),
                    kyc_verified_at timestamp,
                    verification_status text DEFAULT 'pending'
                        CHECK (verification_status IN ('pending', 'verified', 'rejected')),
                    created_at timestamp NOT NULL DEFAULT now(),
                    updated_at timestamp NOT NULL DEFAULT now()
                );
                CREATE INDEX idx_merchants_slug ON %1$I.merchants (slug);
                CREATE INDEX idx_merchants_subdomain ON %1$I.merchants (subdomain);
                CREATE INDEX idx_merchants_status ON %1$I.merchants (status);
                CREATE INDEX idx_merchants_reseller_id ON %1$I.merchants (reseller_id) WHERE reseller_id IS NOT NULL;
                CREATE INDEX idx_merchants_plan ON %1$I.merchants (plan);
                CREATE INDEX idx_merchants_risk_level ON %1$I.merchants (risk_level);
                ",
            ),
            (
                "mids",
                "Merchant IDs (payment gateway accounts) table",
                r"
                CREATE TABLE %1$I.mids (
                    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
                    merchant_id uuid NOT NULL REFERENCES %1$I.merchants (id) ON DELETE CASCADE,
                    mid_number text NOT NULL,
                    gateway_id uuid NOT NULL,
                    gateway_credentials jsonb NOT NULL,
                    routing_rules jsonb DEFAULT '{}',
                    status text DEFAULT 'active'
                        CHECK (status IN ('active', 'suspended', 'testing')),
                    is_primary boolean DEFAULT false,
                    daily_limit numeric,
                    monthly_limit numeric,
                    total_volume numeric DEFAULT 0,
                    total_transactions integer DEFAULT 0,
                    created_at timestamp NOT NULL DEFAULT now(),
                    updated_at timestamp NOT NULL DEFAULT now(),
                    UNIQUE (merchant_id, gateway_id, mid_number)
                );
                CREATE INDEX idx_mids_merchant_id ON %1$I.mids (merchant_id);
                CREATE INDEX idx_mids_gateway_id ON %1$I.mids (gateway_id);
                CREATE INDEX idx_mids_status ON %1$I.mids (status);
                CREATE INDEX idx_mids_is_primary ON %1$I.mids (merchant_id, is_primary) WHERE is_primary = true;
                ",
            ),
            (
                "stores",
                "Stores (sub-brands) table for merchants",
                r"
                CREATE TABLE %1$I.stores (
                    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
                    merchant_id uuid NOT NULL REFERENCES %1$I.merchants (id) ON DELETE CASCADE,
                    slug text NOT NULL,
                    name text NOT NULL,
                    routing_type text DEFAULT 'path'
                        CHECK (routing_type IN ('path', 'subdomain')),
                    subdomain text,
                    custom_domain text,
                    settings jsonb DEFAULT '{}',
                    branding jsonb DEFAULT '{}',
                    primary_mid_id uuid REFERENCES %1$I.mids (id),
                    fallback_mid_ids uuid[],
                    status text DEFAULT 'active'
                        CHECK (status IN ('active', 'suspended', 'draft')),
                    created_at timestamp NOT NULL DEFAULT now(),
                    updated_at timestamp NOT NULL DEFAULT now(),
                    UNIQUE (merchant_id, slug)
                );
                CREATE INDEX idx_stores_merchant_id ON %1$I.stores (merchant_id);
                CREATE INDEX idx_stores_slug ON %1$I.stores (merchant_id, slug);
                CREATE INDEX idx_stores_status ON %1$I.stores (status);
                CREATE INDEX idx_stores_primary_mid_id ON %1$I.stores (primary_mid_id) WHERE primary_mid_id IS NOT NULL;
                ",
            ),
            (
                "customers",
                "Customers table for merchant schema",
                r"
                CREATE TABLE %1$I.customers (
                    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
                    merchant_id uuid NOT NULL REFERENCES %1$I.merchants (id) ON DELETE CASCADE,
                    email citext NOT NULL,
                    first_name text,
                    last_name text,
                    hashed_password text,
                    phone text,
                    shipping_address jsonb,
                    billing_address jsonb,
                    saved_payment_methods jsonb DEFAULT '[]',
                    total_orders integer DEFAULT 0,
                    total_spent numeric DEFAULT 0,
                    status text DEFAULT 'active'
                        CHECK (status IN ('active', 'suspended', 'deleted')),
                    created_at timestamp NOT NULL DEFAULT now(),
                    updated_at timestamp NOT NULL DEFAULT now(),
                    UNIQUE (merchant_id, email)
                );
                CREATE INDEX idx_customers_merchant_id ON %1$I.customers (merchant_id);
                CREATE INDEX idx_customers_email ON %1$I.customers (merchant_id, email);
                CREATE INDEX idx_customers_status ON %1$I.customers (status);

                CREATE TABLE %1$I.customers_stores (
                    customer_id uuid NOT NULL REFERENCES %1$I.customers (id) ON DELETE CASCADE,
                    store_id uuid NOT NULL REFERENCES %1$I.stores (id) ON DELETE CASCADE,
                    joined_at timestamp NOT NULL DEFAULT now(),
                    PRIMARY KEY (customer_id, store_id)
                );
                CREATE INDEX idx_customers_stores_customer ON %1$I.customers_stores (customer_id);
                CREATE INDEX idx_customers_stores_store ON %1$I.customers_stores (store_id);
                ",
            ),
            (
                "developers",
                "Developers (API partners) table for tenant schema",
                r"
                CREATE TABLE %1$I.developers (
                    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
                    company_name text NOT NULL,
                    contact_name text NOT NULL,
                    contact_email text NOT NULL,
                    api_quota_daily integer DEFAULT 1000,
                    api_quota_monthly integer DEFAULT 10000,
                    webhook_url text,
                    webhook_secret text,
                    status text DEFAULT 'active'
                        CHECK (status IN ('active', 'suspended', 'pending')),
                    created_at timestamp NOT NULL DEFAULT now(),
                    updated_at timestamp NOT NULL DEFAULT now()
                );
                CREATE INDEX idx_developers_status ON %1$I.developers (status);
                CREATE INDEX idx_developers_contact_email ON %1$I.developers (contact_email);
                ",
            ),
            (
                "resellers",
                "Resellers (white-label partners) table for tenant schema",
                r"
                CREATE TABLE %1$I.resellers (
                    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
                    slug text NOT NULL UNIQUE,
                    company_name text NOT NULL,
                    subdomain text NOT NULL UNIQUE,
                    custom_domain text,
                    contact_name text NOT NULL,
                    contact_email text NOT NULL,
                    contact_phone text,
                    commission_rate numeric(5,2) DEFAULT 0.00,
                    revenue_share_model jsonb DEFAULT '{}',
                    branding jsonb DEFAULT '{}',
                    settings jsonb DEFAULT '{}',
                    max_merchants integer DEFAULT 50,
                    status text DEFAULT 'active'
                        CHECK (status IN ('active', 'suspended', 'pending')),
                    created_at timestamp NOT NULL DEFAULT now(),
                    updated_at timestamp NOT NULL DEFAULT now()
                );
                CREATE INDEX idx_resellers_slug ON %1$I.resellers (slug);
                CREATE INDEX idx_resellers_subdomain ON %1$I.resellers (subdomain);
                CREATE INDEX idx_resellers_status ON %1$I.resellers (status);
                CREATE UNIQUE INDEX idx_resellers_custom_domain ON %1$I.resellers (custom_domain)
                    WHERE custom_domain IS NOT NULL;
                ",
            ),
        }
    }
}
