//! V3: people as leads, as customers, and as those to win back.
//!
//! One key stands for a person, whatever they are at the time. Some columns name tables of later versions; their
//! foreign keys come with V13.

pkmig::migration! {
    V03 "customers" {
        create_table crm_personal_keys {
            id: integer identity(by_default) primary_key comment("the number that all data of the person hangs on"),
            external_key: text not_null unique comment("how other systems name the person"),
            created_at: timestamptz default(sql("CURRENT_TIMESTAMP")),

            index idx_crm_personal_keys_created_at (created_at),
            comment "one row for every person the company deals with, whatever they are to it",
        }

        create_table crm_personal_contacts {
            id: integer identity(by_default) primary_key,
            personal_key_id: integer not_null
                references(crm_personal_keys.id, name: fk_crm_personal_contacts_personal_key_id)
                comment("whom it reaches"),
            lead_id: bigint comment("the lead that it came with"),
            original_lead_id: bigint comment("the lead that it first came with"),
            contact_type: text,
            contact_value: text,
            is_primary: boolean default(false),
            is_verified: boolean default(false),
            verified_at: timestamptz,
            platform_name: text,
            platform_user_id: text,
            platform_page_id: text,
            platform_profile_url: text,
            created_at: timestamptz default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz default(sql("CURRENT_TIMESTAMP")),

            index idx_crm_personal_contacts_personal_key (personal_key_id, is_primary),
            index idx_crm_personal_contacts_lead_id (lead_id),
            index idx_crm_personal_contacts_contact_value (contact_value),
            index idx_crm_personal_contacts_type (contact_type),
            trigger trg_crm_personal_contacts_updated_at before update for_each row
                execute update_updated_at_column(),
            comment "ways to reach a person",
        }

        create_table crm_personal_addresses {
            id: integer identity(by_default) primary_key,
            personal_key_id: integer not_null
                references(crm_personal_keys.id, name: fk_crm_personal_addresses_personal_key_id)
                comment("who lives there"),
            "type": varchar default("primary") comment("what the address is for"),
            address_line1: varchar,
            address_line2: varchar,
            city: varchar,
            state: varchar,
            country: varchar,
            postal_code: varchar,
            is_default: boolean default(false),
            created_at: timestamptz default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz default(sql("CURRENT_TIMESTAMP")),

            index idx_crm_personal_addresses_personal_key (personal_key_id, is_default),
            index idx_crm_personal_addresses_type ("type"),
            trigger trg_crm_personal_addresses_updated_at before update for_each row
                execute update_updated_at_column(),
            comment "postal addresses of a person",
        }

        create_table crm_personal_profile {
            id: integer identity(by_default) primary_key,
            personal_key_id: integer not_null
                references(crm_personal_keys.id, name: fk_crm_personal_profile_personal_key_id)
                comment("the person; one profile each"),
            birth_date: date,
            custom_attributes: jsonb comment("facts that have no column"),
            notes: text,
            display_name: text,
            title: text,
            five_element: text,
            intention: text,
            created_at: timestamptz default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz default(sql("CURRENT_TIMESTAMP")),

            index idx_crm_personal_profile_personal_key (personal_key_id),
            index idx_crm_personal_profile_custom_attrs (custom_attributes) using gin,
            trigger trg_crm_personal_profile_updated_at before update for_each row execute update_updated_at_column(),
            comment "what is known about a person",
        }

        create_table crm_personal_journey {
            id: integer identity(by_default) primary_key,
            personal_key_id: integer not_null
                references(crm_personal_keys.id, name: fk_crm_personal_journey_personal_key_id)
                comment("whose journey it is"),
            stage: varchar,
            emotion: varchar,
            next_action: text,
            summary_text: text,
            confidence_score: numeric,
            sentiment_score: numeric,
            recorded_by: bigint
                references(sys_users.id, name: fk_crm_personal_journey_recorded_by) comment("who noticed"),
            source: text,
            created_at: timestamptz default(sql("CURRENT_TIMESTAMP")),

            index idx_crm_personal_journey_personal_key (personal_key_id, created_at),
            index idx_crm_personal_journey_recorded_by (recorded_by),
            index idx_crm_personal_journey_stage (stage),
            index idx_crm_personal_journey_created_at (created_at),
            comment "moods and stages of a person over time",
        }

        create_table crm_leads {
            id: bigint identity(by_default) primary_key,
            personal_key_id: integer not_null
                references(crm_personal_keys.id, name: fk_crm_leads_personal_key_id) comment("who showed it"),
            status: varchar,
            source: varchar,
            assigned_to: bigint references(sys_users.id, name: fk_crm_leads_assigned_to) comment("who follows up"),
            order_id: bigint comment("the order that the lead became"),
            tenant_id: bigint not_null
                references(sys_tenants.id, name: fk_crm_leads_tenant_id) comment("whose lead it is"),
            converted_at: timestamptz,
            created_at: timestamptz default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz default(sql("CURRENT_TIMESTAMP")),

            index idx_crm_leads_personal_key (personal_key_id),
            index idx_crm_leads_tenant_id (tenant_id),
            index idx_crm_leads_assigned_to (assigned_to),
            index idx_crm_leads_status (status),
            index idx_crm_leads_created_at (created_at),
            trigger trg_crm_leads_updated_at before update for_each row execute update_updated_at_column(),
            comment "people who showed interest",
        }

        create_table crm_reengaged_batches {
            id: integer identity(by_default) primary_key,
            batch_name: varchar,
            assigned_to: bigint
                references(sys_users.id, name: fk_crm_reengaged_batches_assigned_to)
                comment("who works on the group"),
            historical_value: integer,
            status: varchar,
            created_date: date,
            target_size: integer,
            start_date: date,
            end_date: date,
            contacted_count: integer,
            response_count: integer,
            conversion_count: integer,
            reactivated_revenue: numeric,
            target_revenue: numeric,
            target_response_rate: numeric,
            created_by: bigint
                references(sys_users.id, name: fk_crm_reengaged_batches_created_by) comment("who put it together"),

            index idx_crm_reengaged_batches_status (status),
            index idx_crm_reengaged_batches_created_date (created_date),
            index idx_crm_reengaged_batches_dates (start_date, end_date),
            comment "groups of former customers who are to be won back",
        }

        create_table crm_customers {
            id: bigint identity(by_default) primary_key,
            personal_key_id: integer not_null
                references(crm_personal_keys.id, name: fk_crm_customers_personal_key_id) comment("who bought"),
            lifetime_value: numeric,
            paid_orders_count: integer,
            lead_status: varchar,
            potential_status: varchar,
            source: varchar,
            customer_rank: varchar,
            last_order_at: timestamptz,
            tenant_id: bigint not_null
                references(sys_tenants.id, name: fk_crm_customers_tenant_id) comment("from whom"),
            first_lead_id: bigint
                references(crm_leads.id, name: fk_crm_customers_first_lead_id) comment("the lead that began it"),
            id_batch: integer
                references(crm_reengaged_batches.id, name: fk_crm_customers_id_batch)
                comment("the last group in which they were approached again"),
            created_at: timestamptz default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz default(sql("CURRENT_TIMESTAMP")),

            index idx_crm_customers_personal_key (personal_key_id),
            index idx_crm_customers_tenant_id (tenant_id),
            index idx_crm_customers_first_lead_id (first_lead_id),
            index idx_crm_customers_last_order_at (last_order_at),
            index idx_crm_customers_lifetime_value (lifetime_value),
            trigger trg_crm_customers_updated_at before update for_each row execute update_updated_at_column(),
            comment "people who bought",
        }

        create_table crm_potential {
            id: bigint identity(by_default) primary_key,
            personal_key_id: integer not_null
                references(crm_personal_keys.id, name: fk_crm_potential_personal_key_id) comment("who may"),
            assigned_to: bigint
                references(sys_users.id, name: fk_crm_potential_assigned_to) comment("who talks to them"),
            status: varchar,
            stage: varchar,
            priority: varchar,
            campaign_id: bigint comment("the campaign that found them"),
            converted_to_order_id: bigint comment("the order that it became"),
            tenant_id: bigint not_null
                references(sys_tenants.id, name: fk_crm_potential_tenant_id) comment("who would sell"),
            estimated_value: numeric,
            probability_score: integer,
            expected_close_date: date,
            interested_products: text[],
            created_at: timestamptz default(sql("CURRENT_TIMESTAMP")),
            updated_at: timestamptz default(sql("CURRENT_TIMESTAMP")),

            index idx_crm_potential_personal_key (personal_key_id),
            index idx_crm_potential_assigned_to (assigned_to),
            index idx_crm_potential_campaign_id (campaign_id),
            index idx_crm_potential_tenant_id (tenant_id),
            index idx_crm_potential_status_stage (status, stage),
            index idx_crm_potential_expected_close_date (expected_close_date),
            trigger trg_crm_potential_updated_at before update for_each row execute update_updated_at_column(),
            comment "people who may buy",
        }

        create_table crm_reengage_personal_keys {
            id: bigint identity(by_default) primary_key,
            batch_id: integer not_null
                references(crm_reengaged_batches.id, name: fk_crm_reengage_personal_keys_batch_id)
                comment("the group"),
            personal_key_id: integer not_null
                references(crm_personal_keys.id, name: fk_crm_reengage_personal_keys_personal_key_id)
                comment("the member"),
            assigned_to: bigint
                references(sys_users.id, name: fk_crm_reengage_personal_keys_assigned_to) comment("who calls them"),
            priority: varchar,
            status: varchar,
            contact_attempts: integer,
            last_contact_method: varchar,
            added_to_batch_at: timestamptz,
            contacted_at: timestamptz,
            responded_at: timestamptz,
            converted_at: timestamptz,
            opted_out_at: timestamptz,
            converted_order_id: bigint comment("the order that they came back with"),
            conversion_value: numeric,
            failure_reason: varchar,
            notes: text,
            updated_at: timestamptz default(sql("CURRENT_TIMESTAMP")),

            index idx_crm_reengage_personal_keys_batch_id (batch_id, personal_key_id, assigned_to, status),
            index idx_crm_reengage_personal_keys_personal_key (personal_key_id),
            index idx_crm_reengage_personal_keys_status (status),
            index idx_crm_reengage_personal_keys_priority (priority),
            comment "members of a group to be won back",
        }

        create_table crm_reengage_batches_stats {
            id: bigint identity(by_default) primary_key,
            batch_id: integer not_null
                references(crm_reengaged_batches.id, name: fk_crm_reengage_batches_stats_batch_id)
                comment("the group"),
            snapshot_date: date comment("the day of the count"),
            contacted_count: integer,
            response_count: integer,
            conversion_count: integer,
            revenue_generated: numeric,
            total_contacted: integer,
            total_responses: integer,
            total_conversions: integer,
            total_revenue: numeric,
            response_rate: numeric,
            conversion_rate: numeric,
            avg_revenue_per_conversion: numeric,
            sms_sent: integer,
            email_sent: integer,
            phone_calls: integer,
            notes: text,

            index idx_crm_reengage_batches_stats_batch_id (batch_id, snapshot_date),
            index idx_crm_reengage_batches_stats_snapshot_date (snapshot_date),
            comment "how a group did, day by day",
        }
    }
}
