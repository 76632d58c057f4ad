//! V60: email templates name their authors by uuid in every install.
//!
//! A repair: templates made before these columns belonged to V15 lack them.

pkmig::migration! {
    V60 "authors of email templates" {
        add_column phoenix_kit_email_templates.{created_by_user_uuid, updated_by_user_uuid}: uuid if_not_exists;
    }
}
