//! V65: what a user subscribes to is a type, no longer a plan.
//!
//! The sequence, the primary key and the index on the uuid keep the old word in their names. Where a
//! subscription knows its plan by uuid too, that column is renamed with the other.

pkmig::migration! {
    V65 "subscription plans become types" {
        rename_table phoenix_kit_subscription_plans => phoenix_kit_subscription_types;
        rename_index phoenix_kit_subscription_plans_slug_uidx => phoenix_kit_subscription_types_slug_uidx;

        rename_column phoenix_kit_subscriptions.plan_id => subscription_type_id;
        rename_column phoenix_kit_subscriptions.plan_uuid => subscription_type_uuid if_exists;
    }
}
