//! V2: marketing channels & platforms.

pkmig::migration! {
    V02 "marketing channels & platforms" {
        create_table channels_platforms {
            id: bigint identity(by_default) primary_key comment("TODO"),
            tenant_id: bigint not_null references(sys_tenants.id, name: fk_channels_platforms_tenant_id) comment("TODO"),
            name: varchar(200) not_null,
            platform_type: varchar(100) not_null comment("TODO"),
            status: varchar(50) not_null default("active") comment("TODO"),
            total_reach: integer default(0),
            total_engagement: numeric(5, 2) default(0),
            total_budget: numeric(12, 2) default(0),
            page_count: integer default(0),
            metadata: jsonb,
            created_at: timestamptz default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz default(sql("CURRENT_TIMESTAMP")),
            deleted_at: timestamptz,

            unique uq_channels_platforms_tenant_platform (tenant_id, platform_type),
            check chk_channels_platforms_name ("name::text <> ''"),
            check chk_channels_platforms_platform_type ("platform_type IN ('facebook', 'instagram', 'youtube', 'google-ads', 'tiktok', 'zalo', 'email', 'linkedin', 'twitter', 'pinterest')"),
            check chk_channels_platforms_status ("status IN ('active', 'inactive')"),
            index idx_channels_platforms_tenant_id (tenant_id),
            index idx_channels_platforms_platform_type (platform_type),
            index idx_channels_platforms_status (status),
            index idx_channels_platforms_deleted_at (deleted_at) where("deleted_at IS NULL"),
            trigger trg_channels_platforms_updated_at before update for_each row execute update_updated_at_column(),
            comment "TODO",
        }
        create_table channels_platform_pages {
            id: bigint identity(by_default) primary_key comment("TODO"),
            tenant_id: bigint not_null references(sys_tenants.id, name: fk_channels_platform_pages_tenant_id) comment("TODO"),
            platform_id: bigint not_null references(channels_platforms.id, on_delete: cascade, name: fk_channels_platform_pages_platform_id) comment("TODO"),
            name: varchar(256) not_null,
            entity_id: varchar(200) default(sql("NULL::varchar")) comment("TODO"),
            entity_id_secondary: varchar(200) default(sql("NULL::varchar")) comment("TODO"),
            reach: integer default(0),
            engagement: numeric(5, 2) default(0),
            status: varchar(50) not_null default("active"),
            budget: numeric(12, 2) default(sql("NULL::numeric")),
            metadata: jsonb,
            created_at: timestamptz default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz default(sql("CURRENT_TIMESTAMP")),
            deleted_at: timestamptz,

            check chk_channels_platform_pages_name ("name::text <> ''"),
            check chk_channels_platform_pages_engagement ("engagement >= 0::numeric AND engagement <= 100::numeric"),
            check chk_channels_platform_pages_status ("status IN ('active', 'inactive')"),
            unique_index uq_channels_platform_pages_tenant_platform_entity (tenant_id, platform_id, entity_id) where("entity_id IS NOT NULL"),
            index idx_channels_platform_pages_tenant_id (tenant_id),
            index idx_channels_platform_pages_platform_id (platform_id),
            index idx_channels_platform_pages_entity_id (entity_id) where("entity_id IS NOT NULL"),
            index idx_channels_platform_pages_status (status),
            index idx_channels_platform_pages_tenant_platform (tenant_id, platform_id),
            index idx_channels_platform_pages_deleted_at (deleted_at) where("deleted_at IS NULL"),
            trigger trg_channels_platform_pages_updated_at before update for_each row execute update_updated_at_column(),
            comment "TODO",
        }
    }
}
