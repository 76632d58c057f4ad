//! V4: referral codes and who has used them. Features begin to bring settings of their own, so a
//! setting says which module it belongs to; the ones there are so far belong to the system.

pkmig::migration! {
    V04 "referral codes, and settings by module" {
        add_column phoenix_kit_settings.module: varchar(255);

        create_table phoenix_kit_referral_codes {
            id: bigserial primary_key,
            code: varchar(255) not_null,
            description: varchar(255) not_null,
            status: boolean not_null default(true),
            number_of_uses: integer not_null default(0),
            max_uses: integer not_null,
            created_by: integer not_null,
            date_created: timestamp not_null default(now()),
            expiration_date: timestamp not_null,

            unique_index phoenix_kit_referral_codes_code_uidx (code),
        }

        create_table phoenix_kit_referral_code_usage {
            id: bigserial primary_key,
            code_id: bigint not_null references(phoenix_kit_referral_codes.id, on_delete: cascade),
            used_by: integer not_null,
            date_used: timestamp not_null default(now()),

            index phoenix_kit_referral_code_usage_code_id_idx (code_id),
            index phoenix_kit_referral_code_usage_used_by_idx (used_by),
            index phoenix_kit_referral_code_usage_date_used_idx (date_used),
        }

        backfill phoenix_kit_settings.module = "'system'"
            where("module IS NULL AND key IN ('time_zone', 'date_format', 'time_format', 'project_title')")
            on_fresh(run);
    }
}
