//! V129: a subscription knows its type again.
//!
//! V65 renamed a column to this name that no install had; here it is at last.

pkmig::migration! {
    V129 "the type of a subscription" {
        add_column phoenix_kit_subscriptions.subscription_type_uuid: uuid
            references(phoenix_kit_subscription_types.uuid, on_delete: set_null);
        create_index phoenix_kit_subscriptions_subscription_type_uuid_idx
            on phoenix_kit_subscriptions (subscription_type_uuid) where("subscription_type_uuid IS NOT NULL");
    }
}
