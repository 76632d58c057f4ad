//! V11: a user's own time zone, as an offset in hours. Without one the system's setting holds.

pkmig::migration! {
    V11 "time zone of a user" {
        add_column phoenix_kit_users.user_timezone: varchar(3);
    }
}
