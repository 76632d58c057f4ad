//! V71: the log of a shop import lists its products by uuid.
//!
//! What the old column holds was never right, so nothing is carried over, in either direction.

pkmig::migration! {
    V71 "imports log uuids" {
        add_column phoenix_kit_shop_import_logs.product_uuids: uuid[] default("{}");
        drop_column phoenix_kit_shop_import_logs.product_ids;
    }
}
