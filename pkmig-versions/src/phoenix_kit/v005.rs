//! V5: a referral code may reward somebody: the user who profits when it is used.

pkmig::migration! {
    V05 "beneficiary of a referral code" {
        add_column phoenix_kit_referral_codes.beneficiary: integer;
    }
}
