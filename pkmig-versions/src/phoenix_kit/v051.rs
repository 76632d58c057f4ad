//! V51: who deletes their account leaves orders, billing profiles and tickets behind, without a name.
//!
//! The same product may lie in a cart several times, with different options. The way down refuses
//! where rows have lost their user or a cart has such products: it will not throw them away.

pkmig::migration! {
    V51 "users can be deleted" {
        drop_index idx_shop_cart_items_unique;
        create_unique_index idx_shop_cart_items_unique
            on phoenix_kit_shop_cart_items (cart_id, product_id, "md5(coalesce(selected_specs::text, '{}'))")
            where("variant_id IS NULL");

        drop_constraint phoenix_kit_orders phoenix_kit_orders_user_id_fkey;
        add_foreign_key phoenix_kit_orders phoenix_kit_orders_user_id_fkey
            (user_id) references phoenix_kit_users (id) on_delete set_null;
        drop_constraint phoenix_kit_billing_profiles phoenix_kit_billing_profiles_user_id_fkey;
        add_foreign_key phoenix_kit_billing_profiles phoenix_kit_billing_profiles_user_id_fkey
            (user_id) references phoenix_kit_users (id) on_delete set_null;
        drop_constraint phoenix_kit_tickets phoenix_kit_tickets_user_id_fkey;
        add_foreign_key phoenix_kit_tickets phoenix_kit_tickets_user_id_fkey
            (user_id) references phoenix_kit_users (id) on_delete set_null;
        drop_not_null {phoenix_kit_orders, phoenix_kit_billing_profiles, phoenix_kit_tickets}.user_id;
    }
}
