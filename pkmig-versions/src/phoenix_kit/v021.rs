//! V21: a mail is looked up by our id or by the provider's, often by both at once.

pkmig::migration! {
    V21 "email lookup by either message id" {
        create_index phoenix_kit_email_logs_message_ids_idx on phoenix_kit_email_logs (message_id, aws_message_id);
    }
}
