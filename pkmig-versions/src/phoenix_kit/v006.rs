//! V6: a referral code without an expiration date never expires. On the way back such a code gets a
//! date far ahead, so that it stays valid.

pkmig::migration! {
    V06 "referral codes that never expire" {
        drop_not_null phoenix_kit_referral_codes.expiration_date;

        down {
            backfill phoenix_kit_referral_codes.expiration_date = "timestamp '2099-12-31 23:59:59'"
                where("expiration_date IS NULL");
            set_not_null phoenix_kit_referral_codes.expiration_date;
        }
    }
}
