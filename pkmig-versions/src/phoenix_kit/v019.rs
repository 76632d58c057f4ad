//! V19: the rest of a mail's life: when it was put into the queue, and when it was refused, failed or held up.

pkmig::migration! {
    V19 "more times in the email log" {
        add_column phoenix_kit_email_logs.queued_at: timestamp comment("put into the queue");
        add_column phoenix_kit_email_logs.rejected_at: timestamp comment("refused by the provider");
        add_column phoenix_kit_email_logs.failed_at: timestamp comment("could not be sent");
        add_column phoenix_kit_email_logs.delayed_at: timestamp comment("held up on its way");
    }
}
