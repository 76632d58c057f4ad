//! V13: what Amazon SES tells about a mail. It has an id of its own there, which no two mails share, and
//! each thing that can happen to it has its time; more kinds of event come with their reasons.

pkmig::migration! {
    V13 "email tracking by aws ses" {
        add_column phoenix_kit_email_logs.aws_message_id: varchar(255);
        add_column phoenix_kit_email_logs.{bounced_at, complained_at, opened_at, clicked_at}: timestamp;
        create_unique_index phoenix_kit_email_logs_aws_message_id_index
            on phoenix_kit_email_logs (aws_message_id) where("aws_message_id IS NOT NULL");

        add_column phoenix_kit_email_events.{
            reject_reason, delay_type, subscription_type, failure_reason
        }: varchar(255);
    }
}
