//! V131: applications may keep what they like with a person of the staff.

pkmig::migration! {
    V131 "metadata of people" {
        add_column phoenix_kit_staff_people.metadata: jsonb not_null default("{}");
    }
}
