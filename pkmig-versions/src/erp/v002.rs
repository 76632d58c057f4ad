//! V2: the platforms that a tenant is on, and its pages there.

pkmig::migration! {
    V02 "marketing channels" {
        create_table channels_platforms {
            id: bigint identity(by_default) primary_key comment("the number that pages refer to"),
            tenant_id: bigint not_null
                references(sys_tenants.id, name: fk_channels_platforms_tenant_id)
                comment("whose account on the platform it is"),
            name: varchar(200) not_null,
            platform_type: varchar(100) not_null comment("which platform"),
            status: varchar(50) not_null default("active") comment("whether it is in use"),
            total_reach: integer default(0),
            total_engagement: numeric(5, 2) default(0),
            total_budget: numeric(12, 2) default(0),
            page_count: integer default(0),
            metadata: jsonb,
            created_at: timestamptz default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz default(sql("CURRENT_TIMESTAMP")),
            deleted_at: timestamptz,

            unique uq_channels_platforms_tenant_platform (tenant_id, platform_type),
            check chk_channels_platforms_name ("name <> ''"),
            check chk_channels_platforms_platform_type (r"
                platform_type IN (
                    'facebook', 'instagram', 'youtube', 'google-ads', 'tiktok', 'zalo', 'email',
                    'linkedin', 'twitter', 'pinterest'
                )
            "),
            check chk_channels_platforms_status ("status IN ('active', 'inactive')"),
            index idx_channels_platforms_tenant_id (tenant_id),
            index idx_channels_platforms_platform_type (platform_type),
            index idx_channels_platforms_status (status),
            index idx_channels_platforms_deleted_at (deleted_at) where("deleted_at IS NULL"),
            trigger trg_channels_platforms_updated_at before update for_each row execute update_updated_at_column(),
            comment "platforms on which a tenant advertises or answers",
        }

        create_table channels_platform_pages {
            id: bigint identity(by_default) primary_key comment("the number that messages refer to"),
            tenant_id: bigint not_null
                references(sys_tenants.id, name: fk_channels_platform_pages_tenant_id) comment("whose page it is"),
            platform_id: bigint not_null
                references(channels_platforms.id, on_delete: cascade, name: fk_channels_platform_pages_platform_id)
                comment("where the page is"),
            name: varchar(256) not_null,
            entity_id: varchar(200) default(sql("NULL")) comment("the platform's own number of the page"),
            entity_id_secondary: varchar(200) default(sql("NULL"))
                comment("a second number, where a platform has two"),
            reach: integer default(0),
            engagement: numeric(5, 2) default(0),
            status: varchar(50) not_null default("active"),
            budget: numeric(12, 2) default(sql("NULL")),
            metadata: jsonb,
            created_at: timestamptz default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz default(sql("CURRENT_TIMESTAMP")),
            deleted_at: timestamptz,

            check chk_channels_platform_pages_name ("name <> ''"),
            check chk_channels_platform_pages_engagement ("engagement BETWEEN 0 AND 100"),
            check chk_channels_platform_pages_status ("status IN ('active', 'inactive')"),
            unique_index uq_channels_platform_pages_tenant_platform_entity (tenant_id, platform_id, entity_id)
                where("entity_id IS NOT NULL"),
            index idx_channels_platform_pages_tenant_id (tenant_id),
            index idx_channels_platform_pages_platform_id (platform_id),
            index idx_channels_platform_pages_entity_id (entity_id) where("entity_id IS NOT NULL"),
            index idx_channels_platform_pages_status (status),
            index idx_channels_platform_pages_tenant_platform (tenant_id, platform_id),
            index idx_channels_platform_pages_deleted_at (deleted_at) where("deleted_at IS NULL"),
            trigger trg_channels_platform_pages_updated_at before update for_each row
                execute update_updated_at_column(),
            comment "pages and accounts on a platform",
        }
    }
}
