//! V7: campaigns, promotions, the brand, and who follows which link.
//!
//! One version of the original, and so one long file.

pkmig::migration! {
    V07 "marketing" {
        create_table mkt_campaigns {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_mkt_campaigns_tenant_id),
            name: varchar(500) not_null,
            "type": varchar(50) not_null comment("by what means"),
            status: varchar(50) not_null default("planning") comment("how far it is"),
            description: text,
            budget: numeric(12, 2) not_null default(0),
            spent: numeric(12, 2) not_null default(0),
            start_date: date not_null,
            end_date: date,
            owner_id: bigint not_null references(sys_users.id, on_delete: set_null, name: fk_mkt_campaigns_owner_id),
            priority: varchar(20) not_null default("medium"),
            progress: integer not_null default(0),
            ai_score: integer,
            purpose: text,
            notes: text,
            reach: integer not_null default(0),
            reach_goal: integer not_null default(0),
            engagement: numeric(5, 2) not_null default(0),
            engagement_goal: numeric(5, 2) not_null default(0),
            impressions: integer not_null default(0),
            clicks: integer not_null default(0),
            conversions: integer not_null default(0),
            revenue: numeric(12, 2) not_null default(0),
            channels: text[] default("{}"),
            tags: text[] default("{}"),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            deleted_at: timestamptz,

            check chk_mkt_campaigns_status (
                "status IN ('planning', 'in-progress', 'launching', 'completed', 'draft', 'paused')"
            ),
            check chk_mkt_campaigns_type ("type IN ('email', 'social', 'paid-ads', 'content', 'event', 'launch')"),
            check chk_mkt_campaigns_priority ("priority IN ('high', 'medium', 'low')"),
            check chk_mkt_campaigns_progress ("progress BETWEEN 0 AND 100"),
            check chk_mkt_campaigns_ai_score ("ai_score IS NULL OR ai_score BETWEEN 0 AND 100"),
            check chk_mkt_campaigns_dates ("end_date IS NULL OR end_date >= start_date"),
            check chk_mkt_campaigns_engagement ("engagement BETWEEN 0 AND 100"),
            check chk_mkt_campaigns_engagement_goal ("engagement_goal BETWEEN 0 AND 100"),
            index idx_mkt_campaigns_tenant_id (tenant_id),
            index idx_mkt_campaigns_tenant_status (tenant_id, status),
            index idx_mkt_campaigns_tenant_type (tenant_id, "type"),
            index idx_mkt_campaigns_owner_id (owner_id),
            index idx_mkt_campaigns_dates (start_date, end_date),
            index idx_mkt_campaigns_tags (tags) using gin,
            index idx_mkt_campaigns_deleted_at (deleted_at) where("deleted_at IS NULL"),
            trigger trg_mkt_campaigns_updated_at before update for_each row execute update_updated_at_column(),
            comment "campaigns, what they cost and what they bring",
        }

        create_table mkt_campaign_goals {
            id: bigserial primary_key,
            campaign_id: bigint not_null
                references(mkt_campaigns.id, on_delete: cascade, name: fk_mkt_campaign_goals_campaign_id),
            goal_text: text not_null,
            target_value: numeric(12, 2),
            achieved_value: numeric(12, 2),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            index idx_mkt_campaign_goals_campaign_id (campaign_id),
            trigger trg_mkt_campaign_goals_updated_at before update for_each row execute update_updated_at_column(),
            comment "what a campaign shall reach",
        }

        create_table mkt_campaign_activities {
            id: bigserial primary_key,
            campaign_id: bigint not_null
                references(mkt_campaigns.id, on_delete: cascade, name: fk_mkt_campaign_activities_campaign_id),
            title: varchar(500) not_null,
            "type": varchar(50) not_null comment("by what means"),
            status: varchar(50) not_null default("scheduled") comment("whether it is still to come"),
            date: date not_null,
            start_time: time,
            end_time: time,
            duration: integer not_null default(1),
            description: text,
            location: varchar(500),
            budget: numeric(12, 2),
            reach: integer,
            notes: text,
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            deleted_at: timestamptz,

            check chk_mkt_campaign_activities_type (
                "type IN ('email', 'social', 'paid-ads', 'content', 'event', 'announcement', 'launch')"
            ),
            check chk_mkt_campaign_activities_status ("status IN ('scheduled', 'active', 'completed', 'cancelled')"),
            check chk_mkt_campaign_activities_time (
                "end_time IS NULL OR start_time IS NULL OR end_time >= start_time"
            ),
            check chk_mkt_campaign_activities_duration ("duration > 0"),
            index idx_mkt_campaign_activities_campaign_id (campaign_id),
            index idx_mkt_campaign_activities_date (date),
            index idx_mkt_campaign_activities_status (status),
            index idx_mkt_campaign_activities_type ("type"),
            index idx_mkt_campaign_activities_campaign_date (campaign_id, date),
            index idx_mkt_campaign_activities_deleted_at (deleted_at) where("deleted_at IS NULL"),
            trigger trg_mkt_campaign_activities_updated_at before update for_each row
                execute update_updated_at_column(),
            comment "single actions of a campaign",
        }

        create_table mkt_campaign_projects {
            campaign_id: bigint not_null
                references(mkt_campaigns.id, on_delete: cascade, name: fk_mkt_campaign_projects_campaign_id),
            project_id: bigint not_null
                references(project.id, on_delete: cascade, name: fk_mkt_campaign_projects_project_id),
            role: varchar(50) comment("what the project is to the campaign"),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            primary_key pk_mkt_campaign_projects (campaign_id, project_id),
            check chk_mkt_campaign_projects_role ("role IS NULL OR role IN ('main', 'sub', 'support')"),
            index idx_mkt_campaign_projects_campaign (campaign_id),
            index idx_mkt_campaign_projects_project (project_id),
            index idx_mkt_campaign_projects_role (role) where("role IS NOT NULL"),
            comment "the projects that carry a campaign",
        }

        create_table mkt_promotions {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_mkt_promotions_tenant_id),
            name: varchar(200) not_null,
            code: varchar(100) not_null,
            "type": varchar(50) not_null comment("how the discount is reckoned"),
            status: varchar(50) not_null default("draft") comment("whether customers get it"),
            is_active: boolean not_null default(true),
            percentage_value: numeric(5, 2),
            value_amount: numeric(12, 2),
            buy_quantity: integer,
            get_quantity: integer,
            bogo_discount_percent: integer,
            bmgm_mode: varchar(20),
            bmgm_discount_percent: integer,
            minimum_purchase: numeric(12, 2),
            max_discount: numeric(12, 2),
            start_date: date not_null,
            end_date: date not_null,
            target_audience: varchar(200),
            redemptions: integer not_null default(0),
            revenue: varchar(100),
            usage_limit: integer,
            used_count: integer not_null default(0),
            description: text,
            is_auto_apply: boolean not_null default(false),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            deleted_at: timestamptz,

            unique uq_mkt_promotions_tenant_code (tenant_id, code),
            check chk_mkt_promotions_type (
                "type IN ('percentage', 'fixed_amount', 'free_shipping', 'buy_x_get_y', 'buy_more_get_more')"
            ),
            check chk_mkt_promotions_status ("status IN ('active', 'scheduled', 'draft', 'expired', 'archived')"),
            check chk_mkt_promotions_bmgm_mode ("bmgm_mode IS NULL OR bmgm_mode IN ('discount', 'product')"),
            check chk_mkt_promotions_dates ("end_date >= start_date"),
            check chk_mkt_promotions_percentage ("percentage_value IS NULL OR percentage_value BETWEEN 0 AND 100"),
            index idx_mkt_promotions_tenant_id (tenant_id),
            index idx_mkt_promotions_tenant_code (tenant_id, code),
            index idx_mkt_promotions_status (status),
            index idx_mkt_promotions_dates (start_date, end_date),
            index idx_mkt_promotions_type ("type"),
            index idx_mkt_promotions_deleted_at (deleted_at) where("deleted_at IS NULL"),
            trigger trg_mkt_promotions_updated_at before update for_each row execute update_updated_at_column(),
            comment "discounts and the rules for them",
        }

        create_table mkt_promotion_campaigns {
            promotion_id: bigint not_null
                references(mkt_promotions.id, on_delete: cascade, name: fk_mkt_promotion_campaigns_promotion_id),
            campaign_id: bigint not_null
                references(mkt_campaigns.id, on_delete: cascade, name: fk_mkt_promotion_campaigns_campaign_id),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            primary_key pk_mkt_promotion_campaigns (promotion_id, campaign_id),
            index idx_mkt_promotion_campaigns_promotion (promotion_id),
            index idx_mkt_promotion_campaigns_campaign (campaign_id),
            comment "which campaign tells of which discount",
        }

        create_table mkt_marketing_channels {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_mkt_marketing_channels_tenant_id),
            name: varchar(200) not_null,
            "type": varchar(200) not_null,
            platform: varchar(200) not_null,
            reach: integer not_null default(0),
            engagement: numeric(5, 2) not_null default(0),
            status: varchar(50) not_null default("active") comment("whether it is in use"),
            budget: numeric(12, 2),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            deleted_at: timestamptz,

            check chk_mkt_marketing_channels_status ("status IN ('active', 'inactive')"),
            index idx_mkt_marketing_channels_tenant_id (tenant_id),
            index idx_mkt_marketing_channels_status (status),
            index idx_mkt_marketing_channels_platform (platform),
            index idx_mkt_marketing_channels_deleted_at (deleted_at) where("deleted_at IS NULL"),
            trigger trg_mkt_marketing_channels_updated_at before update for_each row
                execute update_updated_at_column(),
            comment "where a tenant advertises",
        }

        create_table mkt_promotion_channels {
            promotion_id: bigint not_null
                references(mkt_promotions.id, on_delete: cascade, name: fk_mkt_promotion_channels_promotion_id),
            channel_id: bigint not_null
                references(mkt_marketing_channels.id, on_delete: cascade, name: fk_mkt_promotion_channels_channel_id),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            primary_key pk_mkt_promotion_channels (promotion_id, channel_id),
            index idx_mkt_promotion_channels_promotion (promotion_id),
            index idx_mkt_promotion_channels_channel (channel_id),
            comment "where a discount is advertised",
        }

        create_table mkt_promotion_products {
            promotion_id: bigint not_null
                references(mkt_promotions.id, on_delete: cascade, name: fk_mkt_promotion_products_promotion_id),
            product_id: bigint not_null
                references(product.id, on_delete: cascade, name: fk_mkt_promotion_products_product_id),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            primary_key pk_mkt_promotion_products (promotion_id, product_id),
            index idx_mkt_promotion_products_promotion (promotion_id),
            index idx_mkt_promotion_products_product (product_id),
            comment "products with a discount",
        }

        create_table mkt_promotion_categories {
            promotion_id: bigint not_null
                references(mkt_promotions.id, on_delete: cascade, name: fk_mkt_promotion_categories_promotion_id),
            category_id: bigint not_null
                references(category.id, on_delete: cascade, name: fk_mkt_promotion_categories_category_id),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            primary_key pk_mkt_promotion_categories (promotion_id, category_id),
            index idx_mkt_promotion_categories_promotion (promotion_id),
            index idx_mkt_promotion_categories_category (category_id),
            comment "categories with a discount",
        }

        create_table mkt_promotion_attributes {
            promotion_id: bigint not_null
                references(mkt_promotions.id, on_delete: cascade, name: fk_mkt_promotion_attributes_promotion_id),
            attribute_id: bigint not_null
                references(product_attribute.id, on_delete: cascade, name: fk_mkt_promotion_attributes_attribute_id),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            primary_key pk_mkt_promotion_attributes (promotion_id, attribute_id),
            index idx_mkt_promotion_attributes_promotion (promotion_id),
            index idx_mkt_promotion_attributes_attribute (attribute_id),
            comment "properties that bring a discount",
        }

        create_table mkt_promotion_exclusions {
            id: bigserial primary_key,
            promotion_id: bigint not_null
                references(mkt_promotions.id, on_delete: cascade, name: fk_mkt_promotion_exclusions_promotion_id),
            exclusion_type: varchar(50) not_null comment("what kind of thing is left out"),
            excluded_id: bigint not_null comment("its number in the table of that kind"),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_mkt_promotion_exclusions_type ("exclusion_type IN ('product', 'category', 'attribute')"),
            index idx_mkt_promotion_exclusions_promotion (promotion_id),
            index idx_mkt_promotion_exclusions_type (exclusion_type, excluded_id),
            comment "what a discount leaves out",
        }

        create_table mkt_promotion_bmgm_products {
            promotion_id: bigint not_null
                references(mkt_promotions.id, on_delete: cascade, name: fk_mkt_promotion_bmgm_products_promotion_id),
            product_id: bigint not_null
                references(product.id, on_delete: cascade, name: fk_mkt_promotion_bmgm_products_product_id),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            primary_key pk_mkt_promotion_bmgm_products (promotion_id, product_id),
            index idx_mkt_promotion_bmgm_products_promotion (promotion_id),
            index idx_mkt_promotion_bmgm_products_product (product_id),
            comment "products that count for \"buy more, get more\"",
        }

        create_table mkt_promotion_free_items {
            id: bigserial primary_key,
            promotion_id: bigint not_null
                references(mkt_promotions.id, on_delete: cascade, name: fk_mkt_promotion_free_items_promotion_id),
            product_id: bigint not_null
                references(product.id, on_delete: cascade, name: fk_mkt_promotion_free_items_product_id),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            index idx_mkt_promotion_free_items_promotion (promotion_id),
            index idx_mkt_promotion_free_items_product (product_id),
            comment "products that come for free",
        }

        create_table mkt_asset_folders {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_mkt_asset_folders_tenant_id),
            name: varchar(200) not_null,
            description: text,
            parent_folder_id: bigint
                references(mkt_asset_folders.id, on_delete: set_null, name: fk_mkt_asset_folders_parent_folder_id),
            item_count: integer not_null default(0),
            color: varchar(20),
            last_modified: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            modified_by: bigint references(sys_users.id, on_delete: set_null, name: fk_mkt_asset_folders_modified_by),
            ai_optimized: boolean not_null default(false),
            tags: text[] default("{}"),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            deleted_at: timestamptz,

            index idx_mkt_asset_folders_tenant_id (tenant_id),
            index idx_mkt_asset_folders_parent (parent_folder_id),
            index idx_mkt_asset_folders_tags (tags) using gin,
            index idx_mkt_asset_folders_deleted_at (deleted_at) where("deleted_at IS NULL"),
            trigger trg_mkt_asset_folders_updated_at before update for_each row execute update_updated_at_column(),
            comment "folders for pictures and texts",
        }

        create_table mkt_marketing_assets {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_mkt_marketing_assets_tenant_id),
            name: varchar(500) not_null,
            "type": varchar(50) not_null comment("what it is"),
            category: varchar(200),
            size: varchar(50),
            format: varchar(50),
            dimensions: varchar(100),
            url: varchar(1000) not_null,
            thumbnail_url: varchar(1000),
            folder_id: bigint
                references(mkt_asset_folders.id, on_delete: set_null, name: fk_mkt_marketing_assets_folder_id),
            date_added: date not_null default(sql("CURRENT_DATE")),
            added_by: bigint references(sys_users.id, on_delete: set_null, name: fk_mkt_marketing_assets_added_by),
            usage_count: integer not_null default(0),
            ai_score: integer,
            tags: text[] default("{}"),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            deleted_at: timestamptz,

            check chk_mkt_marketing_assets_type ("type IN ('image', 'video', 'document', 'template', 'graphic')"),
            check chk_mkt_marketing_assets_ai_score ("ai_score IS NULL OR ai_score BETWEEN 0 AND 100"),
            index idx_mkt_marketing_assets_tenant_id (tenant_id),
            index idx_mkt_marketing_assets_type ("type"),
            index idx_mkt_marketing_assets_folder_id (folder_id),
            index idx_mkt_marketing_assets_tags (tags) using gin,
            index idx_mkt_marketing_assets_deleted_at (deleted_at) where("deleted_at IS NULL"),
            trigger trg_mkt_marketing_assets_updated_at before update for_each row execute update_updated_at_column(),
            comment "pictures, films and texts for advertising",
        }

        create_table mkt_brand_settings {
            id: integer primary_key default(1),
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_mkt_brand_settings_tenant_id),
            story: text,
            slogan: varchar(500),
            tagline: varchar(500),
            vision: text,
            mission: text,
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            unique uq_mkt_brand_settings_tenant (tenant_id),
            index idx_mkt_brand_settings_tenant_id (tenant_id),
            trigger trg_mkt_brand_settings_updated_at before update for_each row execute update_updated_at_column(),
            comment "what the brand says of itself",
        }

        create_table mkt_brand_colors {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_mkt_brand_colors_tenant_id),
            name: varchar(200) not_null,
            hex: varchar(20) not_null,
            category: varchar(50) not_null comment("how prominent the colour is"),
            usage: varchar(500),
            sort_order: integer not_null default(0),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_mkt_brand_colors_category ("category IN ('primary', 'secondary', 'neutral')"),
            index idx_mkt_brand_colors_tenant_id (tenant_id),
            index idx_mkt_brand_colors_category (category),
            index idx_mkt_brand_colors_sort (tenant_id, category, sort_order),
            trigger trg_mkt_brand_colors_updated_at before update for_each row execute update_updated_at_column(),
            comment "the brand's colours",
        }

        create_table mkt_brand_typography {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_mkt_brand_typography_tenant_id),
            name: varchar(200) not_null,
            size: varchar(50) not_null,
            weight: varchar(50) not_null,
            line_height: varchar(50) not_null,
            category: varchar(50) not_null comment("where the typeface is used"),
            usage: varchar(500),
            sort_order: integer not_null default(0),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_mkt_brand_typography_category ("category IN ('headings', 'body')"),
            index idx_mkt_brand_typography_tenant_id (tenant_id),
            index idx_mkt_brand_typography_category (category),
            index idx_mkt_brand_typography_sort (tenant_id, category, sort_order),
            trigger trg_mkt_brand_typography_updated_at before update for_each row execute update_updated_at_column(),
            comment "the brand's typefaces",
        }

        create_table mkt_brand_logos {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_mkt_brand_logos_tenant_id),
            name: varchar(200) not_null,
            variation_type: varchar(50) not_null comment("for which background"),
            logo_url: varchar(1000) not_null,
            thumbnail_url: varchar(1000),
            background_color: varchar(20),
            is_dark: boolean not_null default(false),
            description: text,
            sort_order: integer not_null default(0),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_mkt_brand_logos_variation_type (
                "variation_type IN ('primary', 'dark', 'icon_only', 'monochrome')"
            ),
            index idx_mkt_brand_logos_tenant_id (tenant_id),
            index idx_mkt_brand_logos_variation (variation_type),
            index idx_mkt_brand_logos_sort (tenant_id, sort_order),
            trigger trg_mkt_brand_logos_updated_at before update for_each row execute update_updated_at_column(),
            comment "the brand's logos",
        }

        create_table mkt_brand_guidelines {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_mkt_brand_guidelines_tenant_id),
            title: varchar(200) not_null,
            category: varchar(50) not_null comment("what the rules are about"),
            items: jsonb not_null default("[]") comment("the rules, one after the other"),
            sort_order: integer not_null default(0),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            check chk_mkt_brand_guidelines_category (
                "category IN ('logo_usage', 'typography_rules', 'color_application', 'voice_tone')"
            ),
            index idx_mkt_brand_guidelines_tenant_id (tenant_id),
            index idx_mkt_brand_guidelines_category (category),
            index idx_mkt_brand_guidelines_items (items) using gin,
            trigger trg_mkt_brand_guidelines_updated_at before update for_each row execute update_updated_at_column(),
            comment "how to use all that",
        }

        create_table mkt_affiliates {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_mkt_affiliates_tenant_id),
            name: varchar(200) not_null,
            "type": varchar(50) not_null comment("how they advertise"),
            email: varchar(200) not_null,
            platform: varchar(200),
            commission_rate: numeric(5, 2) not_null default(0),
            revenue: numeric(12, 2) not_null default(0),
            status: varchar(50) not_null default("pending") comment("whether they still do"),
            join_date: date not_null default(sql("CURRENT_DATE")),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            deleted_at: timestamptz,

            check chk_mkt_affiliates_type ("type IN ('Affiliate', 'KOL', 'Influencer')"),
            check chk_mkt_affiliates_status ("status IN ('active', 'inactive', 'pending')"),
            index idx_mkt_affiliates_tenant_id (tenant_id),
            index idx_mkt_affiliates_type ("type"),
            index idx_mkt_affiliates_status (status),
            index idx_mkt_affiliates_email (email),
            index idx_mkt_affiliates_deleted_at (deleted_at) where("deleted_at IS NULL"),
            trigger trg_mkt_affiliates_updated_at before update for_each row execute update_updated_at_column(),
            comment "people who advertise for a commission",
        }

        create_table mkt_utm_links {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_mkt_utm_links_tenant_id),
            name: varchar(200) not_null,
            url: text not_null,
            short_url: varchar(200) not_null,
            campaign: varchar(200) not_null,
            source: varchar(200) not_null,
            medium: varchar(200) not_null,
            clicks: integer not_null default(0),
            conversions: integer not_null default(0),
            created_date: date not_null default(sql("CURRENT_DATE")),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            deleted_at: timestamptz,

            index idx_mkt_utm_links_tenant_id (tenant_id),
            index idx_mkt_utm_links_campaign (campaign),
            index idx_mkt_utm_links_short_url (short_url),
            index idx_mkt_utm_links_deleted_at (deleted_at) where("deleted_at IS NULL"),
            trigger trg_mkt_utm_links_updated_at before update for_each row execute update_updated_at_column(),
            comment "links that count who followed them",
        }

        create_table mkt_reference_documents {
            id: bigserial primary_key,
            tenant_id: bigint not_null
                references(sys_tenants.id, on_delete: cascade, name: fk_mkt_reference_documents_tenant_id),
            title: varchar(500) not_null,
            category: varchar(200) not_null,
            description: text,
            file_url: varchar(1000),
            size: varchar(50),
            updated_date: date not_null default(sql("CURRENT_DATE")),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            deleted_at: timestamptz,

            index idx_mkt_reference_docs_tenant_id (tenant_id),
            index idx_mkt_reference_docs_category (category),
            index idx_mkt_reference_docs_deleted_at (deleted_at) where("deleted_at IS NULL"),
            trigger trg_mkt_reference_documents_updated_at before update for_each row
                execute update_updated_at_column(),
            comment "documents that copywriters look into",
        }

        create_table mkt_campaign_activities_history {
            id: bigserial primary_key,
            activity_id: bigint not_null
                references(
                    mkt_campaign_activities.id, on_delete: cascade,
                    name: fk_mkt_campaign_activities_history_activity_id,
                ),
            old_date: date not_null,
            new_date: date not_null,
            changed_by: bigint not_null
                references(sys_users.id, on_delete: set_null, name: fk_mkt_campaign_activities_history_changed_by),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            index idx_mkt_campaign_activities_history_activity (activity_id),
            comment "actions that were moved to another day",
        }

        create_table mkt_promotion_redemptions {
            id: bigserial primary_key,
            promotion_id: bigint not_null
                references(mkt_promotions.id, on_delete: cascade, name: fk_mkt_promotion_redemptions_promotion_id),
            order_id: bigint,
            customer_id: bigint,
            discount_amount: numeric(12, 2) not_null default(0),
            redeemed_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),
            created_at: timestamptz not_null default(sql("CURRENT_TIMESTAMP")),

            index idx_mkt_promotion_redemptions_promotion (promotion_id),
            index idx_mkt_promotion_redemptions_order (order_id),
            index idx_mkt_promotion_redemptions_customer (customer_id),
            index idx_mkt_promotion_redemptions_date (redeemed_at),
            comment "discounts that customers used",
        }
    }
}
