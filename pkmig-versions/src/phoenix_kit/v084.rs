//! V84: the mailing module's tables are those of newsletters.
//!
//! A repair: an early V79 made them under the old name.

pkmig::migration! {
    V84 "mailings become newsletters" {
        rename_table phoenix_kit_mailing_lists => phoenix_kit_newsletters_lists if_exists;
        rename_table phoenix_kit_mailing_list_members => phoenix_kit_newsletters_list_members if_exists;
        rename_table phoenix_kit_mailing_broadcasts => phoenix_kit_newsletters_broadcasts if_exists;
        rename_table phoenix_kit_mailing_deliveries => phoenix_kit_newsletters_deliveries if_exists;
    }
}
