//! V50: a bucket says whether its files are reached directly, through the server or by signed addresses.

pkmig::migration! {
    V50 "access to buckets" {
        add_column phoenix_kit_buckets.access_type: varchar(20) default("public");
    }
}
