//! V80: email templates speak several languages, and a log tells which one was sent.
//!
//! A text becomes the English one. The way down keeps the English text, or the first one of a template
//! that has none; the others are lost, and so is what is longer than the column was.

pkmig::migration! {
    V80 "email templates in languages" {
        set_type phoenix_kit_email_templates.subject: jsonb
            using("jsonb_build_object('en', subject)")
            down_using("left(coalesce(subject ->> 'en', jsonb_path_query_first(subject, '$.*') #>> '{}', ''), 255)");
        set_type phoenix_kit_email_templates.html_body: jsonb
            using("jsonb_build_object('en', html_body)")
            down_using("coalesce(html_body ->> 'en', jsonb_path_query_first(html_body, '$.*') #>> '{}', '')");
        set_type phoenix_kit_email_templates.text_body: jsonb
            using("jsonb_build_object('en', text_body)")
            down_using("coalesce(text_body ->> 'en', jsonb_path_query_first(text_body, '$.*') #>> '{}', '')");
        set_type phoenix_kit_email_templates.display_name: jsonb
            using("jsonb_build_object('en', display_name)")
            down_using(
                "left(coalesce(display_name ->> 'en', jsonb_path_query_first(display_name, '$.*') #>> '{}', ''), 255)"
            );
        set_type phoenix_kit_email_templates.description: jsonb
            using("CASE WHEN description IS NOT NULL THEN jsonb_build_object('en', description) END")
            down_using("coalesce(description ->> 'en', jsonb_path_query_first(description, '$.*') #>> '{}')");

        add_column phoenix_kit_email_logs.locale: varchar(10) not_null default("en");
        create_index idx_email_logs_locale on phoenix_kit_email_logs (locale);
    }
}
