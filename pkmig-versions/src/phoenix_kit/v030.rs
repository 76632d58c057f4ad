//! V30: the preferred locale moves in with the other custom fields of a user.
//!
//! A choice made earlier comes along, and goes back to its column on the way down.

pkmig::migration! {
    V30 "preferred locale is a custom field" {
        backfill phoenix_kit_users.custom_fields
            = "coalesce(custom_fields, '{}'::jsonb) || jsonb_build_object('preferred_locale', preferred_locale)"
            where(r"preferred_locale IS NOT NULL
                AND (custom_fields ->> 'preferred_locale') IS DISTINCT FROM preferred_locale::text");

        drop_index phoenix_kit_users_preferred_locale_index;
        drop_column phoenix_kit_users.preferred_locale;

        down {
            add_column phoenix_kit_users.preferred_locale: varchar(10);
            create_index phoenix_kit_users_preferred_locale_index on phoenix_kit_users (preferred_locale);

            // The column is short: a longer value stays a custom field.
            backfill phoenix_kit_users.preferred_locale
                = "custom_fields ->> 'preferred_locale'"
                where("char_length(custom_fields ->> 'preferred_locale') <= 10");
            backfill phoenix_kit_users.custom_fields
                = "custom_fields - 'preferred_locale'"
                where(r"(custom_fields -> 'preferred_locale') IS NOT NULL
                    AND (custom_fields ->> 'preferred_locale') IS NOT DISTINCT FROM preferred_locale::text");
        }
    }
}
