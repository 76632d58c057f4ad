//! V43: a site says what it stores about its visitors, and records who agreed to what.
//!
//! Visitors without an account are known by their session. The module is off until switched on.

pkmig::migration! {
    V43 "consent and legal pages" {
        create_table phoenix_kit_consent_logs {
            id: bigserial primary_key,
            user_id: bigint,
            session_id: varchar(64),
            consent_type: varchar(30) not_null comment("necessary, analytics, marketing, preferences"),
            consent_given: boolean not_null default(false),
            consent_version: varchar(20) comment("which edition of the policy was agreed to"),
            ip_address: varchar(45),
            user_agent_hash: varchar(64) comment("sha256 of the browser's name, which itself is not kept"),
            metadata: jsonb default("{}"),
            inserted_at: timestamp not_null,
            updated_at: timestamp not_null,

            index phoenix_kit_consent_logs_user_id_idx (user_id),
            index phoenix_kit_consent_logs_session_id_idx (session_id),
            index phoenix_kit_consent_logs_type_idx (consent_type),
            index phoenix_kit_consent_logs_inserted_at_idx (inserted_at),
            index phoenix_kit_consent_logs_user_type_idx (user_id, consent_type),
            index phoenix_kit_consent_logs_session_type_idx (session_id, consent_type),
            comment "each consent that a visitor gave or refused",
        }

        seed phoenix_kit_settings (key, value, module, date_added, date_updated) on_conflict(key) do_nothing {
            ("legal_enabled", "false", "legal", now(), now()),
            ("legal_consent_widget_enabled", "false", "legal", now(), now()),
            ("legal_cookie_banner_position", "bottom", "legal", now(), now()),
        }

        seed phoenix_kit_settings (key, value_json, module, date_added, date_updated) on_conflict(key) do_nothing {
            ("legal_frameworks", r#"{"items": []}"#, "legal", now(), now()),
            ("legal_company_info", "{}", "legal", now(), now()),
            ("legal_dpo_contact", "{}", "legal", now(), now()),
        }
    }
}
