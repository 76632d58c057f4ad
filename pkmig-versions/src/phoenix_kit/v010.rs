//! V10: where a user registered from, kept with the user, so that deleting the user deletes it too.
//! The indexes serve counts by place and by address over time.

pkmig::migration! {
    V10 "where users register from" {
        add_column phoenix_kit_users.registration_ip: varchar(45);
        add_column phoenix_kit_users.registration_country: varchar(2);
        add_column phoenix_kit_users.{registration_region, registration_city}: varchar(100);

        create_index phoenix_kit_users_reg_country_date_idx on phoenix_kit_users (registration_country, inserted_at);
        create_index phoenix_kit_users_reg_region_date_idx on phoenix_kit_users (registration_region, inserted_at);
        create_index phoenix_kit_users_reg_city_date_idx on phoenix_kit_users (registration_city, inserted_at);
        create_index phoenix_kit_users_reg_ip_date_idx on phoenix_kit_users (registration_ip, inserted_at);
        create_index phoenix_kit_users_reg_geo_idx
            on phoenix_kit_users (registration_country, registration_region, registration_city);
    }
}
