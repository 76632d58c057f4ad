//! V92: an account is a person or an organization, and a person may belong to one.
//!
//! Members are invited by e-mail. Of an invitation only the hash of its token is kept, and an
//! address has one open invitation per organization at a time.

pkmig::migration! {
    V92 "organizations" {
        add_column phoenix_kit_users.account_type: varchar(20) not_null default("person");
        add_column phoenix_kit_users.organization_name: varchar(255);
        add_column phoenix_kit_users.organization_uuid: uuid references(phoenix_kit_users.uuid, on_delete: set_null);
        add_check phoenix_kit_users phoenix_kit_users_account_type_check
            ("account_type IN ('person', 'organization')");

        create_index phoenix_kit_users_account_type_index on phoenix_kit_users (account_type);
        create_index phoenix_kit_users_organization_uuid_index on phoenix_kit_users (organization_uuid);

        create_table phoenix_kit_organization_invitations {
            uuid: uuid primary_key default(@.uuid_generate_v7()),
            organization_uuid: uuid not_null references(phoenix_kit_users.uuid, on_delete: cascade),
            email: varchar(160) not_null,
            invited_by_uuid: uuid references(phoenix_kit_users.uuid, on_delete: set_null),
            token: bytea not_null,
            status: varchar(20) not_null default("pending"),
            expires_at: timestamptz not_null,
            accepted_at: timestamptz,
            inserted_at: timestamptz not_null default(now()),
            updated_at: timestamptz not_null default(now()),

            check phoenix_kit_org_invitations_status_check
                ("status IN ('pending', 'accepted', 'declined', 'cancelled')"),

            index phoenix_kit_organization_invitations_organization_uuid_index (organization_uuid),
            index phoenix_kit_organization_invitations_email_index (email),
            index phoenix_kit_organization_invitations_status_index (status),
            unique_index phoenix_kit_organization_invitations_token_index (token),
            unique_index phoenix_kit_org_invitations_pending_unique_idx (organization_uuid, email)
                where("status = 'pending'"),
        }
    }
}
