//! V28: a user chooses a dialect, such as British English.
//!
//! Addresses of pages name the language only; which of its dialects is shown is the user's choice,
//! and without one the language's usual dialect.

pkmig::migration! {
    V28 "preferred locale of a user" {
        add_column phoenix_kit_users.preferred_locale: varchar(10);
        create_index phoenix_kit_users_preferred_locale_index on phoenix_kit_users (preferred_locale);
    }
}
