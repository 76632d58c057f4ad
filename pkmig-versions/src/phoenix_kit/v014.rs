//! V14: the body of an old mail may be kept compressed; the log says whether it is.

pkmig::migration! {
    V14 "compressed email bodies" {
        add_column phoenix_kit_email_logs.body_compressed: boolean not_null default(false);
    }
}
