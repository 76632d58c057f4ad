//! V18: applications keep data of their own with a user, without a migration for each field.

pkmig::migration! {
    V18 "custom fields of users" {
        add_column phoenix_kit_users.custom_fields: jsonb default("{}")
            comment("whatever the application keeps about a user");
    }
}
